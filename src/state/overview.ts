/** A job at a glance: its newest runs and what is stored of it. */

import type { DatabaseSync } from 'node:sqlite';
import type { PlainError } from '../core/errors.ts';
import type { RunStatus } from './run-store.ts';

export interface RunOverview {
	run: string;
	/** ISO 8601. */
	started: string;
	finished: string | null;
	status: RunStatus;
	errors: number;
	/** Bytes that were new in this run. */
	newBytes: number;
	/** Why it failed. */
	error: PlainError | null;
}

export interface JobOverview {
	/** The newest, oldest first. */
	runs: RunOverview[];
	/** Archives in the store, and their bytes there. */
	archives: number;
	storedBytes: number;
	/** Of the newest snapshot. */
	files: number;
	bytes: number;
	snapshots: number;
}

const RUNS = 30;

export function jobOverview(db: DatabaseSync): JobOverview {
	const runs = db
		.prepare(
			'SELECT id, started, finished, coalesce(dropped, status) AS status, errors, new_bytes, error FROM runs ORDER BY run DESC LIMIT ?',
		)
		.all(RUNS)
		.reverse();
	const stored = db
		.prepare("SELECT count(*) AS archives, coalesce(sum(size), 0) AS bytes FROM archives WHERE status = 'stored'")
		.get()!;
	const finished = "FROM runs WHERE status IN ('complete', 'partial')";
	const newest = db.prepare(`SELECT files, bytes ${finished} ORDER BY run DESC LIMIT 1`).get();
	const snapshots = db.prepare(`SELECT count(*) AS snapshots ${finished}`).get()!;
	return {
		runs: runs.map((row) => ({
			run: String(row.id),
			started: new Date(Number(row.started)).toISOString(),
			finished: row.finished === null ? null : new Date(Number(row.finished)).toISOString(),
			status: row.status as RunStatus,
			errors: Number(row.errors),
			newBytes: Number(row.new_bytes),
			error: row.error === null ? null : JSON.parse(String(row.error)),
		})),
		archives: Number(stored.archives),
		storedBytes: Number(stored.bytes),
		files: Number(newest?.files ?? 0),
		bytes: Number(newest?.bytes ?? 0),
		snapshots: Number(snapshots.snapshots),
	};
}
