/** What a job takes in, as rules, and what they say about a path. Plain data that engine and clients share. */

/** The part of a job that decides which paths are backed up. */
export interface Selection {
	/** Absolute paths. */
	sources: string[];
	/** gitignore patterns; the last that matches decides. */
	excludes: string[];
	excludeSystem: boolean;
	excludeDeveloper: boolean;
	oneFileSystem: boolean;
	/** Where the job writes to: a folder there is never backed up itself. */
	to?: string;
}

/**
 * - `mixed`: a folder of which some is backed up: it leads to a source, or rules for paths below it leave something out.
 * - `outside`: of all sources.
 */
export type Mark = 'included' | 'excluded' | 'mixed' | 'outside';

/** Which rule decides. */
export type DecidedBy =
	/** It is, or lies in, this source, and nothing leaves it out. */
	| { by: 'source'; source: string }
	/** No source holds it. */
	| { by: 'outside' }
	/** Only a folder on the way to sources. */
	| { by: 'leads' }
	/** Behind a symbolic link, which is kept as a link. */
	| { by: 'link' }
	/** A pattern of the job: its place in `excludes`, and its text. */
	| { by: 'pattern'; index: number; pattern: string }
	/** A line (from 1) of a `.firnignore` file. */
	| { by: 'file'; file: string; line: number; pattern: string }
	/** A name of the built-in lists. */
	| { by: 'system' | 'developer'; name: string }
	/** In a folder with a CACHEDIR.TAG. */
	| { by: 'cache' }
	/** See SkipReason of the scan. */
	| { by: 'socket' | 'pseudo-fs' | 'other-fs' | 'own' };

export interface Verdict {
	mark: Mark;
	decided: DecidedBy;
	/** The path that the rule decided on: this one, or a folder above it. */
	at: string;
}

export type NodeType = 'file' | 'dir' | 'symlink' | 'fifo' | 'char' | 'block' | 'socket';

/** A name in a folder, with its verdict. */
export interface FolderRow extends Verdict {
	name: string;
	/** Absent where it could not be looked at. */
	type?: NodeType;
	/** Of a file, else 0. */
	bytes: number;
	/** Why it cannot be read, in the system's words. */
	problem?: string;
}

export interface FolderPage {
	rows: FolderRow[];
	/** All names in the folder. */
	total: number;
	/** There when more follows. */
	cursor?: string;
}

/** What rules say about a path. */
export interface Explanation extends Verdict {
	path: string;
	exists: boolean;
	type?: NodeType;
	problem?: string;
}

/** What lies at or below a path; final once it is `done`. */
export interface Measured {
	path: string;
	state: 'counting' | 'done';
	/** All but folders. */
	files: number;
	bytes: number;
	/** Folders and files that could not be looked at. */
	unreadable: number;
}
