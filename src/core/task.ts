/**
 * What long work (a backup run, a restore, a decrypt) tells about itself while it goes on and when it ends. The engine
 * passes these on to its clients unchanged; nothing here is text for people.
 */

import type { PlainError } from './errors.ts';
import type { WorkCost } from './history.ts';
import type { UploadQuoteAnswer } from './upload-quote.ts';

export const TASK_KINDS = ['backup', 'restore', 'decrypt', 'recover', 'sync', 'delete', 'prune', 'verify'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** Work on what is stored as a whole: compare it with the books, delete from it, prove it. */
export type CatalogKind = 'sync' | 'delete' | 'prune' | 'verify';

export function isCatalogKind(kind: TaskKind): kind is CatalogKind {
	return kind === 'sync' || kind === 'delete' || kind === 'prune' || kind === 'verify';
}

/** `queued`: for other work of the job. `waiting`: for a store or network that does not answer. `paused`: interrupted or stopped, can be resumed. */
export type TaskState = 'queued' | 'running' | 'waiting' | 'paused' | 'stopping' | 'done' | 'failed';

/** How finished work ended; `partial`: some files could not be read (or were not restored). */
export type Outcome = 'complete' | 'partial' | 'failed' | 'stopped';

/** One worker's row in the live display. */
export interface WorkerRow {
	worker: number;
	state: 'idle' | 'pack' | 'upload' | 'retry' | 'verify' | 'fetch';
	/** Key of the archive in hand. */
	archive?: string;
	/** Path of the file in hand. */
	path?: string;
	/** Object bytes done of this archive. */
	bytes: number;
	/** Only with `retry`: what failed, and when it is tried again (ms since 1970). */
	retry?: { attempt: number; at: number; reason: string };
}

export interface BackupProgress {
	kind: 'backup';
	phase: 'prepare' | 'scan' | 'upload' | 'finish';
	/** Regular files, folders and the rest seen so far, and the bytes of the files. Final once `scanDone`. */
	scannedFiles: number;
	scannedBytes: number;
	scanDone: boolean;
	unchangedFiles: number;
	/** What has to be packed, as far as the scan has come. */
	plannedFiles: number;
	plannedBytes: number;
	packedFiles: number;
	packedBytes: number;
	/** Of the packed bytes, those that have left for the store or were there already. */
	finishedBytes: number;
	/** Object bytes put on the wire in this attempt. */
	sentBytes: number;
	/** Object bytes acknowledged by the store in this attempt, and those of earlier attempts that are kept. */
	uploadedBytes: number;
	/** Sent to the store in this attempt, repeated ones too; absent while there are none, as for a folder. */
	requests?: number;
	reusedBytes: number;
	reusedParts: number;
	archivesDone: number;
	errors: number;
	/** What holds for this run now: workers, bytes a second (0: no limit). */
	most: number;
	limitUpload: number;
	paused: boolean;
	/** What is no worker's, such as a look at the store, waits for it; the workers tell by their rows. */
	waiting?: boolean;
	workers: WorkerRow[];
}

export interface RestoreProgress {
	kind: 'restore' | 'decrypt' | 'recover';
	/** `thaw`: nothing can be done until the store has thawed what was ordered. */
	phase: 'plan' | 'thaw' | 'fetch' | 'finish';
	files: number;
	bytes: number;
	filesDone: number;
	bytesDone: number;
	/** Bytes read from the destination so far, and those that will be read in all. */
	fetchedBytes: number;
	fetchBytes: number;
	/** Sent to the store, repeated ones too; absent while there are none, as for a folder. */
	requests?: number;
	filesSkipped: number;
	errors: number;
	/** Of a restore out of cold storage. */
	thaw?: ThawProgress;
	workers: WorkerRow[];
}

export interface CatalogProgress {
	kind: CatalogKind;
	phase: 'plan' | 'act';
	/** Objects, or archives. `total` once it is known. */
	done: number;
	total: number | undefined;
	/** Of those archives; 0 where bytes do not matter. */
	bytesDone: number;
	bytes: number;
	errors: number;
	workers: WorkerRow[];
}

export type TaskProgress = BackupProgress | RestoreProgress | CatalogProgress;

export function isCatalog(progress: TaskProgress): progress is CatalogProgress {
	return isCatalogKind(progress.kind);
}

/** Archives by how far they are. Times in ms since 1970. */
export interface ThawProgress {
	archives: number;
	/** Fetched, or given up (`failed`). */
	settled: number;
	failed: number;
	/** Can be read now. */
	warm: number;
	/** Ordered. */
	thawing: number;
	/** While nothing can be done: when the store is asked again, and when all is thawed at the latest. */
	until?: number;
	readyBy?: number;
}

/** A file that could not be read, written or proven. */
export interface FileProblem {
	path: string;
	code: string;
	message: string;
}

/** What the sources of a mirror have no more, and the mirror still has. */
export interface LostFiles {
	/** Files and links. */
	count: number;
	/** Of these, the ones in a store that this mirror has not put there. */
	strangers: number;
	/** Files of the mirror that the sources still have. */
	kept: number;
	/** Some of it; `path`: in the mirror, `files`: in it, where it is a folder of which nothing is left. */
	examples: LostExample[];
	/** Why it is not taken out unless a person agrees: a sentence. */
	doubt?: string;
}

export interface LostExample {
	path: string;
	files: number;
}

/** The code of a wait that is no fault: the store thaws what was ordered. */
export const THAWING = 'THAWING';

/** Why the store has to be asked again. */
export interface Waiting {
	/** A sentence. */
	reason: string;
	code: string;
	guidance?: string;
	/** Somebody has to do something before it goes on. */
	byHand?: true;
}

/** State changes and things worth a line; queued for every client, never conflated. */
export type TaskEvent =
	/** It has to wait for other work of its job (a clause), until its turn has come. */
	| { event: 'queued'; reason: string }
	| { event: 'turn' }
	| { event: 'run'; run: string; resumed: boolean }
	| { event: 'reuse'; archives: number; parts: number; bytes: number }
	| { event: 'archive'; archive: string; key: string; bytes: number; files: number }
	| { event: 'problem'; problem: FileProblem }
	| { event: 'notice'; level: 'info' | 'warn'; message: string }
	/** Of a mirror: it is held back (then there is a doubt), or a dry run tells of it. */
	| ({ event: 'lost' } & LostFiles)
	| ({ event: 'waiting' } & Waiting);

/** With the time it happened, in ms since 1970: who comes later is told all of them at once. */
export type TimedEvent = TaskEvent & { at: number };

/** The last word of a task. */
export interface TaskSummary {
	status: Outcome;
	/** Run id of a backup; of a restore the run it was taken from; '' where there is none. */
	run: string;
	files: number;
	/** Content bytes of those files. */
	bytes: number;
	archives: number;
	errors: number;
	/** Further figures of the kind of task, such as `unchangedFiles` or `fetchedBytes`. */
	details: Record<string, number | string>;
	/** What it has cost, where the work itself knows: with all attempts of the same run. */
	cost?: WorkCost;
	/** Of a dry run to a store that charges: what the run itself will cost. */
	quote?: UploadQuoteAnswer;
	/** Why it failed. */
	error?: PlainError;
}

/** What a running piece of work calls; the engine turns it into task state. */
export interface TaskReporter {
	progress(progress: TaskProgress): void;
	event(event: TaskEvent): void;
}

/** What can be changed of a backup while it goes on. */
export interface Adjustment {
	/** Stand still, or go on. */
	pause?: boolean;
	/** Archives made at the same time. */
	workers?: number;
	/** Bytes a second; 0 is no limit. */
	limitUpload?: number;
	/** Other credentials (`AWS_…`), in place of those it has; in memory only. */
	env?: Record<string, string>;
}

/** What the engine holds of work that runs in a thread of its own. */
export interface TaskHandle {
	/** Resolves when the work has ended, however; rejects never. */
	readonly done: Promise<TaskSummary>;
	/** Asks for a stop at the next safe point; what was acknowledged is kept for resume. */
	stop(): void;
	/** Changes how it goes on; absent where nothing can be changed. */
	adjust?(change: Adjustment): void;
	/** Other credentials, as `env` of an adjustment; of work that takes no other change. */
	renew?(env: Record<string, string>): void;
}
