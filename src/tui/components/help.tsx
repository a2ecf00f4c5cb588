import type { Binding } from '../keys/binding.ts';
import { activeScopes, BINDINGS, keyName } from '../keys/table.ts';
import { screenOf } from '../screens/index.ts';
import type { AppState, Modal, Size } from '../state.ts';
import { ASCII } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { Line, type Segment } from './line.tsx';
import { Overlay } from './overlay.tsx';
import { displayName, padEnd } from './text.ts';

type HelpState = Extract<Modal, { kind: 'help' }>;

/** All keys that hold now, by where they hold; greyed ones say why they cannot be used when they are pressed. */
export function HelpModal({ app, modal, area }: { app: AppState; modal: HelpState; area: Size }) {
	const { glyphs } = useLook();
	const width = Math.min(area.width - 2, 96);
	const height = area.height - 1;
	const inside = width - 4;
	const rows = helpRows(app, modal.field.text, glyphs === ASCII);
	const top = Math.min(modal.top, Math.max(0, rows.length - 3));
	const shown = rows.slice(top, top + height - 4);
	const more = rows.length > top + shown.length ? `${rows.length - top - shown.length} more below` : '';
	const filter =
		modal.filtering || modal.field.text !== '' ? `/${displayName(modal.field.text)}` : '/ filters this list';
	return (
		<Overlay
			area={area}
			size={{ width, height }}
			title={`Help ${glyphs.dot} ${screenOf(app.screen)?.title ?? ''}`}
			footer={more}
		>
			{shown.map((row, at) => (
				<Line key={top + at} segments={row} width={inside} />
			))}
			{Array.from({ length: Math.max(0, height - 4 - shown.length) }, (_, at) => (
				<Line key={-at} segments={['']} width={inside} />
			))}
			<Line segments={['']} width={inside} />
			<Line
				segments={[
					{ text: padEnd(filter, 30), tone: modal.filtering ? 'accent' : 'muted' },
					{ text: `${glyphs.ellipsis} asks first. Lower-case keys never delete.`, tone: 'muted' },
				]}
				width={inside}
			/>
		</Overlay>
	);
}

const TITLES: Record<string, string> = {
	list: 'Lists',
	marks: 'Marks',
	filter: 'Find',
	app: 'Everywhere',
};

const KEYS_WIDTH = 16;

/** A heading for each scope, then its keys; only what matches the filter. */
export function helpRows(app: AppState, filter: string, ascii: boolean): Segment[][] {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const matches = ({ label, help, keys }: Binding) =>
		words.every((word) => `${label} ${help} ${keys.join(' ')}`.toLowerCase().includes(word));
	return activeScopes(app).flatMap((scope) => {
		const found = BINDINGS.filter((binding) => binding.scope === scope && matches(binding));
		if (found.length === 0) return [];
		const title = TITLES[scope] ?? screenOf(scope as never)?.title ?? 'Here';
		return [[{ text: title.toUpperCase(), tone: 'title' as const }], ...found.map((one) => helpRow(app, one, ascii))];
	});
}

function helpRow(app: AppState, { keys, help, when, dangerous }: Binding, ascii: boolean): Segment[] {
	const can = when?.(app) ?? true;
	const names = keys.map((key) => keyName(key, ascii)).join('  ');
	const asks = dangerous ? ` ${ascii ? '(asks first)' : '…'}` : '';
	const why = can === true ? '' : `  (${can})`;
	return [
		{ text: `  ${padEnd(names, KEYS_WIDTH)}`, tone: can === true ? 'key' : 'off' },
		{ text: `${help}${asks}${why}`, tone: can === true ? 'normal' : 'off' },
	];
}
