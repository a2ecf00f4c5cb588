/**
 * What came of all work: what the books of the jobs hold of their runs, with what they do not hold (state/task-ledger).
 * A history that cannot be kept is told in the log; it holds nothing up.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job } from '../config/job.ts';
import { FirnError, toFirnError, usageError } from '../core/errors.ts';
import {
	type Beginning,
	cursorOf,
	type HistoryDetails,
	type HistoryQuery,
	type HistoryRow,
	type HistoryStatus,
	newerFirst,
	parseCursor,
	type RunRecord,
	type WorkCost,
} from '../core/history.ts';
import { makeFolders } from '../core/make-folders.ts';
import { safePrint } from '../core/safe-print.ts';
import type { TaskKind, TaskSummary } from '../core/task.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { type LedgerRow, TaskLedger } from '../state/task-ledger.ts';
import { type BooksOfJob, booksOf } from './history-books.ts';
import type { Log } from './log.ts';
import type { Begin } from './tasks.ts';

/** How a piece of work came about. */
export interface Noted {
	trigger: Beginning;
	/** When it should have begun (ms since 1970), where that was earlier. */
	due?: number | undefined;
	/** USD that somebody has agreed to. */
	agreed?: number | undefined;
	/** What it has cost, once it has ended. */
	cost?: ((summary: TaskSummary) => WorkCost | undefined) | undefined;
}

export interface HistoryOptions {
	file: string;
	/** All state databases. */
	stateFiles: () => string[];
	/** @throws FirnError JOB_UNKNOWN */
	stateOf: (job: string) => string;
	/** Whether the task goes on. */
	isActive: (task: string) => boolean;
	/** Whether a restore out of cold storage goes on by itself, although an attempt of it has failed. */
	goesOn: (id: string) => boolean;
	log: Log;
}

const NOTHING = {
	run: null,
	due: null,
	files: 0,
	bytes: 0,
	newFiles: 0,
	newBytes: 0,
	errors: 0,
	error: null,
	code: null,
	guidance: null,
	archives: 0,
	storedBytes: 0,
	sentBytes: null,
	cost: null,
	agreed: null,
} satisfies Partial<LedgerRow>;

export class History {
	readonly #options: HistoryOptions;
	#ledger: TaskLedger | undefined;
	/** As it was told. */
	#trouble: string | undefined;

	constructor(options: HistoryOptions) {
		this.#options = options;
	}

	/** Work that is noted from its beginning to its end. */
	noting(kind: TaskKind, job: string, { trigger, due, agreed, cost }: Noted, begin: Begin): Begin {
		return (reporter, id) => {
			// A restore out of cold storage goes on under its id.
			const before = this.#try((ledger) => ledger.get(id));
			let row: LedgerRow = {
				...NOTHING,
				id,
				kind,
				job,
				task: id,
				trigger,
				due: due ?? null,
				agreed: agreed ?? null,
				started: Date.now(),
				...before,
				status: 'open',
				ended: null,
			};
			let sentBefore = 0;
			this.#try((ledger) => ledger.put(row));
			const handle = begin(
				{
					...reporter,
					event: (event) => {
						if (event.event === 'run') {
							row = this.#onRun(row, event.run);
							sentBefore = row.sentBytes ?? 0;
						}
						reporter.event(event);
					},
				},
				id,
			);
			void handle.done.then((summary) => {
				const { sentBytes } = summary.details;
				if (sentBytes !== undefined) row.sentBytes = sentBefore + Number(sentBytes);
				row = { ...row, ...ending(kind, summary), cost: summary.cost ?? this.#try(() => cost?.(summary)) ?? row.cost };
				this.#try((ledger) => ledger.put(row));
			});
			return handle;
		};
	}

	/** Something that should have begun by itself did not. */
	notBegun(kind: TaskKind, job: string, { trigger, due }: Noted, why: FirnError): void {
		const { code, message, guidance = null } = why;
		const now = Date.now();
		// By its time, for it has no task.
		const id = `${now.toString(36)}-${kind}-${job}`;
		const reason = { error: message, code, guidance };
		const times = { started: now, ended: now, due: due ?? null };
		this.#try((ledger) =>
			ledger.put({ ...NOTHING, ...times, ...reason, id, kind, job, task: null, trigger, status: 'not-begun' }),
		);
	}

