/**
 * Days that pass at once: the real scheduler and the real list of tasks, with a clock that a test moves, runs that take
 * the time they are told to, and an engine that can be away.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Job, jobSchema } from '../../src/config/job.ts';
import { scheduleOf } from '../../src/config/job-schedule.ts';
import { dueAt, type Pending, withChange } from '../../src/core/schedule/debounce.ts';
import type { TaskHandle, TaskSummary } from '../../src/core/task.ts';
import { Scheduler } from '../../src/engine/schedule/scheduler.ts';
import { Tasks } from '../../src/engine/tasks.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What was seen of one run, in ms since 1970 by the machine's clock. */
export interface SeenRun {
	job: string;
	byItself: boolean;
	begun: number;
	/** Absent while it goes on; also set when the engine was killed under it. */
	ended?: number;
	isWhole: boolean;
	/** When it was not paused. */
	worked: [from: number, to: number][];
}

interface Going {
	seen: SeenRun;
	/** Ms of work that are left. */
	left: number;
	isPaused: boolean;
	end: (status: 'complete' | 'stopped') => void;
}

export function job(name: string, fields: Partial<Job> = {}): Job {
	const id = name.padEnd(10, 'a');
	const common = { sources: ['/data'], destination: { url: '/mnt/disk' }, created: '2026-01-01T00:00:00.000Z' };
	return jobSchema.parse({ id, name, ...common, ...fields });
}

export class SimulatedDays {
	readonly runs: SeenRun[] = [];
	/** When an engine ran. */
	readonly up: [from: number, to: number][] = [];
	readonly jobs: Job[];
	readonly #zone: string;
	readonly #workOf: (job: Job) => number;
	readonly #folder = mkdtempSync(join(tmpdir(), 'firn-days-'));
	/** What the machine's clock shows. */
	#now: number;
	/** Whoever waits for a time. */
	#waiting: { time: number; wake: () => void } | undefined;
	#scheduler: Scheduler | undefined;
	#tasks = new Tasks(() => {});
	readonly #going = new Set<Going>();
	readonly #changes = new Map<string, Pending>();

	/** @param workOf how long the next run of a job takes */
	constructor(jobs: Job[], begin: number, zone: string, workOf: (job: Job) => number) {
		this.jobs = jobs;
		this.#now = begin;
		this.#zone = zone;
		this.#workOf = workOf;
	}

	get now(): number {
		return this.#now;
	}

	async startEngine(): Promise<void> {
		this.#tasks = new Tasks(() => {});
		this.up.push([this.#now, Number.POSITIVE_INFINITY]);
		// Nobody knows what has changed meanwhile.
		for (const one of this.jobs) this.#changed(one);
		const scheduler: Scheduler = new Scheduler({
			jobs: () => this.jobs,
			start: async (one) => {
				this.#changes.delete(one.id);
				return this.#begin(scheduler, one, true);
			},
			watches: { keep: () => {}, due: (one) => this.#due(one) },
			onRefused: (one, error) => {
				throw new Error(`${one.name} was refused: ${error.message}`);
			},
			onMissed: () => {},
			tasks: this.#tasks,
			file: join(this.#folder, 'schedule.json'),
			clock: {
				now: () => this.#now,
				until: (time, signal) =>
					new Promise((resolve) => {
						const waiting = { time, wake: resolve };
						this.#waiting = waiting;
						signal.addEventListener('abort', () => resolve());
					}),
			},
			zone: this.#zone,
			onChange: () => {},
			log: (level, message) => {
				if (level !== 'info') throw new Error(message);
			},
		});
		this.#scheduler = scheduler;
		void scheduler.keep();
		await settle();
	}

	/** Killed, or ended in peace: its runs end with it. */
	async endEngine(isKilled: boolean): Promise<void> {
		if (!this.#scheduler) return;
		if (!isKilled) this.#scheduler.close();
		for (const going of this.#going) {
			going.seen.ended = this.#now;
			if (!isKilled) going.end('stopped');
		}
		this.#going.clear();
		this.up.at(-1)![1] = this.#now;
		this.#waiting = undefined;
		this.#scheduler = undefined;
		await settle();
	}

	/** Somebody begins a run by hand. @returns whether none was going on */
	async runByHand(name: string): Promise<boolean> {
		const one = this.jobs.find((other) => other.name === name)!;
		if (!this.#scheduler || this.#tasks.activeJobs('backup').has(name)) return false;
		this.#begin(this.#scheduler, one, false);
		await settle();
		return true;
	}

	/** A file of the sources changes. */
	async change(name: string): Promise<void> {
		if (!this.#scheduler) return;
		this.#changed(this.jobs.find((other) => other.name === name)!);
		this.#scheduler.changed();
		await settle();
	}

	/** Somebody sets the clock. */
	async setClock(by: number): Promise<void> {
		this.#now += by;
		// A clock looks at itself again every few seconds.
		this.#waiting?.wake();
		await settle();
	}

	/** Lets time pass. */
	async pass(ms: number): Promise<void> {
		const until = this.#now + ms;
		while (this.#now < until) {
			const working = [...this.#going].filter(({ isPaused }) => !isPaused);
			const ends = working.map(({ left }) => this.#now + left);
			const at = Math.max(this.#now, Math.min(until, this.#waiting?.time ?? until, ...ends));
			for (const going of working) {
				going.left -= at - this.#now;
				if (at > this.#now) lengthen(going.seen.worked, this.#now, at);
			}
			this.#now = at;
			for (const going of working) {
				if (going.left > 0) continue;
				this.#going.delete(going);
				going.seen.ended = at;
				going.seen.isWhole = true;
				going.end('complete');
			}
			if (this.#waiting && this.#waiting.time <= at) {
				const { wake } = this.#waiting;
				this.#waiting = undefined;
				wake();
			}
			await settle();
		}
	}

	close(): void {
		this.#scheduler?.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#changed(one: Job): void {
		if (scheduleOf(one).trigger.kind !== 'change') return;
		this.#changes.set(one.id, withChange(this.#changes.get(one.id), this.#now));
	}

	#due(one: Job): number | undefined {
		const { trigger } = scheduleOf(one);
		return trigger.kind === 'change' ? dueAt(this.#changes.get(one.id), trigger) : undefined;
	}

	#begin(scheduler: Scheduler, one: Job, byItself: boolean) {
		return this.#tasks.start(
			'backup',
			one.name,
			scheduler.noting(one, () => this.#handle(one, byItself)),
		);
	}

	#handle(one: Job, byItself: boolean): TaskHandle {
		const seen: SeenRun = { job: one.name, byItself, begun: this.#now, isWhole: false, worked: [] };
		this.runs.push(seen);
		const { promise, resolve } = Promise.withResolvers<TaskSummary>();
		const nothing = { run: 'r', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };
		const end = (status: 'complete' | 'stopped') => resolve({ status, ...nothing });
		const going: Going = { seen, left: this.#workOf(one), isPaused: false, end };
		this.#going.add(going);
		return {
			done: promise,
			stop: () => {},
			adjust: ({ pause }) => {
				if (pause !== undefined) going.isPaused = pause;
			},
		};
	}
}

function lengthen(worked: [number, number][], from: number, to: number): void {
	const last = worked.at(-1);
	if (last?.[1] === from) last[1] = to;
	else worked.push([from, to]);
}

/** Lets everything happen that waits for no time. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
