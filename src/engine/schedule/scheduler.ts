/**
 * Begins the jobs that begin by themselves, and lets their runs pause outside of their windows. It looks at the clock
 * at least once a minute: a machine that slept, a clock that was set and a config that was edited are seen then.
 */

import type { Job } from '../../config/job.ts';
import { scheduleOf } from '../../config/job-schedule.ts';
import { type FirnError, toFirnError } from '../../core/errors.ts';
import { zonedMinute } from '../../core/local-time.ts';
import { LATE, missedRun, nextRun } from '../../core/schedule/next-run.ts';
import { isInside, opens, parseWindow } from '../../core/schedule/window.ts';
import type { TaskView } from '../../protocol/contract.ts';
import type { Clock } from '../../restore/thaw/clock.ts';
import type { Noted } from '../history.ts';
import type { Log } from '../log.ts';
import type { Begin, Tasks } from '../tasks.ts';
import type { Watches } from '../watch/watches.ts';
import { PastFile } from './past-file.ts';

export interface SchedulerOptions {
	/** @throws FirnError CONFIG_… */
	jobs: () => Job[];
	/** Begins a backup. @throws FirnError JOB_BUSY, or why it cannot */
	start: (job: Job, noted: Noted) => Promise<TaskView>;
	/** Watches the sources of those of them that begin on change. */
	watches: Pick<Watches, 'keep' | 'due'>;
	/** It could not, and will not be tried again before its next time. */
	onRefused: (job: Job, error: FirnError, noted: Noted) => void;
	/** A time of a job that does not catch up has passed without a run (ms since 1970). */
	onMissed: (job: Job, due: number) => void;
	tasks: Pick<Tasks, 'list' | 'adjust' | 'activeJobs'>;
	/** Where it is kept what has been. */
	file: string;
	clock: Clock;
	/** IANA name. */
	zone: string;
	/** Whether the engine is needed may have changed. */
	onChange: () => void;
	log: Log;
}

/** A run that began by itself. `held`: paused until its window opens. */
interface Own {
	job: string;
	held: boolean;
}

const MINUTE = 60_000;

export class Scheduler {
	readonly #options: SchedulerOptions;
	#past: PastFile | undefined;
	readonly #own = new Map<string, Own>();
	/** Ids of jobs whose run is about to begin. */
	readonly #starting = new Set<string>();
	/** When it was looked whether a time of a job was missed, by its id. */
	readonly #lookedForMissed = new Map<string, number>();
	#isNeeded = false;
	#isClosed = false;
	/** What is wrong with the config, as it was told. */
	#trouble: string | undefined;
	#wait = new AbortController();

	constructor(options: SchedulerOptions) {
		this.#options = options;
	}

	/** Whether any job begins by itself: the engine must not leave. */
	get isNeeded(): boolean {
		return this.#isNeeded;
	}

	/** Goes by the clock until it is closed. */
	async keep(): Promise<void> {
		while (!this.#isClosed) {
			const next = this.look();
			this.#wait = new AbortController();
			await this.#options.clock.until(next, this.#wait.signal).catch(() => {});
		}
	}

	/** Jobs have changed. */
	changed(): void {
		this.#wait.abort();
	}

	/** From now on nothing begins, and runs that are stopped are to go on with the next engine. */
	close(): void {
		this.#isClosed = true;
		this.#wait.abort();
	}

	/** When the job begins next; null: never by itself, or after the run that goes on. @throws what its file throws */
	next(job: Job): number | null {
		const schedule = scheduleOf(job);
		if (schedule.trigger.kind === 'hand') {
			// What would have been its times meanwhile is not missed.
			this.#pastFile().forget(job);
			return null;
		}
		const isActive = this.#options.tasks.activeJobs('backup').has(job.name);
		if (isActive && schedule.trigger.kind !== 'times') return null;
		const { clock, zone, watches } = this.#options;
		const now = clock.now();
		const { open, ...past } = this.#pastFile().of(job, now);
		const due = watches.due(job);
		const known = { ...past, ...(due === undefined ? {} : { due }), cutOff: open === true && !isActive };
		return nextRun(schedule, known, now, zone) ?? null;
	}

	/** A run of the job, whoever begins it, that is noted. */
	noting(job: Job, begin: Begin): Begin {
		return (reporter, id) => {
			const handle = begin(reporter, id);
			this.#began(job);
			void handle.done.then(() => this.#ended(job));
			return handle;
		};
	}

	#began(job: Job): void {
		if (job.trigger === undefined) return;
		this.#pastFile().begun(job, this.#options.clock.now(), this.#starting.has(job.id));
	}

	#ended(job: Job): void {
		if (this.#isClosed || job.trigger === undefined) return;
		this.#pastFile().ended(job, this.#options.clock.now());
		this.changed();
	}

