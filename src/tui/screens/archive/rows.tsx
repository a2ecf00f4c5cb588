import type { BrowseRow, BrowseTotals } from '../../../core/browse.ts';
import { formatCount } from '../../../core/sizes.ts';
import { Line, type Segment } from '../../components/line.tsx';
import { displayName, padEnd, padStart } from '../../components/text.ts';
import { useLook } from '../../theme/look.ts';
import { columnsFor, type Known } from './columns.ts';
import { type Marked, markedAs } from './marks.ts';
import type { Marks } from './state.ts';
import type { TreeRow } from './tree.ts';

export interface RowProps {
	width: number;
	selected: boolean;
	/** Within the range that is being marked. */
	inRange: boolean;
	marks: Marks;
}

/** Cursor and mark. */
const GUTTER = 4;

export function Heading({ width, found }: { width: number; found: boolean }) {
	const { columns, path } = columnsFor(width - GUTTER, !found);
	const titles = columns.map((column) => `  ${(column.right ? padStart : padEnd)(column.title, column.width)}`);
	return (
		<Line
			segments={[{ text: `    ${padEnd(found ? 'FOUND' : 'PATH', path)}${titles.join('')}`, tone: 'muted' }]}
			width={width}
		/>
	);
}

/** A row of the tree. */
export function TreeLine({ row, ...props }: RowProps & { row: TreeRow }) {
	const { glyphs } = useLook();
	const indent = '  '.repeat(row.level - 1);
	if (row.kind === 'wait')
		return <Cells {...props} name={`${indent}  ${glyphs.ellipsis}`} known={undefined} marked={undefined} />;
	if (row.kind === 'more') {
		const totals = { files: row.files, bytes: row.bytes } as BrowseTotals;
		const name = `${indent}${glyphs.dot} ${formatCount(row.hidden)} more`;
		return <Cells {...props} name={name} known={{ totals, time: null, isFolder: true }} marked={undefined} rest />;
	}
	const isFolder = row.row.type === 'dir';
	const fold = isFolder && row.row.totals?.entries !== 0 ? (row.open ? glyphs.unfolded : glyphs.folded) : ' ';
	// Where nothing but the way leads to a folder, its line says the whole way.
	const name = row.level === 1 ? row.row.path : row.row.name;
	return (
		<Cells
			{...props}
			name={`${indent}${fold} ${displayName(name)}${isFolder && row.level > 1 ? '/' : ''}`}
			known={{ totals: row.row.totals, time: row.row.time, isFolder }}
			marked={markedAs(props.marks, row.row.path)}
		/>
	);
}

/** A row of what was found: with its whole path, of which the end says most. */
export function FoundLine({ row, ...props }: RowProps & { row: BrowseRow }) {
	const isFolder = row.type === 'dir';
	return (
		<Cells
			{...props}
			name={`${displayName(row.path)}${isFolder ? '/' : ''}`}
			known={{ totals: row.totals, time: row.time, isFolder }}
			marked={markedAs(props.marks, row.path)}
			isPath
		/>
	);
}

interface CellsProps extends RowProps {
	name: string;
	known: Known | undefined;
	marked: Marked;
	/** The rest of a folder: of that only what adds up is known. */
	rest?: boolean;
	isPath?: boolean;
}

const MARKS = { own: '* ', above: '* ', below: '- ' };

function Cells({ name, known, marked, rest = false, isPath = false, width, selected, inRange }: CellsProps) {
	const { glyphs } = useLook();
	const { columns, path } = columnsFor(width - GUTTER, !isPath);
	const mark = inRange ? '* ' : marked ? MARKS[marked] : '  ';
	const segments: Segment[] = [
		{ text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
		{ text: mark, tone: marked === 'above' ? 'muted' : 'accent', bold: marked === 'own' },
		{
			text: padEnd(name, path, isPath ? 'middle' : 'end', glyphs.ellipsis),
			...(known && !rest ? {} : { tone: 'muted' }),
		},
	];
	for (const column of columns) {
		const text = known && !(rest && !ADDED.has(column.title)) ? column.text(known, glyphs) : '';
		const tone = rest ? 'muted' : known && column.tone?.(known);
		segments.push({
			text: `  ${(column.right ? padStart : padEnd)(text, column.width, 'end', glyphs.ellipsis)}`,
			...(tone ? { tone } : {}),
		});
	}
	return <Line segments={segments} width={width} selected={selected} />;
}

const ADDED = new Set(['FILES', 'SIZE']);
