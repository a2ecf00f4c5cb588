/** What the state database is asked when people browse it, and what comes back: shared by both sides of the contract. */

import type { EntryType } from './entry.ts';
import type { FileStatus } from './file-filter.ts';

export const BROWSE_SORTS = ['name', 'size', 'files', 'time'] as const;
export type BrowseSort = (typeof BROWSE_SORTS)[number];

/** A snapshot as lists refer to it. */
export interface SnapshotView {
	number: number;
	/** ms since 1970: when the run finished, or began where it has not. */
	time: number;
	/** False: only what the stored archives of an unfinished run hold. */
	finished: boolean;
}

/** Totals of a folder with all below it; of a file, its own. */
export interface BrowseTotals {
	/** Regular files and hard links. */
	files: number;
	bytes: number;
	/** File system objects below a folder; 0 of a file and of an empty folder. */
	entries: number;
	/** How many archives hold it, the first and the last. */
	archives: number;
	firstArchive: number;
	lastArchive: number;
	/** The worst that became of any of it, and of how many objects where it is not 'stored'. */
	status: FileStatus;
	affected: number;
}

export interface BrowseRow {
	/** The name; `srv/data` where there is nothing but the way there. */
	name: string;
	/** With a leading slash. */
	path: string;
	type: EntryType;
	/** ms since 1970; of a folder that of the newest below, once that is counted. */
	time: number | null;
	/** Absent of a folder that is still being counted. */
	totals?: BrowseTotals;
}

export interface BrowsePage {
	snapshot: SnapshotView;
	/** Path of the folder, with a leading slash. */
	path: string;
	/** Pages of the same revision fit together. */
	revision: string;
	/** Rows [from, from + rows.length) of `total`. */
	rows: BrowseRow[];
	from: number;
	total: number;
	/** Of the folder itself. */
	totals?: BrowseTotals;
	/** Not all is counted or sorted yet: ask again. */
	counting: boolean;
}

export interface FindPage {
	snapshot: SnapshotView;
	rows: BrowseRow[];
	/** Gives what follows; absent when all has been searched. */
	cursor?: string;
	/** Share of the folders that has been searched, 0..1. */
	searched: number;
}

/** Where the archives of a range lie that are stored, and which of them restores have had thawed. */
export interface StorageView {
	/** Most archives first; null where no class was asked for. */
	classes: { storageClass: string | null; archives: number }[];
	thawing: number;
	warm: number;
	/** When the first of the warm ones is cold again, ms since 1970. */
	warmUntil?: number;
}

/** One version of a file, newest first in lists. */
export interface VersionRow {
	/** Numbers of the first and the last snapshot that have it; `last` is null for the present version. */
	first: number;
	last: number | null;
	/** When these runs began, ms since 1970. */
	firstTime: number;
	lastTime: number | null;
	type: EntryType;
	size: number;
	time: number;
	/** Hex; null for all but regular files. */
	sha256: string | null;
	archive: number;
	key: string;
	storageClass: string | null;
	/** The page at which the store shows the archive, where there is one. */
	link: string | null;
	status: FileStatus;
}
