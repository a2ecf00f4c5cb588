/** Rows of lists out of versions and totals. */

import type { BrowseRow, BrowseTotals } from '../core/browse.ts';
import { ENTRY_TYPES } from '../core/entry.ts';
import { type FileFilter, type FileStatus, hasOnlyWords, matchesFilter } from '../core/file-filter.ts';
import type { FolderTotal, FolderTotals } from './folder-totals.ts';

/** One name in a folder. */
export interface Found {
	name: string;
	/** Archive path, without a leading slash. */
	path: string;
	/** Index in ENTRY_TYPES. */
	type: number;
	size: number;
	/** ms since 1970; undefined for a folder that has no version of its own. */
	time: number | undefined;
	/** 0 for such a folder. */
	archive: number;
	status: FileStatus;
	/** Id of a folder that has anything below it, else 0. */
	dir: number;
}

export const DIR = ENTRY_TYPES.indexOf('dir');
const HARDLINK = ENTRY_TYPES.indexOf('hardlink');

/** @param totals undefined while they are being counted */
export function toBrowseRow(found: Found, totals: FolderTotals | undefined): BrowseRow {
	const own = totalsOf(found, totals);
	const below = found.dir > 0 ? totals?.of(found.dir) : undefined;
	return {
		name: found.name,
		path: `/${found.path}`,
		type: ENTRY_TYPES[found.type]!,
		time: below && below.newest > 0 ? below.newest : (found.time ?? null),
		...(own ? { totals: own } : {}),
	};
}

/** Totals of a folder's id, or of the file. */
function totalsOf(found: Found, totals: FolderTotals | undefined): BrowseTotals | undefined {
	const { type, archive, status, size } = found;
	if (found.dir > 0) {
		const below = totals?.of(found.dir);
		return below && withOwn(below, found);
	}
	const files = type === 0 || type === HARDLINK ? 1 : 0;
	const affected = status === 'stored' ? 0 : 1;
	return { files, bytes: size, entries: 0, ...inOne(archive), status, affected };
}

/** A folder's own entry counts where nothing below tells more. */
function withOwn(below: FolderTotal, { archive, status }: Found): BrowseTotals {
	if (below.entries > 0) return toTotals(below);
	const affected = status === 'stored' ? 0 : 1;
	return { ...toTotals(below), ...inOne(archive), status, affected };
}

/** What a mirror has lies in no archive. */
function inOne(archive: number) {
	return { archives: archive === 0 ? 0 : 1, firstArchive: archive, lastArchive: archive };
}

export function toTotals(total: FolderTotal): BrowseTotals {
	const { files, bytes, entries, firstArchive, lastArchive, status, affected } = total;
	const archives = lastArchive === 0 ? 0 : total.archives;
	return { files, bytes, entries, archives, firstArchive, lastArchive, status, affected };
}

/**
 * Whether a filter lets a row through. A folder is found by its name; what else is asked is meant of files, unless
 * folders are asked for (`type:dir`).
 */
export function passes(filter: FileFilter, row: BrowseRow): boolean {
	if (row.type === 'dir' && !filter.types.includes('dir') && !hasOnlyWords(filter)) return false;
	const { name, type, time, totals } = row;
	return matchesFilter(filter, {
		name,
		type,
		time: time ?? 0,
		size: totals?.bytes ?? 0,
		status: totals?.status ?? 'stored',
		firstArchive: totals?.firstArchive ?? 0,
		lastArchive: totals?.lastArchive ?? 0,
	});
}
