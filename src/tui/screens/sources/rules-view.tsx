import { Line, type Segment } from '../../components/line.tsx';
import { intoView } from '../../components/list.ts';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayName, fit } from '../../components/text.ts';
import type { Size } from '../../state.ts';
import { useLook } from '../../theme/look.ts';
import { currentItem, type Picker, verdictOf } from './picker.ts';
import { type RuleRow, ruleRows } from './rules.ts';

/** The rules of the job; the one that decides on the row of the tree stands out. */
export function RulesPane({ picker, width, height, bare }: { picker: Picker; bare: boolean } & Size) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const rows = ruleRows(picker.selection);
	const focus = picker.pane === 'rules';
	const deciding = focus ? undefined : decidingRow(picker);
	const at = focus ? picker.rule : Math.max(0, deciding ?? 0);
	const { top } = intoView({ cursor: at, top: 0 }, rows.length, inside.height);
	return (
		<Pane
			title="Rules (the last match wins)"
			footer={focus ? '' : 'e edits them'}
			width={width}
			height={height}
			bare={bare}
			focus={focus}
		>
			{rows.slice(top, top + inside.height).map((row, index) => {
				const isCursor = focus && top + index === picker.rule;
				const isDeciding = top + index === deciding;
				const mark: Segment = { text: isCursor || isDeciding ? `${glyphs.cursor} ` : '  ', tone: 'accent' };
				return (
					<Line
						key={`${top + index}`}
						segments={[mark, ...ruleLine(row, inside.width - 2, glyphs.ellipsis, isDeciding)]}
						width={inside.width}
						selected={isCursor}
					/>
				);
			})}
		</Pane>
	);
}

function ruleLine(row: RuleRow, width: number, ellipsis: string, bold: boolean): Segment[] {
	if (row.kind === 'switch')
		return [{ text: `[${row.on ? 'x' : ' '}] ${row.text}`, tone: row.on ? 'normal' : 'muted', bold }];
	const isBack = row.pattern.startsWith('!');
	const text = displayName(isBack ? row.pattern.slice(1) : row.pattern);
	return [
		{ text: isBack ? '+ ' : '- ', tone: isBack ? 'ok' : 'warn' },
		{ text: fit(text, width - 2, 'middle', ellipsis), bold },
	];
}

/** Row of the rule that decides on the item under the cursor, if it is one of the job's. */
function decidingRow(picker: Picker): number | undefined {
	const item = currentItem(picker);
	if (!item) return undefined;
	const { decided, stale } = verdictOf(picker, item);
	if (stale) return undefined;
	const found = ruleRows(picker.selection).findIndex((row) => {
		if (row.kind === 'pattern') return decided.by === 'pattern' && decided.index === row.index;
		const by = { excludeSystem: ['system', 'cache'], excludeDeveloper: ['developer'], oneFileSystem: ['other-fs'] };
		return by[row.name].includes(decided.by);
	});
	return found === -1 ? undefined : found;
}
