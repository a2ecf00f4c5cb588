/** What stands in the columns of a row, and which columns there is room for. Pure. */

import type { BrowseTotals, StorageView } from '../../../core/browse.ts';
import { formatCount, formatSize } from '../../../core/sizes.ts';
import type { Glyphs } from '../../theme/glyphs.ts';
import type { Tone } from '../../theme/theme.ts';
import { formatWhen } from '../jobs/job-rows.ts';

/** What is known of a row. */
export interface Known {
	totals: BrowseTotals | undefined;
	time: number | null;
	isFolder: boolean;
}

export interface Column {
	title: string;
	width: number;
	right: boolean;
	text: (known: Known, glyphs: Glyphs) => string;
	tone?: (known: Known) => Tone;
}

const FILES: Column = {
	title: 'FILES',
	width: 10,
	right: true,
	text: ({ totals, isFolder }, { ellipsis }) => (!isFolder ? '' : totals ? formatCount(totals.files) : ellipsis),
};

const SIZE: Column = {
	title: 'SIZE',
	width: 9,
	right: true,
	text: ({ totals }, { ellipsis }) => (totals ? formatSize(totals.bytes) : ellipsis),
};

const ARCHIVES: Column = {
	title: 'ARCHIVES',
	width: 17,
	right: false,
	text: ({ totals }, { ellipsis }) => (totals ? archivesText(totals, ellipsis) : ellipsis),
};

const NEWEST: Column = {
	title: 'NEWEST',
	width: 10,
	right: false,
	text: ({ time }) => (time === null ? '' : dayOf(time)),
};

const STATUS: Column = {
	title: 'STATUS',
	width: 11,
	right: false,
	text: ({ totals }, glyphs) => (totals ? statusText(totals, glyphs) : ''),
	tone: ({ totals }) => (totals ? TONES[totals.status] : 'muted'),
};

/** In the order they stand in. The first that is dropped for want of room is the last of `DROPPED`. */
const COLUMNS = [FILES, SIZE, ARCHIVES, NEWEST, STATUS];
const BY_WORTH = [SIZE, STATUS, FILES, ARCHIVES, NEWEST];
const PATH_LEAST = 26;
/** What is found is shown with its whole path. */
const FOUND_LEAST = 50;

/**
 * Columns for a line of so many cells, and what is left for the path.
 * @param files without it there is no column of numbers of files: what is found is mostly single ones
 */
export function columnsFor(width: number, files = true): { columns: readonly Column[]; path: number } {
	const shown = new Set<Column>();
	const least = Math.min(files ? PATH_LEAST : FOUND_LEAST, width - SIZE.width - STATUS.width - 4);
	let path = width;
	for (const column of files ? BY_WORTH : BY_WORTH.filter((one) => one !== FILES)) {
		if (path - column.width - 2 < least) break;
		path -= column.width + 2;
		shown.add(column);
	}
	return { columns: COLUMNS.filter((column) => shown.has(column)), path };
}

const TONES: Record<BrowseTotals['status'], Tone> = {
	stored: 'ok',
	running: 'busy',
	deleted: 'warn',
	missing: 'error',
};
const SIGNS = { stored: 'ok', running: 'busy', deleted: 'off', missing: 'error' } as const;

export function statusText({ status, affected, entries }: BrowseTotals, glyphs: Glyphs): string {
	const many = status !== 'stored' && entries > 0 ? `${formatCount(affected)} ` : '';
	return `${glyphs[SIGNS[status]]} ${many}${status}`;
}

/** `12`, `12–40`, or with a gap between them `9 in 12–40`. */
function archivesText(totals: BrowseTotals, ellipsis: string): string {
	const { archives, firstArchive, lastArchive } = totals;
	const range = rangeText(totals, ellipsis);
	return archives <= 1 || archives === lastArchive - firstArchive + 1 ? range : `${formatCount(archives)} in ${range}`;
}

/** The first archive and the last. */
export function rangeText({ firstArchive, lastArchive }: BrowseTotals, ellipsis: string): string {
	if (firstArchive === 0) return '';
	if (firstArchive === lastArchive) return String(firstArchive);
	return `${firstArchive}${ellipsis === '…' ? '–' : '-'}${lastArchive}`;
}

/** `DEEP_ARCHIVE 6, STANDARD 1`; the numbers only where there is more than one class. */
export function classesText({ classes }: StorageView): string {
	const name = ({ storageClass }: StorageView['classes'][number]) => storageClass ?? 'no class';
	if (classes.length === 1) return name(classes[0]!);
	return classes.map((one) => `${name(one)} ${formatCount(one.archives)}`).join(', ');
}

/** `2 thawing, 1 warm until 11-23 14:00`; empty where nothing is thawed. */
export function thawText({ thawing, warm, warmUntil }: StorageView, now: number): string {
	const parts = thawing > 0 ? [`${formatCount(thawing)} thawing`] : [];
	if (warmUntil !== undefined) parts.push(`${formatCount(warm)} warm until ${formatWhen(warmUntil, now)}`);
	return parts.join(', ');
}

export function dayOf(time: number): string {
	const date = new Date(time);
	return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
		.map((part) => String(part).padStart(2, '0'))
		.join('-');
}
