/** What the log says of one task: that it began, what went wrong, what that means, how it ended. */

import { catalogWords } from '../core/catalog.ts';
import { formatDuration } from '../core/durations.ts';
import { lostWords } from '../core/lost-words.ts';
import { counted, formatSize } from '../core/sizes.ts';
import {
	isCatalogKind,
	type TaskEvent,
	type TaskKind,
	type TaskProgress,
	type TaskSummary,
	THAWING,
	type Waiting,
} from '../core/task.ts';
import type { Log, LogFields } from './log.ts';
import { effectOf, isAboutPatterns, remedyOf } from './remedies.ts';

/** So many problems of a task have lines of their own: more would push all else out of the log. */
const MOST_PROBLEMS = 5000;
/** While the store does not answer, the log says so once in this time. */
const WAITING_MS = 10 * 60_000;

export class TaskLog {
	readonly #log: Log;
	readonly #kind: TaskKind;
	readonly #name: string;
	readonly #job: string;
	readonly #fields: LogFields;
	#problems = 0;
	#unusedPatterns = 0;
	/** `told`: when the log last said so, by code. */
	#wait: { since: number; told: Map<string, number>; attempts: number } | undefined;

	/** @param job '' for a decrypt of archives of no known job */
	constructor(log: Log, kind: TaskKind, job: string, task: string) {
		this.#log = log;
		this.#kind = kind;
		this.#job = job;
		this.#name = `${kind[0]!.toUpperCase()}${kind.slice(1)} of ${job || 'archives'}`;
		this.#fields = { ...(job === '' ? {} : { job }), kind, task };
		this.#say('info', `${this.#name} began.`);
	}

