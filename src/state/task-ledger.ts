/**
 * What the books of the jobs do not hold of history: when work that is no backup ran, why runs began or did not begin,
 * what they cost. One SQLite file beside the state databases; losing it loses no backup.
 */

import { DatabaseSync } from 'node:sqlite';
import type { HistoryQuery, HistoryRow } from '../core/history.ts';
import type { TaskKind } from '../core/task.ts';
import { describe } from './open-state.ts';

/** A piece of work as it was noted. `ended` is null while it goes on, or when the engine ended first. */
export type LedgerRow = Omit<HistoryRow, 'status' | 'dropped' | 'finished' | 'key' | 'links'> & {
	ended: number | null;
	status: 'open' | 'complete' | 'partial' | 'failed' | 'stopped' | 'not-begun';
};

/** "FirH" in ASCII. */
const APPLICATION_ID = 0x46697248;
/** More are not kept; the oldest go. */
const MOST = 100_000;

const SCHEMA = `
	CREATE TABLE IF NOT EXISTS work (
		id TEXT PRIMARY KEY,      -- of the run; of the task where there is no run
		job TEXT NOT NULL,
		kind TEXT NOT NULL,
		started INTEGER NOT NULL, -- ms since 1970
		status TEXT NOT NULL,
		row TEXT NOT NULL         -- JSON of a LedgerRow
	) STRICT, WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS by_time ON work (started, id);
	PRAGMA application_id = ${APPLICATION_ID};
`;

export class TaskLedger {
	readonly #db: DatabaseSync;

	/** @throws FirnError STATE_CORRUPT, STATE_DISK_FULL, STATE_FAILED */
	constructor(file: string) {
		try {
			this.#db = new DatabaseSync(file, { timeout: 10_000 });
			this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
			if (this.#db.prepare('PRAGMA application_id').get()?.application_id !== APPLICATION_ID) this.#db.exec(SCHEMA);
			this.#db.exec(`DELETE FROM work WHERE (started, id) <= (
				SELECT started, id FROM work ORDER BY started DESC, id DESC LIMIT 1 OFFSET ${MOST})`);
		} catch (error) {
			throw describe(error, file);
		}
	}

	get(id: string): LedgerRow | undefined {
		const found = this.#db.prepare('SELECT row FROM work WHERE id = ?').get(id);
		return found && rowOf(found);
	}

	/** In place of the one before of the same id. */
	put(row: LedgerRow): void {
		this.#db
			.prepare('INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?)')
			.run(row.id, row.job, row.kind, row.started, row.status, JSON.stringify(row));
	}

	remove(id: string): void {
		this.#db.prepare('DELETE FROM work WHERE id = ?').run(id);
	}

	/** The newest first. @param job absent: all jobs */
	rows(job: string | undefined, { kinds, since = 0, before, limit, statuses }: LedgerQuery): LedgerRow[] {
		return this.#db
			.prepare(
				`SELECT row FROM work WHERE started >= :since AND (started, id) < (:started, :id)
				AND (:job IS NULL OR job = :job)
				AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
				AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
				ORDER BY started DESC, id DESC LIMIT :limit`,
			)
			.all({
				since,
				started: before?.started ?? Number.MAX_SAFE_INTEGER,
				id: before?.id ?? '',
				job: job ?? null,
				kinds: kinds ? JSON.stringify(kinds) : null,
				statuses: statuses ? JSON.stringify(statuses) : null,
				limit,
			})
			.map(rowOf);
	}

	close(): void {
		this.#db.close();
	}
}

interface LedgerQuery extends Pick<HistoryQuery, 'since' | 'before' | 'limit'> {
	kinds?: readonly TaskKind[] | undefined;
	statuses?: readonly LedgerRow['status'][] | undefined;
}

const rowOf = ({ row }: Record<string, unknown>): LedgerRow => JSON.parse(String(row)) as LedgerRow;
