import type { HistoryRow } from '../../../../core/history.ts';
import { TRIGGER_WORDS, tookOf } from '../../../../core/history-words.ts';
import { formatUsd } from '../../../../core/money.ts';
import { formatCount, formatSize } from '../../../../core/sizes.ts';
import { Line, type Segment } from '../../../components/line.tsx';
import { displayName, padEnd, padStart } from '../../../components/text.ts';
import { useLook } from '../../../theme/look.ts';
import { formatWhen } from '../job-rows.ts';
import { STATUS } from './words.ts';

interface Column {
	title: string;
	width: number;
	right?: boolean;
	text: (row: HistoryRow) => string;
}

const WHEN = 16;
const STATE = 13;
/** The reason or the key has at least so many cells, or other columns go. */
const LAST = 22;

/** Left to right; the last ones go first when there is no room. */
const COLUMNS: readonly Column[] = [
	{ title: 'JOB', width: 14, text: ({ job }) => displayName(job || '-') },
	{ title: 'WHAT', width: 7, text: ({ kind }) => kind },
	{ title: 'NEW', width: 9, right: true, text: (row) => (row.run === null ? '-' : formatSize(row.newBytes)) },
	{ title: 'COST', width: 7, right: true, text: ({ cost }) => (cost === null ? '–' : formatUsd(cost.total)) },
	{ title: 'TOOK', width: 9, text: (row) => tookOf(row) ?? '-' },
	{ title: 'TRIGGER', width: 9, text: ({ trigger }) => (trigger === null ? '-' : TRIGGER_WORDS[trigger]) },
	{ title: 'FILES', width: 9, right: true, text: ({ files }) => formatCount(files) },
	{ title: 'ERRORS', width: 6, right: true, text: ({ errors }) => formatCount(errors) },
];

function columnsFor(width: number, allJobs: boolean): { columns: Column[]; last: number } {
	const columns: Column[] = [];
	let left = width - 2 - WHEN - 2 - STATE;
	for (const column of COLUMNS) {
		if (column.title === 'JOB' && !allJobs) continue;
		if (left - column.width - 2 < LAST) break;
		left -= column.width + 2;
		columns.push(column);
	}
	return { columns, last: left - 2 };
}

const cellOf = ({ width, right }: Column, text: string) => `  ${(right ? padStart : padEnd)(text, width)}`;

export function Heading({ width, allJobs }: { width: number; allJobs: boolean }) {
	const titles = columnsFor(width, allJobs).columns.map((column) => cellOf(column, column.title));
	const text = `  ${padEnd('STARTED', WHEN)}  ${padEnd('OUTCOME', STATE)}${titles.join('')}  WHERE, OR WHY NOT`;
	return <Line segments={[{ text, tone: 'muted' }]} width={width} />;
}

/** A run that found nothing new has no place of its own. */
const nothingStored = ({ run, status }: HistoryRow): string =>
	run !== null && status === 'complete' ? 'nothing new' : '';

interface RowProps {
	row: HistoryRow;
	now: number;
	width: number;
	allJobs: boolean;
	selected: boolean;
}

export function Row({ row, now, width, allJobs, selected }: RowProps) {
	const { glyphs } = useLook();
	const { columns, last } = columnsFor(width, allJobs);
	const { sign, word, tone } = STATUS[row.status];
	const cells = columns.map((column) => cellOf(column, column.text(row)));
	// What differs between runs is the end of their keys.
	const cut = row.error === null ? 'start' : 'end';
	const segments: Segment[] = [
		{ text: selected ? `${glyphs.cursor} ` : '  ', tone: 'accent' },
		{ text: `${padEnd(formatWhen(row.started, now), WHEN)}  ` },
		{ text: padEnd(`${glyphs[sign]} ${word}`, STATE), tone },
		{ text: `${cells.join('')}  ` },
		{
			text: padEnd(displayName(row.error ?? row.key ?? nothingStored(row)), last, cut, glyphs.ellipsis),
			tone: 'muted',
		},
	];
	return <Line segments={segments} width={width} selected={selected} />;
}
