import { Box } from 'ink';
import type { Binding } from '../keys/binding.ts';
import { activeScopes, BINDINGS, keyName } from '../keys/table.ts';
import { ALL_SCREENS, shownScreen } from '../screens/index.ts';
import type { AppState, Modal, Size } from '../state.ts';
import { ASCII } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { Line, type Segment } from './line.tsx';
import { Overlay } from './overlay.tsx';
import { displayName, padEnd, widthOf, wrap } from './text.ts';

type HelpState = Extract<Modal, { kind: 'help' }>;

/** Wide enough for two columns of keys. */
const TWO_COLUMNS = 92;

/** All keys that hold now, by where they hold; greyed ones say why they cannot be used when they are pressed. */
export function HelpModal({ app, modal, area }: { app: AppState; modal: HelpState; area: Size }) {
	const { glyphs } = useLook();
	const width = Math.min(area.width, 130);
	const { height } = area;
	const inside = width - 4;
	const columns = inside >= TWO_COLUMNS ? 2 : 1;
	const cell = Math.floor((inside - (columns - 1) * 2) / columns);
	const room = height - 4;
	const rows = withoutWidow(helpRows(app, modal.field.text, glyphs === ASCII, cell), modal.top + room - 1);
	const top = Math.min(modal.top, Math.max(0, Math.ceil(rows.length / columns) - 3));
	const shown = rows.slice(top, top + room * columns);
	const more = rows.length - top - shown.length;
	const filter =
		modal.filtering || modal.field.text !== '' ? `/${displayName(modal.field.text)}` : '/ filters this list';
	return (
		<Overlay
			area={area}
			size={{ width, height }}
			title={`Help ${glyphs.dot} ${shownScreen(app).title}`}
			footer={more > 0 ? `${more} more below` : ''}
		>
			<Box height={room}>
				{Array.from({ length: columns }, (_, column) => (
					<Box key={`column${column}`} flexDirection="column" width={cell} marginRight={column === columns - 1 ? 0 : 2}>
						{shown.slice(column * room, (column + 1) * room).map((row, at) => (
							<Line key={`${top}${column}${at}`} segments={row} width={cell} />
						))}
					</Box>
				))}
			</Box>
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
	app: 'Everywhere',
};

const KEYS_WIDTH = 14;
/** A sentence is broken into lines that are at least so long. */
const SENTENCE = 40;

/** A heading for each scope, then its keys; only what matches the filter. */
export function helpRows(app: AppState, filter: string, ascii: boolean, width: number): Segment[][] {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const matches = ({ label, help, keys }: Binding) =>
		words.every((word) => `${label} ${help} ${keys.join(' ')}`.toLowerCase().includes(word));
	return activeScopes(app).flatMap((scope) => {
		const found = BINDINGS.filter((binding) => binding.scope === scope && matches(binding));
		if (found.length === 0) return [];
		const title = TITLES[scope] ?? ALL_SCREENS.find(({ id }) => id === scope)?.title ?? 'Here';
		return [
			[{ text: title.toUpperCase(), tone: 'title' as const }],
			...(words.length === 0 ? withoutScreens(found) : found).flatMap((one) => helpRow(app, one, ascii, width)),
		];
	});
}

/** No heading stands alone at the end of a column. */
function withoutWidow(rows: Segment[][], last: number): Segment[][] {
	return rows[last]?.[0]?.tone === 'title' ? rows.toSpliced(last, 0, [{ text: '' }]) : rows;
}

/** The keys of the screens stand in the first line of the app: one row tells so. Who filters finds each of them. */
function withoutScreens(found: Binding[]): Binding[] {
	const isScreen = ({ id, scope }: Binding) => scope === 'app' && ALL_SCREENS.some((one) => id === `app.${one.id}`);
	const screens = found.filter(isScreen);
	if (screens.length < 2) return found;
	const keys = [`${screens[0]!.keys[0]}-${screens.at(-1)!.keys[0]}`];
	const help = 'The screens in the top line.';
	return [{ id: 'app.screens', scope: 'app', keys, label: 'screens', help }, ...found.filter((one) => !isScreen(one))];
}

/** A whole sentence where there is room for it, in a narrow column else the name of the command. */
function helpRow(app: AppState, binding: Binding, ascii: boolean, width: number): Segment[][] {
	const { keys, label, help, when, dangerous } = binding;
	const can = when?.(app) ?? true;
	const names = keys.map((key) => keyName(key, ascii)).join('  ');
	const asks = dangerous ? (ascii ? ' (asks first)' : ' …') : '';
	const long = `${help.replace(/\.$/, '')}${asks}`;
	const short = `${label[0]!.toUpperCase()}${label.slice(1)}${asks}`;
	const why = can === true ? '' : ` (${can.replace(/\.$/, '')})`;
	const room = width - KEYS_WIDTH - 2;
	const fitting = [long + why, long, short + why, short].find((one) => widthOf(one) <= room) ?? short;
	const lines = room >= SENTENCE ? wrap(long + why, room) : [fitting];
	return lines.map((text, at) => [
		{ text: `  ${padEnd(at === 0 ? names : '', KEYS_WIDTH)}`, tone: can === true ? 'key' : 'off' },
		{ text, tone: can === true ? 'normal' : 'off' },
	]);
}