	/** Begins what is due. @returns when to look again at the latest */
	look(): number {
		const now = this.#options.clock.now();
		// To the full minute, in which windows open and close.
		let again = now - (now % MINUTE) + MINUTE;
		const jobs = this.#jobs();
		if (!jobs) return again;
		this.#keepWindows(jobs, now);
		let isNeeded = false;
		for (const job of jobs) {
			this.#noteMissed(job, now);
			const next = this.next(job);
			if (next === null && (job.enabled === false || job.trigger === undefined)) continue;
			isNeeded = true;
			if (next === null || this.#starting.has(job.id)) continue;
			if (next > now) again = Math.min(again, next);
			else if (!this.#options.tasks.activeJobs('backup').has(job.name)) void this.#run(job, next);
		}
		if (isNeeded !== this.#isNeeded) {
			this.#isNeeded = isNeeded;
			this.#options.onChange();
		}
		return again;
	}

	#noteMissed(job: Job, now: number): void {
		const schedule = scheduleOf(job);
		const { tasks, zone, onMissed } = this.#options;
		// While a run goes on it is not known yet whether its next time is missed.
		if (schedule.trigger.kind !== 'times' || schedule.catchUp || tasks.activeJobs('backup').has(job.name)) return;
		// It takes so long for a time to count as missed.
		const looked = this.#lookedForMissed.get(job.id);
		if (looked !== undefined && now >= looked && now < looked + LATE) return;
		this.#lookedForMissed.set(job.id, now);
		const { open, ...past } = this.#pastFile().of(job, now);
		const due = missedRun(schedule, { ...past, cutOff: open === true }, now, zone);
		if (due === undefined) return;
		this.#pastFile().missed(job, now - LATE);
		onMissed(job, due);
	}

	/** While the config is broken nothing begins: what it used to say may not be what is wanted now. */
	#jobs(): Job[] | undefined {
		try {
			const jobs = this.#options.jobs();
			this.#trouble = undefined;
			this.#options.watches.keep(jobs);
			return jobs;
		} catch (thrown) {
			const { message, code, guidance } = toFirnError(thrown);
			if (this.#trouble === message) return undefined;
			this.#trouble = message;
			const remedy = guidance === undefined ? {} : { remedy: guidance };
			this.#options.log('error', message, { code, effect: 'No job begins by itself.', ...remedy });
			return undefined;
		}
	}

	async #run(job: Job, due: number): Promise<void> {
		const { start, log, onRefused, clock } = this.#options;
		this.#starting.add(job.id);
		const noted = beginning(job, due, clock.now());
		try {
			const { id } = await start(job, noted);
			this.#own.set(id, { job: job.id, held: false });
			log('info', `Job ${job.name} began by itself: ${job.trigger}.`, { job: job.name, task: id });
		} catch (thrown) {
			const error = toFirnError(thrown);
			// Something else of the job goes on: it is due until that has ended.
			if (error.code === 'JOB_BUSY') return;
			this.#began(job);
			this.#ended(job);
			log('error', `Job ${job.name} could not begin by itself. ${error.message}`, {
				job: job.name,
				code: error.code,
				effect: 'There is no run. It is tried again at its next time.',
				...(error.guidance === undefined ? {} : { remedy: error.guidance }),
			});
			onRefused(job, error, noted);
		} finally {
			this.#starting.delete(job.id);
		}
	}

	/** Runs that somebody has begun or resumed by hand are left alone. */
	#keepWindows(jobs: Job[], now: number): void {
		const { tasks, zone } = this.#options;
		const views = new Map(tasks.list().map((view) => [view.id, view]));
		for (const [id, own] of this.#own) {
			const view = views.get(id);
			if (!view || view.summary) {
				this.#own.delete(id);
				continue;
			}
			const text = jobs.find((job) => job.id === own.job)?.window;
			const window = text === undefined ? undefined : parseWindow(text);
			const mayWork = window === undefined || isInside(window, now, zone);
			if (own.held && view.state !== 'paused') this.#own.delete(id);
			else if (own.held && mayWork) {
				tasks.adjust({ task: id }, { pause: false });
				own.held = false;
			} else if (!own.held && !mayWork && view.state !== 'paused') {
				const reason = `outside of its window ${text}; it goes on at ${zonedMinute(opens(window, now, zone))}`;
				own.held = tasks.adjust({ task: id }, { pause: true }, reason).length > 0;
			}
		}
	}

	#pastFile(): PastFile {
		const { file, log } = this.#options;
		this.#past ??= new PastFile(file, (why) => log('warn', why));
		return this.#past;
	}
}

/** Why a run that is due begins, for the history. */
function beginning(job: Job, due: number, now: number): Noted {
	const { kind } = scheduleOf(job).trigger;
	if (kind === 'change') return { trigger: 'change' };
	return kind === 'times' && due < now - LATE ? { trigger: 'catch-up', due } : { trigger: 'schedule' };
}
