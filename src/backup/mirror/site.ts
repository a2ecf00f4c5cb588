/** Where a mirror is kept, as a run drives it: a folder with plain files, or a store with an object a file. */

import type { Adjustment, FileProblem, LostExample, WorkerRow } from '../../core/task.ts';
import type { Pair } from '../../mirror/pairs.ts';
import type { SentObjects } from '../../pricing/quote-run.ts';
import type { Folder } from '../scan/scan.ts';
import type { BackupSpec } from '../spec.ts';
import type { Flow } from './flow.ts';
import type { Mounts } from './mounts.ts';

export interface MirrorCounts {
	files: number;
	bytes: number;
	unchanged: number;
	/** Files of which only owner, permissions or time were set. */
	metadata: number;
	planned: { files: number; bytes: number };
	copied: { files: number; bytes: number };
	/** Of a dry run to a store: what would be sent. */
	objects: SentObjects;
	/** What an earlier run has sent of files that this one has brought to their end. */
	reused: { parts: number; bytes: number };
	/** Bytes written, those of attempts that came to nothing included. */
	written: number;
	/** Requests that have listed what the store holds. */
	lists: number;
	/** There is something to be told in a new list of what the mirror holds. */
	hasChanged: boolean;
}

export function noCounts(): MirrorCounts {
	return {
		files: 0,
		bytes: 0,
		unchanged: 0,
		metadata: 0,
		planned: { files: 0, bytes: 0 },
		copied: { files: 0, bytes: 0 },
		objects: { objects: 0, multipart: 0, parts: 0, bytes: 0 },
		reused: { parts: 0, bytes: 0 },
		written: 0,
		lists: 0,
		hasChanged: false,
	};
}

/** So much of what is lost is named. */
export const EXAMPLES = 20;

/** What every site is opened with. */
export interface SiteOptions {
	spec: BackupSpec;
	pairs: Pair[];
	flow: Flow;
	onProblem: (problem: FileProblem) => void;
	onNotice: (message: string) => void;
}

export interface MirrorSite {
	readonly counts: MirrorCounts;
	/** Disks met inside the sources. */
	readonly mounts: Mounts;
	/** By source: files that were in the mirror before, and are at the source. */
	readonly met: ReadonlyMap<string, number>;
	/** What is in hand. */
	readonly rows: WorkerRow[];
	/** Requests sent to a store; 0 for a folder. */
	readonly requests: number;
	/** The store does not answer. */
	readonly waits: boolean;

	/** Takes over one folder of a scan. @throws FirnError when the mirror cannot be written; the reason of a stop */
	folder(folder: Folder): Promise<void>;
	/** Ends what goes on, once the scan has come to its end. @throws as folder() */
	settle(): Promise<void>;
	/** How many files and links a source holds. */
	filesOf(source: string): number;
	/** By source: files of the mirror that are at the source no more. After settle(). */
	lost(): Promise<Map<string, number>>;
	/** Some of what lost() has found, and how much of it is not known to have been put there by this job. After lost(). */
	readonly examples: readonly LostExample[];
	readonly strangers: number;
	/** Whether all of a source that lost() has found is known to have been put there by this job. */
	isOwn(source: string): boolean;
	/** Whether the mirror has something at or below this absolute path of a source that the source has not. After lost(). */
	isMissing(path: string): boolean;
	/** Takes what is lost out of the mirror. */
	takeOut(deletions: 'move' | 'follow'): Promise<void>;
	/** The last word, when nothing is copied or taken out any more. */
	finish(): Promise<void>;
	adjust(change: Adjustment): void;
	close(): Promise<void>;
}
