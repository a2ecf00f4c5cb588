/** One piece of work on the catalog of a job, from opening books and store to its summary. */

import { FirnError, toFirnError } from '../core/errors.ts';
import type { CatalogKind, TaskReporter, TaskSummary } from '../core/task.ts';
import type { ThreadTask } from '../core/task-thread.ts';
import type { Destination } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import { replaceCredentials } from '../destinations/replace-credentials.ts';
import { NUDGE, waitingFor, withRetry } from '../destinations/with-retry.ts';
import { describe, openState } from '../state/open-state.ts';
import type { Desk, Ending } from './desk.ts';
import { planSyncMirror, syncMirror } from './mirror/sync.ts';
import { planVerifyMirror, verifyMirror } from './mirror/verify.ts';
import { planDelete } from './plan-delete.ts';
import { planPrune } from './plan-prune.ts';
import { planSync } from './plan-sync.ts';
import { runDelete } from './run-delete.ts';
import { pruneByRules, runPrune } from './run-prune.ts';
import { runSync } from './run-sync.ts';
import { runVerify } from './run-verify.ts';
import type { CatalogSpec, CatalogWork } from './spec.ts';
import { planVerify } from './verify-plan.ts';

const PROGRESS_MS = 250;

export class CatalogTask implements ThreadTask {
	readonly #spec: CatalogSpec;
	readonly #reporter: TaskReporter;
	readonly #abort = new AbortController();
	readonly #nudge = new EventTarget();

	constructor(spec: CatalogSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
	}

	/** Stops between two objects. */
	stop(): void {
		this.#abort.abort(new FirnError('STOPPED', 'The work was stopped.', { retry: 'later' }));
	}

	renew(env: Record<string, string>): void {
		replaceCredentials(env);
		this.#nudge.dispatchEvent(new Event(NUDGE));
	}

	/** Works to the end. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		const { stateFile, job } = this.#spec;
		const db = openState(stateFile, 'write');
		let destination: Destination | undefined;
		let ticker: NodeJS.Timeout | undefined;
		try {
			destination = withRetry(await openDestination(job.destination), {
				signal: this.#abort.signal,
				nudge: this.#nudge,
				onRetry: (notice) => this.#reporter.event({ event: 'waiting', ...waitingFor(notice) }),
			});
			const desk = this.#desk(db, destination);
			ticker = setInterval(() => this.#reporter.progress({ ...desk.progress }), PROGRESS_MS);
			const { error, ...ending } = await work(desk);
			this.#reporter.progress({ ...desk.progress });
			return { run: '', files: 0, ...ending, ...(error ? { error: error.toPlain() } : {}) };
		} catch (thrown) {
			const error = toFirnError(describe(thrown, stateFile));
			const stopped = error.code === 'STOPPED';
			const status = stopped ? 'stopped' : 'failed';
			const nothing = { run: '', files: 0, bytes: 0, archives: 0, errors: stopped ? 0 : 1, details: {} };
			return { status, ...nothing, ...(stopped ? {} : { error: error.toPlain() }) };
		} finally {
			clearInterval(ticker);
			await destination?.close();
			db.close();
		}
	}

	#desk(db: Desk['db'], destination: Destination): Desk {
		const { work } = this.#spec;
		const isPlan = work.kind.startsWith('plan');
		return {
			db,
			destination,
			spec: this.#spec,
			signal: this.#abort.signal,
			report: (event) => this.#reporter.event(event),
			progress: {
				kind: KIND[work.kind],
				phase: isPlan ? 'plan' : 'act',
				done: 0,
				total: undefined,
				bytesDone: 0,
				bytes: 0,
				errors: 0,
				workers: [],
			},
		};
	}
}

const KIND: Record<CatalogWork['kind'], CatalogKind> = {
	planSync: 'sync',
	sync: 'sync',
	planDelete: 'delete',
	delete: 'delete',
	planPrune: 'prune',
	prune: 'prune',
	pruneByRules: 'prune',
	planVerify: 'verify',
	verify: 'verify',
};

function work(desk: Desk): Promise<Ending> {
	const { work, job } = desk.spec;
	if (job.layout === 'mirror') return mirrorWork(desk);
	switch (work.kind) {
		case 'planSync':
			return planSync(desk);
		case 'sync':
			return runSync(desk, work);
		case 'planDelete':
			return planDelete(desk, work);
		case 'delete':
			return runDelete(desk, work);
		case 'planPrune':
			return planPrune(desk, work);
		case 'prune':
			return runPrune(desk, work);
		case 'pruneByRules':
			return pruneByRules(desk, work);
		case 'planVerify':
			return planVerify(desk, work);
		case 'verify':
			return runVerify(desk, work);
	}
}

/** What there is to be done about a mirror; the engine asks for nothing else. */
async function mirrorWork(desk: Desk): Promise<Ending> {
	const { work } = desk.spec;
	if (work.kind === 'planSync') return planSyncMirror(desk);
	if (work.kind === 'sync') return syncMirror(desk, work);
	if (work.kind === 'planVerify') return planVerifyMirror(desk, work);
	if (work.kind === 'verify') return verifyMirror(desk, work);
	throw new FirnError('MIRROR_HAS_NO_ARCHIVES', `Job ${desk.spec.job.name} is a mirror and has no archives.`);
}