	/** The time of a job that does not catch up has passed. */
	missed(job: string, due: number): void {
		const why = new FirnError('MISSED', 'Its time passed: no engine ran then, or another run went on.', {
			guidance: `The job does not make up for that; firn jobs edit ${job} --catch-up changes it.`,
		});
		this.notBegun('backup', job, { trigger: 'schedule', due }, why);
	}

	/** @throws FirnError JOB_UNKNOWN */
	list({ job, before, ...wanted }: CheckedRequests['history']): Results['history'] {
		const query = { ...wanted, ...(before === undefined ? {} : { before: parseCursor(before) }) };
		const files = job === undefined ? this.#options.stateFiles() : [this.#options.stateOf(job)];
		const problems: Results['history']['problems'] = [];
		const books = files.flatMap((file) => openBooks(file, (error) => problems.push(error.toPlain())) ?? []);
		try {
			const wantsRuns = query.kinds === undefined || query.kinds.includes('backup');
			const runs = wantsRuns ? books.flatMap((one) => one.records(query).map((run) => this.#rowOf(run, one.job))) : [];
			const name = job === undefined ? undefined : (books[0]?.job.name ?? job);
			const others = this.#others(name, query, books);
			const rows = [...runs, ...others].filter((row) => isWanted(row, query)).sort(newerFirst);
			const page = rows.slice(0, query.limit);
			return { rows: page, problems, ...(rows.length >= query.limit ? { cursor: cursorOf(page.at(-1)!) } : {}) };
		} finally {
			for (const one of books) one.close();
		}
	}

	/** @throws FirnError HISTORY_MISSING */
	details(id: string, limit: number): HistoryDetails {
		for (const file of this.#options.stateFiles()) {
			const books = openBooks(file, () => {});
			try {
				const record = books?.record(id);
				if (!books || !record) continue;
				return { row: this.#rowOf(record, books.job), ...books.details(id, limit) };
			} finally {
				books?.close();
			}
		}
		const row = this.#try((ledger) => ledger.get(id));
		if (row) return { row: this.#alone(row), problems: [], archives: [] };
		throw usageError(
			'HISTORY_MISSING',
			`There is no run ${safePrint(id)}.`,
			'firn history --json shows the ids of all runs.',
		);
	}

	close(): void {
		this.#ledger?.close();
		this.#ledger = undefined;
	}

	/** The run has a name now; an earlier attempt of it may be there. */
	#onRun(row: LedgerRow, run: string): LedgerRow {
		const before = this.#try((ledger) => ledger.get(run));
		const named: LedgerRow = { ...(before ?? row), id: run, run, task: row.task, status: 'open', ended: null };
		this.#try((ledger) => {
			ledger.put(named);
			ledger.remove(row.id);
		});
		return named;
	}

	/** What is in no books: work that is no backup, and runs that did not begin, or whose books are gone. */
	#others(job: string | undefined, query: HistoryQuery, books: readonly BooksOfJob[]): HistoryRow[] {
		const wanted = query.statuses && [...new Set(query.statuses.flatMap((status) => NOTED_AS[status] ?? []))];
		const found: HistoryRow[] = [];
		for (let { before } = query; ; ) {
			const { kinds, since, limit } = query;
			const rows = this.#try((ledger) => ledger.rows(job, { kinds, since, before, limit, statuses: wanted })) ?? [];
			found.push(
				...rows
					.filter(({ run }) => run === null || !books.some((one) => one.record(run)))
					.map((row) => this.#alone(row)),
			);
			before = rows.at(-1);
			if (rows.length < query.limit || found.length >= query.limit) return found;
		}
	}

	#rowOf(run: RunRecord, job: Job): HistoryRow {
		const noted = this.#try((ledger) => ledger.get(run.id));
		const { task = null, trigger = null, due = null, sentBytes = null, cost = null, agreed = null } = noted ?? {};
		const more = { task, trigger, due, sentBytes, cost, agreed };
		const isActive = task !== null && this.#options.isActive(task);
		const status = run.status === 'running' && !isActive ? 'interrupted' : run.status;
		const finished = run.finished ?? (run.status === 'running' ? null : (noted?.ended ?? null));
		const figures = run.finished === null && noted ? { files: noted.files, bytes: noted.bytes } : {};
		const place = run.archives > 0 || job.layout === 'mirror' ? placeOf(job, run) : { key: null };
		return { ...run, kind: 'backup', job: job.name, run: run.id, ...more, ...figures, status, finished, ...place };
	}

