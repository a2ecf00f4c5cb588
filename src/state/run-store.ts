/** The write side of runs: begin, find what is unfinished, end. */

import type { DatabaseSync } from 'node:sqlite';
import type { FileProblem } from '../core/task.ts';
import { fromSqlName, toSqlName } from './names.ts';

export type RunStatus = 'running' | 'stopped' | 'failed' | 'abandoned' | 'complete' | 'partial';

export interface RunRow {
	run: number;
	id: string;
	started: number;
	status: RunStatus;
	full: boolean;
}

/** The totals that a finished run is listed with. */
export interface RunTotals {
	files: number;
	bytes: number;
	newFiles: number;
	newBytes: number;
	errors: number;
}

export class RunStore {
	readonly #db: DatabaseSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	/** The newest run that neither finished nor was given up, or undefined. */
	unfinished(): RunRow | undefined {
		const row = this.#db
			.prepare(
				`SELECT run, id, started, status, full FROM runs WHERE status IN ('running', 'stopped', 'failed') ORDER BY run DESC LIMIT 1`,
			)
			.get();
		if (!row) return undefined;
		return { ...(row as unknown as RunRow), full: row.full === 1 };
	}

	/** How the newest run ended; undefined before the first. */
	newestStatus(): RunStatus | undefined {
		return this.#db.prepare('SELECT status FROM runs ORDER BY run DESC LIMIT 1').get()?.status as RunStatus | undefined;
	}

	get(run: number): RunRow {
		const row = this.#db.prepare('SELECT run, id, started, status, full FROM runs WHERE run = ?').get(run)!;
		return { ...(row as unknown as RunRow), full: row.full === 1 };
	}

	/** Number of the last run before this one that ended as a snapshot; 0 when there is none. */
	lastFinished(before: number): number {
		const row = this.#db
			.prepare(`SELECT max(run) AS run FROM runs WHERE run < ? AND status IN ('complete', 'partial')`)
			.get(before);
		return Number(row?.run ?? 0);
	}

	/** Ids of all runs that ended as a snapshot, oldest first. */
	finishedIds(): string[] {
		const rows = this.#db.prepare(`SELECT id FROM runs WHERE status IN ('complete', 'partial') ORDER BY run`).all();
		return rows.map(({ id }) => String(id));
	}

	/** Runs between two others: those that came to nothing, with why. */
	between(after: number, before: number): (RunRow & { error: string | null })[] {
		return this.#db
			.prepare('SELECT run, id, started, status, full, error FROM runs WHERE run > ? AND run < ? ORDER BY run')
			.all(after, before)
			.map((row) => ({ ...(row as unknown as RunRow & { error: string | null }), full: row.full === 1 }));
	}

	/** The number of the run of that id, if there is one. */
	numberOf(id: string): number | undefined {
		return this.#db.prepare('SELECT run FROM runs WHERE id = ?').get(id)?.run as number | undefined;
	}

	isTaken(run: number): boolean {
		return this.#db.prepare('SELECT 1 FROM runs WHERE run = ?').get(run) !== undefined;
	}

	/** Whether this job has had a run of that id. */
	has(id: string): boolean {
		return this.numberOf(id) !== undefined;
	}

	/** The run id that sorts last, or undefined before the first run. */
	lastId(): string | undefined {
		return (this.#db.prepare('SELECT max(id) AS id FROM runs').get()?.id as string | null) ?? undefined;
	}

	begin(id: string, now: number, full: boolean): RunRow {
		const { lastInsertRowid } = this.#db
			.prepare(`INSERT INTO runs (id, started, status, full) VALUES (?, ?, 'running', ?)`)
			.run(id, now, full ? 1 : 0);
		return { run: Number(lastInsertRowid), id, started: now, status: 'running', full };
	}

	/** Marks an unfinished run as going on again. */
	reopen(run: number): void {
		this.#db.prepare(`UPDATE runs SET status = 'running', error = NULL WHERE run = ?`).run(run);
	}

	/** Ends a run as a snapshot. */
	finish(run: number, status: 'complete' | 'partial', totals: RunTotals, now: number): void {
		this.#db
			.prepare(
				`UPDATE runs SET status = ?, finished = ?, scanned = 1, files = ?, bytes = ?, new_files = ?, new_bytes = ?, errors = ?, error = NULL WHERE run = ?`,
			)
			.run(status, now, totals.files, totals.bytes, totals.newFiles, totals.newBytes, totals.errors, run);
	}

	/** Records that a run ended without a snapshot; it can be resumed unless it is `abandoned`. */
	interrupt(run: number, status: 'stopped' | 'failed' | 'abandoned', errorJson: string | null): void {
		this.#db.prepare('UPDATE runs SET status = ?, error = ? WHERE run = ?').run(status, errorJson, run);
	}

	addProblem(run: number, problem: FileProblem): void {
		this.#db
			.prepare('INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?)')
			.run(run, toSqlName(problem.path), problem.code, problem.message);
	}

	/** A new attempt finds its own problems. */
	clearProblems(run: number): void {
		this.#db.prepare('DELETE FROM problems WHERE run = ?').run(run);
	}

	problems(run: number): FileProblem[] {
		return this.#db
			.prepare('SELECT path, code, message FROM problems WHERE run = ?')
			.all(run)
			.map((row) => ({ path: fromSqlName(row.path), code: String(row.code), message: String(row.message) }));
	}

	getMeta(key: string): string | undefined {
		return this.#db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.value as string | undefined;
	}

	setMeta(key: string, value: string): void {
		this.#db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
	}
}
