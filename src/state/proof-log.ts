import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** Result code of SQLite (https://www.sqlite.org/rescode.html): another connection writes. */
const BUSY = 5;
const BATCH = 200;
const AGAIN_MS = 500;

/**
 * Notes when archives were last seen and proven. A run may write the same books all the while, and holds them for as
 * long as a part takes: what cannot be noted now is noted with what comes next.
 */
export class ProofLog {
	readonly #db: DatabaseSync;
	readonly #seen: StatementSync;
	readonly #proven: StatementSync;
	#waiting: { archive: number; at: number; proven: boolean }[] = [];

	constructor(db: DatabaseSync) {
		this.#db = db;
		// The thread has other work than waiting.
		db.exec('PRAGMA busy_timeout = 50');
		this.#seen = db.prepare(`UPDATE archives SET seen = ? WHERE archive = ? AND status = 'stored'`);
		this.#proven = db.prepare(`UPDATE archives SET proven = ? WHERE archive = ? AND status = 'stored'`);
	}

	/** Found in the store as it was sent. */
	seen(archive: number): void {
		this.#waiting.push({ archive, at: Date.now(), proven: false });
		if (this.#waiting.length >= BATCH) this.#flush();
	}

	/** Read and proven as a whole: on disk soon, as reading it again may cost. */
	proven(archive: number): void {
		this.#waiting.push({ archive, at: Date.now(), proven: true });
		this.#flush();
	}

	/** Notes the rest, however long that takes. @throws the signal's reason, or as SQLite does */
	async end(signal: AbortSignal): Promise<void> {
		while (!this.#flush()) await sleep(AGAIN_MS, undefined, { signal });
	}

	/** @returns whether all is noted */
	#flush(): boolean {
		if (this.#waiting.length === 0) return true;
		try {
			this.#db.exec('BEGIN IMMEDIATE');
		} catch (error) {
			if (error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY) return false;
			throw error;
		}
		for (const { archive, at, proven } of this.#waiting) (proven ? this.#proven : this.#seen).run(at, archive);
		this.#db.exec('COMMIT');
		this.#waiting = [];
		return true;
	}
}
