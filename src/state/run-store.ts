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
	/** Absent where it looked at all of the job. */
	scope?: RunScope | undefined;
}

/** What a run looks at when it is not the job alone. */
export interface RunScope {
	/** The job's sources are among it, as ever. */
	whole: boolean;
	/** Absolute paths that were named, and names that shared content with something in them. */
	paths: string[];
}

/** The totals that a finished run is listed with. */
export interface RunTotals {
	files: number;
	bytes: number;
	newFiles: number;
	newBytes: number;
	errors: number;
}

const COLUMNS = 'run, id, started, status, full, scope';

function toRun({ scope, ...row }: Record<string, unknown>): RunRow {
	const run = { ...(row as unknown as RunRow), full: row.full === 1 };
	return scope === null ? run : { ...run, scope: JSON.parse(String(scope)) as RunScope };
}

export class RunStore {
	readonly #db: DatabaseSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	/** The newest run that neither finished nor was given up, or undefined. */
	unfinished(): RunRow | undefined {
		const row = this.#db
			.prepare(`SELECT ${COLUMNS} FROM runs WHERE status IN ('running', 'stopped', 'failed') ORDER BY run DESC LIMIT 1`)
			.get();
		return row && toRun(row);
	}

	/**
	 * Whether the newest run, if any, looked at all of the job and came to its end. After others there may be content of
	 * folders that have no version themselves.
	 */
	isTidy(): boolean {
		const row = this.#db.prepare('SELECT status, scope FROM runs ORDER BY run DESC LIMIT 1').get();
		if (!row) return true;
		return row.status !== 'abandoned' && (row.scope === null || (JSON.parse(String(row.scope)) as RunScope).whole);
	}

	get(run: number): RunRow {
		return toRun(this.#db.prepare(`SELECT ${COLUMNS} FROM runs WHERE run = ?`).get(run)!);
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
			.prepare(`SELECT ${COLUMNS}, error FROM runs WHERE run > ? AND run < ? ORDER BY run`)
			.all(after, before)
			.map(({ error, ...row }) => ({ ...toRun(row), error: error as string | null }));
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

	begin(id: string, now: number, full: boolean, scope?: RunScope): RunRow {
		const { lastInsertRowid } = this.#db
			.prepare(`INSERT INTO runs (id, started, status, full, scope) VALUES (?, ?, 'running', ?, ?)`)
			.run(id, now, full ? 1 : 0, scope ? JSON.stringify(scope) : null);
		return { run: Number(lastInsertRowid), id, started: now, status: 'running', full, ...(scope ? { scope } : {}) };
	}

	/** An unfinished run is to look at something else, too. */
	setScope(run: number, scope: RunScope | undefined): void {
		this.#db.prepare('UPDATE runs SET scope = ? WHERE run = ?').run(scope ? JSON.stringify(scope) : null, run);
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