	event(event: TaskEvent): void {
		switch (event.event) {
			case 'queued':
				this.#say('info', `${this.#name} ${event.reason}.`);
				return;
			case 'turn':
				this.#say('info', `The turn of ${this.#name[0]!.toLowerCase()}${this.#name.slice(1)} has come.`);
				return;
			case 'run':
				this.#fields.run = event.run;
				this.#say('info', event.resumed ? `Run ${event.run} goes on.` : `Run ${event.run} began.`);
				return;
			case 'reuse':
				this.#say(
					'info',
					`${counted(event.parts, 'part')} (${formatSize(event.bytes)}) of ${counted(event.archives, 'archive')} are there already.`,
				);
				return;
			case 'archive':
				this.#say('info', `Stored ${event.key}, ${formatSize(event.bytes)}, ${counted(event.files, 'file')}.`);
				return;
			case 'problem':
				this.#problem(event.problem);
				return;
			case 'notice':
				this.#say(event.level, event.message);
				return;
			case 'lost':
				this.#say(event.doubt === undefined ? 'info' : 'warn', `${lostWords(event)}.`);
				return;
			case 'waiting':
				if (event.code === THAWING) this.#say('info', event.reason);
				else this.#waiting(event);
		}
	}

	/** Sees when the store answers again. */
	progress({ workers }: TaskProgress): void {
		if (!this.#wait || workers.some(({ state }) => state === 'retry')) return;
		const { since, attempts } = this.#wait;
		this.#wait = undefined;
		const after = `${formatDuration((Date.now() - since) / 1000)} and ${counted(attempts, 'failed attempt')}`;
		this.#say('info', `The store answers again, after ${after}.`);
	}

	ended(summary: TaskSummary): void {
		if (this.#problems > MOST_PROBLEMS)
			this.#say('warn', `${this.#problems - MOST_PROBLEMS} more files had problems; they are not listed here.`);
		const { status, errors, error, run } = summary;
		if (run !== '') this.#fields.run = run;
		const figures = this.#figures(summary);
		if (status === 'complete') this.#say('info', `${this.#name} is complete: ${figures}.`);
		else if (status === 'partial') {
			this.#say('warn', `${this.#name} ended with ${counted(errors, 'problem')}: ${figures}.`, {
				effect: this.#missing(errors - this.#unusedPatterns),
				remedy: 'The entries before this one say which they are and what can be done.',
			});
		} else if (status === 'stopped') {
			this.#say('warn', `${this.#name} was stopped.`, { effect: this.#kept(), remedy: this.#again() });
		} else {
			this.#say('error', `${this.#name} failed. ${error?.message ?? ''}`.trimEnd(), {
				...(error ? { code: error.code } : {}),
				...(error?.details ? { details: error.details } : {}),
				effect: this.#kept(),
				remedy: error?.guidance ?? this.#again(),
			});
		}
	}

	#problem(problem: Extract<TaskEvent, { event: 'problem' }>['problem']): void {
		this.#problems += 1;
		if (isAboutPatterns(problem.message)) this.#unusedPatterns += 1;
		if (this.#problems > MOST_PROBLEMS) return;
		const { path, code, message } = problem;
		const remedy = remedyOf(this.#kind, problem);
		this.#say('error', message, {
			code,
			path: path.startsWith('/') ? path : `/${path}`,
			effect: effectOf(this.#kind, problem),
			...(remedy === undefined ? {} : { remedy }),
		});
	}

	/** Each worker says it of its own archive: by its code it is told once. */
	#waiting({ reason, code, guidance }: Waiting): void {
		const now = Date.now();
		this.#wait ??= { since: now, told: new Map(), attempts: 0 };
		this.#wait.attempts += 1;
		if (now - (this.#wait.told.get(code) ?? Number.NEGATIVE_INFINITY) < WAITING_MS) return;
		this.#wait.told.set(code, now);
		this.#say('warn', reason, {
			code,
			effect: `The ${this.#kind} waits. What is done is kept.`,
			remedy: guidance ?? 'It is tried again by itself until it succeeds.',
		});
	}

	#figures(summary: TaskSummary): string {
		const { files, bytes, archives, details } = summary;
		if (isCatalogKind(this.#kind)) return catalogWords(this.#kind, summary).replace(/\.$/, '');
		const all = `${counted(files, 'file')}, ${formatSize(bytes)}`;
		if (this.#kind !== 'backup') return details.dryRun ? `${all} would come back (dry run)` : all;
		const added = `${counted(Number(details.newFiles ?? 0), 'file')}, ${formatSize(Number(details.newBytes ?? 0))}`;
		if (details.dryRun) return `${added} would be stored (dry run)`;
		const news = archives === 0 ? 'nothing was new' : `${added} new in ${counted(archives, 'archive')}`;
		return `snapshot ${details.snapshot} of ${all}; ${news}`;
	}

	#missing(errors: number): string {
		if (isCatalogKind(this.#kind)) return `${counted(errors, 'object')} of what is stored cannot be relied on.`;
		if (errors <= 0) return 'No file is missing; more may be backed up than you want.';
		if (this.#kind === 'recover')
			return 'What they describe is not in the state database. Nothing in the store was changed.';
		const what = errors === 1 ? '1 file or folder is' : `${counted(errors, 'file')} or folders are`;
		const where = { backup: 'not in this snapshot', restore: 'not restored', decrypt: 'not unpacked' }[this.#kind];
		return `${what} ${where}.`;
	}

	/** What an end before the end means. */
	#kept(): string {
		if (this.#kind === 'recover') return 'Nothing was changed, neither here nor in the store.';
		if (isCatalogKind(this.#kind)) return 'What was done is noted in the books; the rest is as it was.';
		return this.#kind === 'backup'
			? 'There is no snapshot of it. What the store has confirmed is kept.'
			: 'Not all files came back. Those that did are whole.';
	}

	#again(): string {
		if (this.#kind === 'recover') return 'Start it again: firn recover DESTINATION.';
		return this.#kind === 'backup'
			? `firn resume ${this.#job} goes on with it.`
			: `Start the same ${this.#kind} again: it goes on with what is missing.`;
	}

	#say(level: 'info' | 'warn' | 'error', message: string, more: LogFields = {}): void {
		this.#log(level, message, { ...this.#fields, ...more });
	}
}
