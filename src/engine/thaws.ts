/**
 * Restores out of cold storage: they take days, so each has a record on the disk and goes on by itself whenever an engine
 * runs, until it is done or cancelled.
 */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Paths } from '../config/paths.ts';
import { assertAgreed } from '../core/agree-cost.ts';
import { FirnError, toFirnError, usageError } from '../core/errors.ts';
import type { WorkCost } from '../core/history.ts';
import type { TaskSummary } from '../core/task.ts';
import type { Results, TaskView, ThawView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { emptyTally } from '../restore/tally.ts';
import { clockFrom } from '../restore/thaw/clock.ts';
import type { ThawHead } from '../restore/thaw/record.ts';
import { progressOf, upgradeCost } from '../restore/thaw/thaw-state.ts';
import type { Thawed } from '../state/storage-view.ts';
import { hasCredentials } from './has-credentials.ts';
import type { Noted } from './history.ts';
import type { Log } from './log.ts';
import type { Reports } from './reports.ts';
import type { Begin, Tasks } from './tasks.ts';
import { ThawRecords } from './thaw-records.ts';

export interface ThawsOptions {
	paths: Paths;
	tasks: Tasks;
	reports: Reports;
	/** @throws FirnError BAD_IDENTITY, or why the secrets cannot be had now */
	identities: (files: string[], stateFile: string) => Promise<string[]>;
	/** The environment for whoever reads the store, with what a client gave. */
	envOf: (stateFile: string, env: Record<string, string>) => Promise<Record<string, string>>;
	start: (kind: 'restore', job: string, begin: Begin, noted: Noted, thaw: string) => TaskView;
	/** Whether the engine is needed may have changed. */
	onChange: () => void;
	log: Log;
}

/** What a client gave for as long as this engine lives; never written down. */
export interface Given {
	identities?: string[];
	env: Record<string, string>;
}

/** What could not go on is tried again after so long, and then after twice as long: somebody may mend it. */
const RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** Records of what has ended are kept so long. */
const KEPT_MS = 30 * 24 * 3_600_000;

export class Thaws {
	readonly #options: ThawsOptions;
	readonly #records: ThawRecords;
	readonly #clock = clockFrom(process.env);
	readonly #given = new Map<string, Given>();
	/** Those that could not go on, and why. */
	readonly #stuck = new Map<string, { timer: NodeJS.Timeout; reason: string }>();
	/** How often one has failed in a row. */
	readonly #failures = new Map<string, number>();

	constructor(options: ThawsOptions) {
		this.#options = options;
		this.#records = new ThawRecords(join(options.paths.stateDir, 'thaws'));
	}

	/** Whether one waits to be tried again: the engine must not leave. */
	get isWaiting(): boolean {
		return this.#stuck.size > 0;
	}

	/** Writes down what was asked for, and begins it. @throws FirnError STATE_…, JOB_BUSY, or why there are no credentials */
	async begin(
		head: Pick<
			ThawHead,
			'job' | 'tier' | 'spec' | 'identityFiles' | 'expected' | 'cost' | 'agreedCost' | 'maxCost' | 'prices'
		>,
		given: Given,
	): Promise<TaskView> {
		const id = randomBytes(5).toString('hex');
		const created = this.#clock.now();
		const { paths, target } = head.spec;
		const reportHead = { id, kind: 'restore', job: head.job, target, started: created, pid: process.pid } as const;
		const reportFile = this.#options.reports.begin({
			...reportHead,
			paths: paths.slice(0, 20),
			pathCount: paths.length,
		});
		const spec = { ...head.spec, ...(reportFile === undefined ? {} : { reportFile }) };
		const whole: ThawHead = { ...head, spec, id, created, status: 'open', extraCost: 0, tally: emptyTally() };
		this.#records.create(whole);
		this.#given.set(id, given);
		try {
			return await this.#start(id);
		} catch (error) {
			// Whoever asked is told: it must not begin by itself some day.
			this.#records.save(id, { status: 'failed' });
			throw error;
		}
	}

	/** Goes on with all that is open, as an engine does when it begins. */
	resumeAll(): void {
		const onBad = (error: FirnError) => this.#options.log('warn', error.message);
		for (const { id, status, created } of this.#records.heads(onBad)) {
			if (status === 'open') void this.#startOrWait(id);
			else if (status !== 'paused' && created < this.#clock.now() - KEPT_MS) this.#records.remove(id);
		}
	}

	/**
	 * Goes on with those of a job (or all) that were stopped or wait. One that waits in this engine begins again only to
	 * take the credentials that are given: its own may be what it waits for.
	 * @returns their tasks
	 */
	async resume(job: string | undefined, env: Given['env']): Promise<{ task: string; job: string }[]> {
		const tasks: { task: string; job: string }[] = [];
		for (const { id, status, job: name } of this.#records.heads()) {
			const isOpen = status === 'paused' || status === 'open';
			if (!isOpen || (job !== undefined && name !== job)) continue;
			const running = this.#options.tasks.list().find((view) => view.id === id && view.summary === undefined);
			if (running && running.state !== 'waiting') continue;
			if (!running || hasCredentials(env)) {
				if (running) await this.#stop(id);
				this.#given.set(id, { ...this.#given.get(id), env });
				this.#records.save(id, { status: 'open' });
				await this.#start(id);
			}
			tasks.push({ task: id, job: name });
		}
		return tasks;
	}

	/** Those that a user has stopped stay so until they are resumed. */
	pause(ids: readonly string[]): void {
		for (const { id, status } of this.#records.heads()) {
			if (ids.includes(id) && status === 'open') this.#records.save(id, { status: 'paused' });
		}
	}

	/** The open ones, oldest first. */
	list(): Results['thaws'] {
		const open = this.#records.heads().filter(({ status }) => status === 'open' || status === 'paused');
		return { thaws: open.map(({ id }) => this.#view(id)).sort((a, b) => a.created - b.created) };
	}

	/** Tasks as the status tells them: what has ended here but goes on by itself, or was cancelled, is not what it was. */
	told(tasks: readonly TaskView[]): TaskView[] {
		const hasEnded = (view: TaskView) => view.thaw === true && view.summary !== undefined;
		const statuses = new Map(this.#records.heads().map(({ id, status }) => [id, status]));
		const shown = tasks.flatMap((view) => {
			const status = hasEnded(view) ? statuses.get(view.id) : undefined;
			if (status === 'open' || status === 'paused') return [];
			return [status === 'cancelled' ? { ...view, state: 'done' as const, reason: CANCELLED.message } : view];
		});
		return [...shown, ...this.#idle(new Set(shown.map(({ id }) => id)))];
	}

	#idle(shown: ReadonlySet<string>): TaskView[] {
		return this.list()
			.thaws.filter(({ id }) => !shown.has(id))
			.map(({ id, job, created, reason = `stopped; firn resume ${job} goes on with it` }) => {
				return { id, job, kind: 'restore', state: 'paused', started: created, reason, thaw: true };
			});
	}

	/** Orders a faster tier for what is still cold; with `dryRun` says what that costs. @throws FirnError COST_NOT_AGREED… */
	async upgrade({ id, tier, dryRun, agreedCost }: CheckedRequests['upgradeThaw']): Promise<Results['upgradeThaw']> {
		const { head, archives } = this.#records.read(id);
		const extra = upgradeCost(archives, tier, head.prices, this.#clock.now());
		if (extra.archives === 0) {
			throw usageError('NOT_FASTER', `No archive of ${id} would be thawed faster by the tier ${tier}.`);
		}
		if (dryRun) return { job: head.job, ...extra };
		assertAgreed({ cost: extra.cost, asks: extra.cost === undefined || extra.cost > 0.01 }, agreedCost);
		const cost = head.cost && { ...head.cost, total: head.cost.total + (extra.cost ?? 0) };
		// Whoever works on it looks at its record now and then.
		this.#records.save(id, { tier, ...(cost ? { cost } : {}) });
		return { job: head.job, ...extra };
	}

	/** Ends one. What is restored stays; what was ordered is paid for, and ends by itself. */
	async cancel({ id }: CheckedRequests['cancelThaw']): Promise<Results['cancelThaw']> {
		const { job, settled, archives } = this.#view(id);
		this.#records.save(id, { status: 'cancelled' });
		if (this.#isRunning(id)) await this.#stop(id);
		else this.#ended(id, STOPPED);
		this.#options.onChange();
		return { job, settled, archives };
	}

	/** Whether it goes on by itself. */
	isOpen(id: string): boolean {
		return this.#records.heads().some((head) => head.id === id && head.status === 'open');
	}

	/** Whether nobody was told yet that all is thawed; from now on somebody was. */
	isFirstNotice(id: string): boolean {
		try {
			const { isTold = false } = this.#records.read(id).head;
			if (!isTold) this.#records.save(id, { isTold: true });
			return !isTold;
		} catch (thrown) {
			// Rather told twice than not at all.
			this.#options.log('warn', `That ${id} is thawed may be told again: ${toFirnError(thrown).message}`);
			return true;
		}
	}

	/** Archives of a job, by key, that other restores have had thawed: still under way, or until when. */
	thawed(stateFile: string): Record<string, Thawed['state']> {
		return Object.fromEntries(this.thawedArchives(stateFile).map(({ key, state }) => [key, state]));
	}

	/** The same, with their numbers. */
	thawedArchives(stateFile: string): (Thawed & { key: string })[] {
		return this.#records.thawed(stateFile, this.#clock.now());
	}

	async #startOrWait(id: string): Promise<void> {
		try {
			await this.#start(id);
		} catch (thrown) {
			this.#wait(id, toFirnError(thrown));
		}
	}

	async #start(id: string): Promise<TaskView> {
		const { start, identities, envOf } = this.#options;
		this.#unstick(id);
		const { head } = this.#records.read(id);
		const given = this.#given.get(id);
		const opened = given?.identities ?? (await identities(head.identityFiles, head.spec.stateFile));
		const { startRestore } = await import('../restore/start-restore.ts');
		const env = await envOf(head.spec.stateFile, given?.env ?? {});
		const spec = { ...head.spec, identities: opened, thaw: this.#records.fileOf(id), env };
		const begin: Begin = (reporter) => {
			const handle = startRestore(spec, reporter);
			return { ...handle, done: handle.done.then((summary) => this.#ended(id, summary)) };
		};
		// A faster tier and orders that were given again may have made it dearer by then.
		const cost = () => costOf(this.#records.read(id).head);
		return start('restore', head.job, begin, { trigger: 'hand', agreed: head.agreedCost, cost }, id);
	}

	/** What could not even begin is over; what has cost something is tried again. */
	#ended(id: string, summary: TaskSummary): TaskSummary {
		const { head, archives } = this.#records.read(id);
		const { status, spec, tally } = head;
		const hasOrdered = archives.some(({ orders }) => orders > 0);
		const isCancelled = status === 'cancelled';
		const isOver = status === 'done' || isCancelled || (summary.status === 'failed' && !hasOrdered);
		if (isOver && status === 'open') this.#records.save(id, { status: 'failed' });
		const { files, bytes, errors } = tally;
		if (isCancelled) summary = { ...summary, files, bytes, errors, error: CANCELLED };
		if (summary.status === 'failed' && hasOrdered && status === 'open') {
			this.#wait(id, FirnError.fromPlain(summary.error!));
		} else this.#failures.delete(id);
		return isOver && spec.reportFile ? this.#options.reports.end(spec.reportFile, summary) : summary;
	}

	#wait(id: string, error: FirnError): void {
		this.#options.log('warn', `The restore ${id} out of cold storage waits: ${error.message}`);
		const failures = this.#failures.get(id) ?? 0;
		this.#failures.set(id, failures + 1);
		const delay = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(failures, 10));
		const timer = setTimeout(() => void this.#startOrWait(id), delay);
		this.#stuck.set(id, { timer, reason: `${error.message} It is tried again by itself.` });
	}

	#unstick(id: string): void {
		clearTimeout(this.#stuck.get(id)?.timer);
		this.#stuck.delete(id);
	}

	async #stop(id: string): Promise<void> {
		this.#unstick(id);
		await this.#options.tasks.stopAndWait(id);
	}

	#isRunning(id: string): boolean {
		return this.#options.tasks.list().some((view) => view.id === id && view.summary === undefined);
	}

	#view(id: string): ThawView {
		const { head, archives } = this.#records.read(id);
		const { job, spec, tier, created, cost } = head;
		const running = this.#options.tasks.list().find((view) => view.id === id && view.summary === undefined);
		const progress = running?.progress;
		const told = progress && 'thaw' in progress ? progress.thaw : undefined;
		const reason = running?.reason ?? this.#stuck.get(id)?.reason;
		return {
			id,
			job,
			target: spec.target,
			tier,
			created,
			state: running?.state ?? 'paused',
			...(archives.length > 0 ? progressOf({ archives }) : { ...NO_PROGRESS, archives: head.expected.archives }),
			...(told?.until === undefined ? {} : { until: told.until }),
			...(told?.readyBy === undefined ? {} : { readyBy: told.readyBy }),
			...(cost ? { cost: cost.total } : {}),
			...(reason === undefined ? {} : { reason }),
		};
	}
}

function costOf({ cost, extraCost, prices }: ThawHead): WorkCost | undefined {
	if (!cost || !prices) return undefined;
	const total = cost.total + extraCost;
	return { requests: total, storageMonth: 0, total, region: prices.region, dated: prices.dated };
}

const NO_PROGRESS = { archives: 0, settled: 0, failed: 0, warm: 0, thawing: 0 };
const STOPPED: TaskSummary = { status: 'stopped', run: '', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };
const CANCELLED = usageError('CANCELLED', 'The restore was cancelled. What is restored stays.').toPlain();
