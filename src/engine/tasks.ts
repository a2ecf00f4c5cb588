/** The long work that the engine has in hand, and who follows it. */

import { randomBytes } from 'node:crypto';
import { FirnError } from '../core/errors.ts';
import { addSample, NO_PACE, type Pace, totalsOf } from '../core/pace.ts';
import type {
	Adjustment,
	TaskEvent,
	TaskHandle,
	TaskKind,
	TaskProgress,
	TaskReporter,
	TaskSummary,
	TimedEvent,
} from '../core/task.ts';
import type { TaskView } from '../protocol/contract.ts';
import { areApart, jobBusy } from './apart.ts';
import { type Ahead, inTurn } from './in-turn.ts';
import { isRepeated, placeOf, stillWaits } from './task-waiting.ts';

/** What a follower is told. */
export interface Follower {
	progress(task: TaskView): void;
	event(task: string, event: TimedEvent): void;
	done(task: string, summary: TaskSummary): void;
}

/** Begins a piece of work, which tells of itself by this id. */
export type Begin = (reporter: TaskReporter, id: string) => TaskHandle;

interface Task {
	view: TaskView;
	handle: TaskHandle;
	/** Nobody has asked for it: the rules or the schedule of its job have. */
	automatic: boolean;
	/** What it waits for before it begins. */
	queued?: string | undefined;
	/** Resolves when it counts as ended. */
	ended: Promise<void>;
	/** The newest ones, for who comes later. */
	events: TimedEvent[];
	/** How fast it went in the last minutes. */
	pace: Pace;
	/** How far it was when it said last that it waits. */
	stoodAt?: string | undefined;
	followers: Set<Follower>;
}

export interface StartOptions {
	/** The id of a restore out of cold storage, which may take days: other restores go on beside it. */
	thaw?: string | undefined;
	/** Nobody has asked for it. */
	automatic?: boolean;
	/** It is inTurn(): what may be waited for does not refuse it. */
	waits?: boolean;
}

const EVENTS_KEPT = 500;
/** Ended tasks stay in the status this long. */
const DONE_KEPT_MS = 10 * 60_000;

export class Tasks {
	readonly #tasks = new Map<string, Task>();
	readonly #onChange: () => void;

	/** @param onChange called when a task begins or ends */
	constructor(onChange: () => void) {
		this.#onChange = onChange;
	}

	/** Whether any work goes on. */
	get busy(): boolean {
		return [...this.#tasks.values()].some(({ view }) => isActive(view));
	}

	/**
	 * Begins a piece of work.
	 * @throws FirnError (usage) JOB_BUSY when other work is in its way that it does not wait for
	 */
	start(kind: TaskKind, job: string, begin: Begin, options: StartOptions = {}): TaskView {
		const { thaw, automatic = false, waits = false } = options;
		const busy = this.#inTheWay(kind, job, thaw).find(
			(task) => !waits || task.view.kind === kind || !(automatic || task.automatic),
		);
		if (busy) throw jobBusy(kind, busy);
		const id = thaw ?? randomBytes(5).toString('hex');
		const view: TaskView = { id, job, kind, state: 'running', started: Date.now(), ...(thaw ? { thaw: true } : {}) };
		const followers = new Set<Follower>();
		const events: TimedEvent[] = [];
		const reporter: TaskReporter = {
			progress: (progress) => this.#progress(task, progress),
			event: (event) => this.#event(task, event),
		};
		const handle = begin(reporter, view.id);
		const ended = handle.done.then((summary) => this.#done(task, summary));
		const task: Task = { view, handle, automatic, ended, events, pace: NO_PACE, followers };
		this.#tasks.set(view.id, task);
		this.#onChange();
		return view;
	}

	/** Work that waits for what is in its way: automatic work for all else, what somebody asks for for automatic work. */
	inTurn(kind: TaskKind, job: string, begin: Begin): Begin {
		const ahead = (id: string): Ahead | undefined => {
			const task = this.#inTheWay(kind, job).find((one) => one.view.id !== id);
			return task && { kind: task.view.kind, automatic: task.automatic, ended: task.ended };
		};
		return inTurn(ahead, begin);
	}

	/** What waits itself is in nobody's way, but that there are not two of a kind. */
	#inTheWay(kind: TaskKind, job: string, thaw?: string): Task[] {
		if (job === '') return [];
		const isBeside = ({ view }: Task) =>
			kind === 'restore' && view.kind === kind && (thaw !== undefined || view.thaw === true);
		return [...this.#tasks.values()].filter(
			(task) =>
				task.view.job === job &&
				isActive(task.view) &&
				(task.view.kind === kind || (areApart(kind, task.view.kind) && task.queued === undefined)) &&
				!isBeside(task),
		);
	}

