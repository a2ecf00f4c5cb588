/** What came of the runs of a job. */

import type { DatabaseSync } from 'node:sqlite';
import type { RunStatus } from './run-store.ts';

export interface RunHistory {
	run: string;
	/** ms since 1970; `finished` only of one that ended as a snapshot. */
	started: number;
	finished: number | null;
	status: RunStatus;
	/** Of the snapshot. */
	files: number;
	bytes: number;
	newFiles: number;
	newBytes: number;
	errors: number;
	/** Why it failed. */
	error: string | null;
	/** Archives it has stored, and their bytes in the store. */
	archives: number;
	storedBytes: number;
}

/** The newest runs, the newest first. */
export function runHistory(db: DatabaseSync, limit: number): RunHistory[] {
	return db
		.prepare(
			`SELECT id, started, finished, status, files, bytes, new_files, new_bytes, errors, error,
				(SELECT count(*) FROM archives WHERE archives.run = runs.run AND stored IS NOT NULL) AS archives,
				(SELECT coalesce(sum(size), 0) FROM archives WHERE archives.run = runs.run AND stored IS NOT NULL) AS stored
			FROM runs ORDER BY run DESC LIMIT ?`,
		)
		.all(limit)
		.map((row) => ({
			run: String(row.id),
			started: Number(row.started),
			finished: row.finished === null ? null : Number(row.finished),
			status: row.status as RunStatus,
			files: Number(row.files),
			bytes: Number(row.bytes),
			newFiles: Number(row.new_files),
			newBytes: Number(row.new_bytes),
			errors: Number(row.errors),
			error: row.error === null ? null : messageOf(String(row.error)),
			archives: Number(row.archives),
			storedBytes: Number(row.stored),
		}));
}

/** Of a PlainError as JSON. */
function messageOf(json: string): string {
	return String((JSON.parse(json) as { message: unknown }).message);
}
