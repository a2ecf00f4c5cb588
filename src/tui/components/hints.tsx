import { Text } from 'ink';
import { activeBindings, keyName } from '../keys/table.ts';
import type { AppState } from '../state.ts';
import { ASCII } from '../theme/glyphs.ts';
import { useLook } from '../theme/look.ts';
import { widthOf } from './text.ts';

/** The last line: what can be pressed now, most useful first, cut where the line ends. Help and leaving always fit. */
export function Hints({ app, width }: { app: AppState; width: number }) {
	const { tone, glyphs } = useLook();
	const all = hintsOf(app, glyphs === ASCII);
	const always = all.filter(({ always }) => always);
	const shown: Hint[] = [];
	let left = width - 1 - always.reduce((sum, hint) => sum + cells(hint), 0);
	let cut = false;
	for (const hint of all.filter((one) => !one.always)) {
		const room = cells(hint);
		// The sign that something is cut off takes three.
		if (room + 3 > left) {
			cut = true;
			break;
		}
		left -= room;
		shown.push(hint);
	}
	const used = [...shown, ...always].reduce((sum, hint) => sum + cells(hint), 1) + (cut ? 3 : 0);
	return (
		<Text wrap="hard">
			{' '}
			{shown.map((hint) => (
				<HintText key={hint.keys} hint={hint} />
			))}
			{cut ? <Text {...tone('muted')}>{`${glyphs.ellipsis}  `}</Text> : ''}
			{always.map((hint) => (
				<HintText key={hint.keys} hint={hint} />
			))}
			{' '.repeat(Math.max(0, width - used))}
		</Text>
	);
}

interface Hint {
	keys: string;
	label: string;
	always: boolean;
}

const cells = ({ keys, label }: Hint): number => widthOf(keys) + 1 + widthOf(label) + 2;

function HintText({ hint }: { hint: Hint }) {
	const { tone } = useLook();
	return (
		<Text>
			<Text {...tone('key')}>{hint.keys}</Text>
			<Text {...tone('muted')}>{`:${hint.label}  `}</Text>
		</Text>
	);
}

/** Modals bring their own. */
function hintsOf(app: AppState, ascii: boolean): Hint[] {
	const { modal } = app;
	if (modal) return MODAL_HINTS[modal.kind]!.map(([keys, label]) => ({ keys, label, always: false }));
	return activeBindings(app)
		.filter(({ hint, when }) => hint !== undefined && (when?.(app) ?? true) === true)
		.sort((a, b) => a.hint! - b.hint!)
		.map(({ labelNow, ...binding }) => ({ ...binding, label: labelNow?.(app) ?? binding.label }))
		.map(({ keys, label, hint, dangerous }) => ({
			keys: keyName(keys[0]!, ascii),
			label: dangerous ? `${label}${ascii ? '~' : '…'}` : label,
			always: hint! >= 98,
		}));
}

const MODAL_HINTS: Record<string, [string, string][]> = {
	menu: [
		['enter', 'choose'],
		['1-9', 'choose at once'],
		['esc', 'cancel'],
	],
	confirm: [
		['enter', 'the marked button'],
		['tab', 'the other one'],
		['esc', 'cancel'],
	],
	prompt: [
		['enter', 'accept'],
		['esc', 'cancel'],
	],
	wait: [['esc', 'stop']],
	text: [
		['j k', 'scroll'],
		['esc', 'close'],
	],
	help: [
		['/', 'filter'],
		['j k', 'scroll'],
		['esc', 'close'],
	],
	palette: [
		['enter', 'do it'],
		['tab', 'next'],
		['esc', 'cancel'],
	],
};
