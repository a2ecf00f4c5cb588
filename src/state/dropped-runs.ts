/** Snapshots that are not kept any more. Their rows stay: what they have stored may be needed by those that are kept. */

import type { DatabaseSync } from 'node:sqlite';
import type { Candidate } from '../core/retention.ts';

export interface SnapshotRow extends Candidate {
	id: string;
	files: number;
	bytes: number;
}

export class DroppedRuns {
	readonly #db: DatabaseSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	/** What can be dropped, or kept: all snapshots, the oldest first. */
	snapshots(): SnapshotRow[] {
		return this.#db
			.prepare(
				`SELECT run, id, started, status, files, bytes FROM runs WHERE status IN ('complete', 'partial') ORDER BY run`,
			)
			.all()
			.map((row) => ({
				run: Number(row.run),
				id: String(row.id),
				started: Number(row.started),
				isComplete: row.status === 'complete',
				files: Number(row.files),
				bytes: Number(row.bytes),
			}));
	}

	/** From here on nobody is offered them; it is on disk when this returns. */
	drop(runs: readonly number[]): void {
		this.#db
			.prepare(
				`UPDATE runs SET dropped = status, status = 'abandoned'
				WHERE status IN ('complete', 'partial') AND run IN (SELECT value FROM json_each(?))`,
			)
			.run(JSON.stringify(runs));
	}

	/** Those whose manifests may still lie in the store, the newest first. */
	unforgotten(): { run: number; id: string }[] {
		return this.#db
			.prepare('SELECT run, id FROM runs WHERE dropped IS NOT NULL AND forgotten IS NULL ORDER BY run DESC')
			.all() as unknown as { run: number; id: string }[];
	}

	/** The next snapshot that is kept: its manifest tells what the ones before it have ended. */
	successor(run: number): string | undefined {
		const row = this.#db
			.prepare(`SELECT id FROM runs WHERE run > ? AND status IN ('complete', 'partial') ORDER BY run LIMIT 1`)
			.get(run);
		return row && String(row.id);
	}

	/** The store has their manifests no more. */
	forget(runs: readonly number[], now: number): void {
		this.#db
			.prepare('UPDATE runs SET forgotten = ? WHERE run IN (SELECT value FROM json_each(?))')
			.run(now, JSON.stringify(runs));
	}
}
