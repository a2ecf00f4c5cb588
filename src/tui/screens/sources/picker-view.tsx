import { Box } from 'ink';
import { describeDecision } from '../../../core/describe-decision.ts';
import { counted, formatSize } from '../../../core/sizes.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { insideOf, Pane } from '../../components/pane.tsx';
import { displayPath, padEnd, widthOf } from '../../components/text.ts';
import type { Size } from '../../state.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import { useLook } from '../../theme/look.ts';
import { currentItem, isChanged, type Picker, rowsOf, verdictOf, visibleRows } from './picker.ts';
import { placesOf } from './places.ts';
import { RulesPane } from './rules-view.tsx';
import { SelectionPane, totalsOf } from './selection-view.tsx';
import { treeLine } from './tree-line.ts';
import { MARK_WORDS } from './words.ts';

export interface PickerProps {
	picker: Picker;
	/** What is chosen for, such as `job photos`. */
	title: string;
	area: Size;
}

/** The tree, and beside or below it what is chosen and the rules. */
export function PickerView({ picker, title, area }: PickerProps) {
	const { bare, tree, selection, rules, beside } = placesOf(area, picker);
	const side = (
		<>
			{selection ? <SelectionPane picker={picker} {...selection} bare={bare} /> : null}
			{rules ? <RulesPane picker={picker} {...rules} bare={bare} /> : null}
		</>
	);
	return (
		<Box flexDirection={beside ? 'row' : 'column'} width={area.width} height={area.height} overflow="hidden">
			{tree ? <TreePane picker={picker} title={title} {...tree} bare={bare} totals={selection === undefined} /> : null}
			{beside ? <Box flexDirection="column">{side}</Box> : side}
		</Box>
	);
}

interface TreePaneProps extends Omit<PickerProps, 'area'>, Size {
	bare: boolean;
	/** Whether the totals are shown nowhere else. */
	totals: boolean;
}

function TreePane({ picker, title, width, height, bare, totals }: TreePaneProps) {
	const { glyphs } = useLook();
	const inside = insideOf({ width, height, bare });
	const room = Math.max(1, inside.height - 1);
	const { rows, top, cursor } = visibleRows(picker, room);
	const focus = picker.pane === 'tree';
	const order = picker.sort === 'size' ? `sort: size ${glyphs.down}` : 'sort: name';
	const footer = `${order} ${glyphs.dot} hidden ${picker.hidden ? 'shown' : 'not shown'} ${glyphs.dot} ${rowsOf(picker).length} rows`;
	return (
		<Pane
			title={title}
			right={headOf(picker, totals, glyphs)}
			footer={footer}
			width={width}
			height={height}
			bare={bare}
			focus={focus}
		>
			<Box flexDirection="column" height={room} overflow="hidden">
				{rows.map((row, at) => {
					const selected = top + at === cursor;
					const segments = treeLine(picker, row, inside.width - 2, glyphs);
					const mark: Segment = { text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' };
					return (
						<Line key={row.path} segments={[mark, ...segments]} width={inside.width} selected={selected && focus} />
					);
				})}
			</Box>
			<Line
				segments={[
					{ text: padEnd(reasonLine(picker, inside.width), inside.width, 'middle', glyphs.ellipsis), tone: 'muted' },
				]}
				width={inside.width}
			/>
		</Pane>
	);
}

function headOf(picker: Picker, totals: boolean, { dot, ellipsis }: Glyphs): string {
	const { done, included } = totalsOf(picker);
	const total = `${formatSize(included.bytes)} in ${counted(included.files, 'file')}${done ? '' : ellipsis}`;
	const parts = [
		...(totals && picker.selection.sources.length > 0 ? [total] : []),
		...(isChanged(picker) ? ['not saved'] : []),
	];
	return parts.join(` ${dot} `);
}

/** Why the item under the cursor is what it is; with its path where there is room. */
export function reasonLine(picker: Picker, width: number): string {
	const item = currentItem(picker);
	if (!item) return '';
	const verdict = verdictOf(picker, item);
	const reason = `${MARK_WORDS[verdict.mark]}: ${describeDecision(verdict, item.path)}`;
	const whole = `${displayPath(item.path)} ${reason}`;
	return widthOf(whole) <= width ? whole : reason;
}
