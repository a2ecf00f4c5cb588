import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { dirId } from './snapshot-walk.ts';

/** How many entries a snapshot has below a folder. */
export class SourceEntries {
	readonly #db: DatabaseSync;
	readonly #count: StatementSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
		this.#count = db.prepare(
			`WITH RECURSIVE below(dir) AS (SELECT ?1 UNION ALL SELECT d.dir FROM dirs d JOIN below b ON d.parent = b.dir)
			SELECT count(*) AS entries FROM below CROSS JOIN entries USING (dir) WHERE first <= ?2 AND last >= ?2`,
		);
	}

	/** @param source absolute; what is no folder has none */
	count(source: string, run: number): number {
		const dir = dirId(this.#db, source.slice(1));
		return dir === undefined ? 0 : Number(this.#count.get(dir, run)!.entries);
	}
}
