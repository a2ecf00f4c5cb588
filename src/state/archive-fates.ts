/** What becomes of stored archives: lost, found again, deleted, proven. */

import type { DatabaseSync } from 'node:sqlite';

/** An archive whose deletion was begun. */
export interface Doomed {
	archive: number;
	key: string;
	size: number;
}

export class ArchiveFates {
	readonly #db: DatabaseSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	/** The store has it no more: the next run stores its files again. */
	markMissing(archive: number): void {
		this.#db.prepare(`UPDATE archives SET status = 'missing' WHERE archive = ? AND status = 'stored'`).run(archive);
	}

	/** A missing one is there again. */
	markReturned(archive: number): void {
		this.#db.prepare(`UPDATE archives SET status = 'stored' WHERE archive = ? AND status = 'missing'`).run(archive);
	}

	/** From here on nobody relies on it; it is on disk when this returns. @returns whether there was something to delete */
	beginDelete(archive: number): boolean {
		const done = this.#db
			.prepare(`UPDATE archives SET status = 'deleted' WHERE archive = ? AND status IN ('stored', 'missing')`)
			.run(archive);
		return Number(done.changes) === 1;
	}

	/** The store has confirmed that archive and sidecar are gone. */
	endDelete(archive: number, now: number): void {
		this.#db
			.prepare('UPDATE archives SET deleted = ?, sidecar = 0 WHERE archive = ? AND deleted IS NULL')
			.run(now, archive);
	}

	/** The store has refused, and still holds it. */
	undoDelete(archive: number): void {
		this.#db
			.prepare(`UPDATE archives SET status = 'stored' WHERE archive = ? AND status = 'deleted' AND deleted IS NULL`)
			.run(archive);
	}

	/** Deletions that were begun and not seen to their end. */
	unfinishedDeletes(): Doomed[] {
		return this.#db
			.prepare(
				`SELECT archive, key, coalesce(size, 0) AS size FROM archives WHERE status = 'deleted' AND deleted IS NULL ORDER BY archive`,
			)
			.all() as unknown as Doomed[];
	}

	/** All that were compared for a plan and found as they were sent. */
	markSeen(plan: string, at: number): void {
		this.#db
			.prepare(
				`UPDATE archives SET seen = ? WHERE status = 'stored' AND archive NOT IN (
					SELECT archive FROM plan_items WHERE plan = ? AND kind IN ('differs', 'missing') AND archive IS NOT NULL)`,
			)
			.run(at, plan);
	}
}
