/** What a scan is asked for and what it tells. */

import type { EntryType } from '../../core/entry.ts';
import type { FileProblem } from '../../core/task.ts';
import type { ChildStat } from './child-stat.ts';

export interface ScanOptions {
	/** Absolute paths as normalizeSources() gives them. */
	sources: string[];
	/** gitignore patterns (see exclude-rules.ts). */
	excludes: string[];
	/** Leave out SYSTEM_CLUTTER and the content of tagged cache folders. */
	excludeSystem: boolean;
	/** Leave out DEVELOPER_CLUTTER. */
	excludeDeveloper: boolean;
	/** Do not enter folders on another file system than their source. */
	oneFileSystem: boolean;
	/** Absolute paths that are never read: the destination's folder, the program's own state. */
	skipPaths: string[];
}

/** One name in a folder. Hard links are the caller's business: `nlink`, `dev` and `ino` are in `stat`. */
export interface Child {
	/** Odd bytes as in core/path-bytes.ts. */
	name: string;
	type: Exclude<EntryType, 'hardlink'>;
	stat: ChildStat;
	/** Target of a symlink as it is written there, else ''. */
	link: string;
}

/** One folder and all that is in it. Every child of type `dir` is followed by exactly one Folder of its own. */
export interface Folder {
	/** As in the archive, without slashes at the ends; '' for the root. */
	path: string;
	/**
	 * Only an ancestor of sources: what it holds besides `children` and `passed` was not looked at and is not part of
	 * the backup, nor is its own metadata.
	 */
	virtual: boolean;
	/** Of a scan of named paths: what a virtual folder holds besides was not asked for, and says nothing of deletions. */
	named?: true;
	/** False where it could not be listed or a child could not be looked at: a missing name then proves nothing. */
	complete: boolean;
	/** Sorted by the bytes of their names. */
	children: Child[];
	/** Names that exist but could not be looked at; each has a problem of its own. Sorted. */
	unseen: string[];
	/** Sub-folders of a virtual folder that are virtual too, and come later as a Folder but are no children. Sorted. */
	passed: string[];
	/** How many names were left out by patterns and clutter lists. */
	excluded: number;
}

/**
 * - `socket`: cannot be backed up, is not among the children.
 * - `pseudo-fs`: mount point of /proc and its like. A folder is kept as an empty one, anything else is left out.
 * - `other-fs`: mount point with `oneFileSystem`; kept as an empty folder.
 * - `own`: one of `skipPaths`; a folder is kept as an empty one.
 * - `excluded`: a source that is a single file and matches a pattern.
 */
export type SkipReason = 'socket' | 'pseudo-fs' | 'other-fs' | 'own' | 'excluded';

/** Problems and skips of a folder come before the folder itself. */
export type ScanItem =
	| { folder: Folder }
	| { problem: FileProblem }
	| { skipped: { path: string; reason: SkipReason } };
