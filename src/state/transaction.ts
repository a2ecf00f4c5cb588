import type { DatabaseSync } from 'node:sqlite';

/**
 * The one open transaction of the writing connection. Much is gathered in one; `commit` puts it on disk (synchronous =
 * FULL), and returns only then.
 */
export class Transaction {
	readonly #db: DatabaseSync;
	#open = false;

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	/** Begins one unless one is open. */
	begin(): void {
		if (this.#open) return;
		this.#db.exec('BEGIN IMMEDIATE');
		this.#open = true;
	}

	/** Everything so far is on disk when this returns. */
	commit(): void {
		if (!this.#open) return;
		this.#db.exec('COMMIT');
		this.#open = false;
	}

	/** Forgets what was not committed. */
	rollback(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#db.exec('ROLLBACK');
	}
}