	list(): TaskView[] {
		return [...this.#tasks.values()].map(({ view }) => view);
	}

	/** Whether any work goes on for the job. */
	isActive(job: string): boolean {
		return this.list().some((view) => view.job === job && isActive(view));
	}

	/** The jobs that work of this kind goes on for. */
	activeJobs(kind: TaskKind): Set<string> {
		return new Set(this.list().flatMap((view) => (view.kind === kind && isActive(view) ? [view.job] : [])));
	}

	/** Follows a task: what it is now, what it has said, and from then on all it says. @throws FirnError NO_SUCH_TASK */
	follow(id: string, follower: Follower): { task: TaskView; events: TimedEvent[]; pace: Pace; unfollow: () => void } {
		const task = this.#tasks.get(id);
		if (!task) throw new FirnError('NO_SUCH_TASK', `There is no task ${id} (any more).`, { kind: 'usage' });
		task.followers.add(follower);
		const { view, events, pace, followers } = task;
		return { task: view, events: [...events], pace, unfollow: () => followers.delete(follower) };
	}

	/**
	 * Changes how active backups of a job (or one task, or all) go on.
	 * @param why they are paused, where nobody has asked for it
	 * @returns the ids of those that were told
	 */
	adjust({ task, job }: { task?: string; job?: string }, change: Adjustment, why?: string): string[] {
		const found = [...this.#tasks.values()].filter(
			({ view, handle }) =>
				isActive(view) &&
				view.state !== 'stopping' &&
				handle.adjust !== undefined &&
				(task === undefined || view.id === task) &&
				(job === undefined || view.job === job),
		);
		for (const { view, handle, queued } of found) {
			handle.adjust!(change);
			if (change.pause === true) {
				view.state = 'paused';
				dropWait(view);
				view.reason = why ?? `paused; firn resume ${view.job} goes on with it`;
			} else if (change.pause === false && view.state === 'paused') {
				view.state = queued === undefined ? 'running' : 'queued';
				dropWait(view);
				if (queued !== undefined) view.reason = queued;
			}
		}
		return found.map(({ view }) => view.id);
	}

	/** Other credentials for all that goes on with a job. */
	renew(job: string, env: Record<string, string>): void {
		for (const { view, handle } of this.#tasks.values()) {
			if (!isActive(view) || view.job !== job) continue;
			if (handle.renew) handle.renew(env);
			else handle.adjust?.({ env });
		}
	}

	/** Asks the active tasks of a job, one of them, or all, to stop. @returns their ids */
	stop(job: string | undefined, id?: string): string[] {
		const stopped = [...this.#tasks.values()].filter(
			({ view }) => isActive(view) && (job === undefined || view.job === job) && (id === undefined || view.id === id),
		);
		for (const { view, handle } of stopped) {
			view.state = 'stopping';
			handle.stop();
		}
		return stopped.map(({ view }) => view.id);
	}

	/** Stops one and waits for its end. */
	async stopAndWait(id: string): Promise<void> {
		this.stop(undefined, id);
		await this.#tasks.get(id)?.handle.done;
	}

	/** Resolves when no work goes on any more. */
	async settled(): Promise<void> {
		await Promise.all([...this.#tasks.values()].map(({ handle }) => handle.done));
	}

	#progress(task: Task, progress: TaskProgress): void {
		const { view, followers } = task;
		view.progress = progress;
		const { moved, finished } = totalsOf(progress);
		task.pace = addSample(task.pace, Date.now(), moved, finished);
		if (view.state === 'waiting') task.stoodAt ??= placeOf(progress);
		if (view.state === 'waiting' && !stillWaits(progress, task.stoodAt)) {
			view.state = 'running';
			dropWait(view);
		}
		for (const follower of followers) follower.progress(view);
	}

	#event(task: Task, event: TaskEvent): void {
		const { view, events, followers } = task;
		if (event.event === 'queued' || event.event === 'turn') this.#onTurn(task, event);
		if (event.event === 'waiting' && (view.state === 'running' || view.state === 'waiting')) {
			const { event: _, ...wait } = event;
			dropWait(view);
			Object.assign(view, wait, { state: 'waiting' });
			task.stoodAt = view.progress && placeOf(view.progress);
		}
		const timed = { ...event, at: Date.now() };
		if (isRepeated(events, timed)) return;
		events.push(timed);
		if (events.length > EVENTS_KEPT) events.shift();
		for (const follower of followers) follower.event(view.id, timed);
	}

	#onTurn(task: Task, event: Extract<TaskEvent, { event: 'queued' | 'turn' }>): void {
		const { view } = task;
		task.queued = event.event === 'queued' ? event.reason : undefined;
		if (view.state !== 'running' && view.state !== 'queued') return;
		view.state = task.queued === undefined ? 'running' : 'queued';
		if (task.queued === undefined) delete view.reason;
		else view.reason = task.queued;
	}

	#done(task: Task, summary: TaskSummary): void {
		const { view, followers } = task;
		// Of a dry run, and of what never began, nothing is left to go on with.
		const stopped = view.dryRun || task.queued !== undefined ? 'done' : 'paused';
		view.state = summary.status === 'failed' ? 'failed' : summary.status === 'stopped' ? stopped : 'done';
		view.summary = summary;
		view.ended = Date.now();
		dropWait(view);
		if (summary.error) view.reason = summary.error.message;
		else if (view.state === 'paused' && (view.kind === 'backup' || view.thaw))
			view.reason = `stopped; firn resume ${view.job} goes on with it`;
		for (const follower of followers) follower.done(view.id, summary);
		followers.clear();
		setTimeout(() => {
			// A thaw may have begun again under its name.
			if (this.#tasks.get(view.id) === task) this.#tasks.delete(view.id);
		}, DONE_KEPT_MS).unref();
		this.#onChange();
	}
}

/** A paused one is active, too: it has its threads and goes on when it is told to. */
const isActive = (view: TaskView): boolean => view.summary === undefined;

/** It waits no more, or for something else. */
function dropWait(view: TaskView): void {
	delete view.reason;
	delete view.guidance;
	delete view.code;
	delete view.byHand;
}
