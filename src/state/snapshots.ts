/** Runs as people list them, and which run is meant by a snapshot number. */

import type { DatabaseSync } from 'node:sqlite';
import { usageError } from '../core/errors.ts';
import type { RunStatus } from './run-store.ts';

/** One row of `show --runs`. */
export interface RunListing {
	run: string;
	/** Number to give as --snapshot; null where there is nothing to restore. */
	snapshot: number | null;
	started: string;
	finished: string | null;
	/** `dropped`: a snapshot that is not kept any more. */
	status: RunStatus | 'dropped';
	files: number;
	bytes: number;
}

/** The state of the files after a run. */
export interface Snapshot {
	number: number;
	/** Id of the run. */
	run: string;
	/** Unix time in ms: when the run finished, or began where it has not. */
	time: number;
	/** False for a run that is still under way or came to nothing: only what its stored archives hold is known. */
	finished: boolean;
}

/** Whether these are the books of a mirror, which has only what is now. */
export function isMirror(db: DatabaseSync): boolean {
	const job = db.prepare(`SELECT value FROM meta WHERE key = 'job'`).get();
	return job !== undefined && JSON.parse(String(job.value)).layout === 'mirror';
}

/** All runs, oldest first. */
export function listRuns(db: DatabaseSync): RunListing[] {
	const rows = runListings(db);
	if (!isMirror(db)) return rows;
	return rows.map((row, at) => (at === rows.length - 1 ? row : { ...row, snapshot: null }));
}

function runListings(db: DatabaseSync): RunListing[] {
	return db
		.prepare(
			`SELECT run, id, started, finished, iif(dropped IS NULL, status, 'dropped') AS status, files, bytes
			FROM runs ORDER BY run`,
		)
		.all()
		.map((row) => ({
			run: String(row.id),
			snapshot: isFinished(row.status) ? Number(row.run) : null,
			started: new Date(Number(row.started)).toISOString(),
			finished: row.finished === null ? null : new Date(Number(row.finished)).toISOString(),
			status: row.status as RunListing['status'],
			files: Number(row.files),
			bytes: Number(row.bytes),
		}));
}

/**
 * The snapshot with this number, or the newest finished one. An unfinished run is taken when its number is given, or
 * when there is no finished one at all and `orUnfinished` is set (looking does no harm, restoring should be meant).
 * A mirror has what its newest run has left, whether that has finished or not.
 * @throws FirnError SNAPSHOT_MISSING
 */
export function resolveSnapshot(db: DatabaseSync, wanted: number | undefined, orUnfinished = false): Snapshot {
	const rows = db
		.prepare('SELECT run, id, started, finished, status FROM runs WHERE dropped IS NULL ORDER BY run DESC')
		.all();
	const newest = isMirror(db) ? rows[0] : undefined;
	if (newest && wanted !== undefined && newest.run !== wanted) throw onlyNow(wanted, Number(newest.run));
	const row =
		newest ??
		(wanted === undefined
			? (rows.find(({ status }) => isFinished(status)) ?? (orUnfinished ? rows[0] : undefined))
			: rows.find(({ run }) => run === wanted));
	if (!row)
		throw missing(
			wanted,
			rows.filter(({ status }) => isFinished(status)).map(({ run }) => Number(run)),
			rows[0] && Number(rows[0].run),
		);
	return {
		number: Number(row.run),
		run: String(row.id),
		time: Number(row.finished ?? row.started),
		finished: isFinished(row.status),
	};
}

const isFinished = (status: unknown) => status === 'complete' || status === 'partial';

function onlyNow(wanted: number, newest: number) {
	return usageError(
		'SNAPSHOT_MISSING',
		`There is no snapshot ${wanted}: a mirror has only what is in it now.`,
		`Leave --snapshot out, or say ${newest}. What a run has moved aside lies in .firn-deleted at the destination.`,
	);
}

/** How many numbers an error lists. */
const LISTED = 20;

function missing(wanted: number | undefined, available: number[], unfinished: number | undefined) {
	if (available.length === 0) {
		return usageError(
			'SNAPSHOT_MISSING',
			wanted === undefined
				? 'No run of this job has finished yet.'
				: `There is no snapshot ${wanted}: no run has finished yet.`,
			`Finish a run first: firn resume, or firn backup JOB.${unfinished === undefined ? '' : ` --snapshot ${unfinished} takes what the unfinished one has stored.`}`,
		);
	}
	const numbers = available.slice(0, LISTED).reverse().join(', ');
	const more = available.length > LISTED ? ` and ${available.length - LISTED} older ones` : '';
	return usageError('SNAPSHOT_MISSING', `There is no snapshot ${wanted}.`, `There are ${numbers}${more}.`);
}
