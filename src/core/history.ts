/** What came of work, as it crosses to clients: one row for each run, and for each other piece of work. */

import type { FileProblem, TaskKind } from './task.ts';

/**
 * Why something began: `catch-up` for a run whose time passed while no engine ran, or while the machine slept.
 * `rules`: pruning by the rules of the job, after a run.
 */
export const BEGINNINGS = ['hand', 'schedule', 'change', 'catch-up', 'rules'] as const;
export type Beginning = (typeof BEGINNINGS)[number];

/**
 * `not-begun`: something kept it from beginning, or its time was missed. `interrupted`: the engine ended before it did.
 * `abandoned`: given up for a run that began anew. `dropped`: a snapshot that is not kept any more.
 */
export const HISTORY_STATUSES = [
	'running',
	'complete',
	'partial',
	'failed',
	'stopped',
	'interrupted',
	'not-begun',
	'abandoned',
	'dropped',
] as const;
export type HistoryStatus = (typeof HISTORY_STATUSES)[number];

/** USD by the prices of that time. */
export interface WorkCost {
	/** Of a run: to send its archives or objects, and to keep them for a month. Of a restore: all that it reads and thaws. */
	requests: number;
	storageMonth: number;
	total: number;
	/** Where the prices are from. */
	region: string;
	dated: string;
}

export interface HistoryRow {
	/** Of the run; of the task where there is no run. */
	id: string;
	kind: TaskKind;
	job: string;
	/** Null where it is no backup, or none that began. */
	run: string | null;
	/** Of its newest attempt, as the log names it; null for runs that were not noted. */
	task: string | null;
	/** Null where it was not noted. */
	trigger: Beginning | null;
	/** ms since 1970. `due`: when it should have begun, where it did not begin then. */
	due: number | null;
	started: number;
	finished: number | null;
	status: HistoryStatus;
	/** How a dropped snapshot had ended. */
	dropped: 'complete' | 'partial' | null;
	/** Of the snapshot, or of what was restored or looked at. */
	files: number;
	bytes: number;
	newFiles: number;
	newBytes: number;
	errors: number;
	/** Why it failed or did not begin, and what to do. */
	error: string | null;
	code: string | null;
	guidance: string | null;
	/** Archives it has stored (deleted, read), and their bytes in the store. */
	archives: number;
	storedBytes: number;
	/** Bytes that were sent; null where that was not noted. */
	sentBytes: number | null;
	/** Null where the store has no prices, or they were not noted. */
	cost: WorkCost | null;
	/** USD that somebody has agreed to, where somebody was asked. */
	agreed: number | null;
	/** What the keys of its archives begin with, with the destination before; null where nothing was stored. */
	key: string | null;
	/** Addresses at which it can be looked at: its folder, or its first archives. */
	links: string[];
}

/** What the books of a job know of a run. */
export type RunRecord = Pick<
	HistoryRow,
	| 'id'
	| 'started'
	| 'finished'
	| 'dropped'
	| 'files'
	| 'bytes'
	| 'newFiles'
	| 'newBytes'
	| 'errors'
	| 'error'
	| 'code'
	| 'guidance'
	| 'archives'
	| 'storedBytes'
	| 'links'
> & { status: Exclude<HistoryStatus, 'interrupted' | 'not-begun'> };

/** One row with all that is known of it. */
export interface HistoryDetails {
	row: HistoryRow;
	/** The first of them. */
	problems: FileProblem[];
	archives: { key: string; size: number; storageClass: string | null; link: string | null }[];
}

/** Which rows are wanted, the newest first; what is absent sets no limit. */
export interface HistoryQuery {
	kinds?: readonly TaskKind[] | undefined;
	statuses?: readonly HistoryStatus[] | undefined;
	/** ms since 1970; from then on. */
	since?: number | undefined;
	/** Only those behind this one. */
	before?: { started: number; id: string } | undefined;
	limit: number;
}

/** Where a page ends, for the next one: `started:id`. */
export function cursorOf({ started, id }: Pick<HistoryRow, 'started' | 'id'>): string {
	return `${started}:${id}`;
}

export function parseCursor(text: string): HistoryQuery['before'] {
	const [, started, id] = /^(\d+):(.*)$/s.exec(text) ?? [];
	return started === undefined ? undefined : { started: Number(started), id: id! };
}

/** The newest first. */
export function newerFirst(a: Pick<HistoryRow, 'started' | 'id'>, b: Pick<HistoryRow, 'started' | 'id'>): number {
	return b.started - a.started || (a.id < b.id ? 1 : -1);
}