	/** A row that no books know. */
	#alone({ ended, status, ...row }: LedgerRow): HistoryRow {
		const { isActive, goesOn } = this.#options;
		const waits = row.kind === 'restore' && status !== 'complete' && status !== 'partial' && goesOn(row.id);
		const isRunning = waits || (status === 'open' && row.task !== null && isActive(row.task));
		const shown: HistoryStatus = isRunning ? 'running' : status === 'open' ? 'interrupted' : status;
		return { ...row, status: shown, dropped: null, finished: isRunning ? null : ended, key: null, links: [] };
	}

	#try<T>(work: (ledger: TaskLedger) => T): T | undefined {
		const { file, log } = this.#options;
		try {
			if (!this.#ledger) {
				makeFolders(dirname(file), 0o700);
				this.#ledger = new TaskLedger(file);
			}
			return work(this.#ledger);
		} catch (thrown) {
			const { message, code } = toFirnError(thrown);
			if (message !== this.#trouble) log('warn', `The history is not kept: ${message}`, { code });
			this.#trouble = message;
			return undefined;
		}
	}
}

/** What is looked for of the ledger where a status is. */
const NOTED_AS: Partial<Record<HistoryStatus, LedgerRow['status'][]>> = {
	running: ['open', 'failed', 'stopped'],
	interrupted: ['open'],
	complete: ['complete'],
	partial: ['partial'],
	failed: ['failed'],
	stopped: ['stopped'],
	'not-begun': ['not-begun'],
};

function isWanted({ kind, status }: HistoryRow, { kinds, statuses }: HistoryQuery): boolean {
	return (kinds?.includes(kind) ?? true) && (statuses?.includes(status) ?? true);
}

function ending(kind: TaskKind, summary: TaskSummary): Partial<LedgerRow> {
	const { status, run, files, bytes, archives, errors, error, details } = summary;
	return {
		ended: Date.now(),
		status: kind === 'backup' && status === 'failed' && run === '' ? 'not-begun' : status,
		files,
		bytes,
		archives,
		errors,
		newFiles: Number(details.newFiles ?? 0),
		newBytes: Number(details.newBytes ?? 0),
		error: error?.message ?? null,
		code: error?.code ?? null,
		guidance: error?.guidance ?? null,
	};
}

/** Where a run of a job is kept. */
function placeOf({ destination: { url }, id, layout }: Job, run: RunRecord): Pick<HistoryRow, 'key' | 'links'> {
	const key = layout === 'mirror' ? url : `${url}/${id}/${run.id}`;
	return { key, links: url.startsWith('/') ? [pathToFileURL(key).href] : run.links };
}

/** Undefined for a job that has not run yet, and for books that cannot be read. */
function openBooks(file: string, onProblem: (error: FirnError) => void): BooksOfJob | undefined {
	if (!existsSync(file)) return undefined;
	try {
		return booksOf(file);
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		// Its first run has only just begun.
		if (error.code !== 'STATE_EMPTY') onProblem(error);
		return undefined;
	}
}
