/** One restore, from the choice of files to the last folder. */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { errnoCode, FirnError, toFirnError } from '../core/errors.ts';
import type { Outcome, RestoreProgress, TaskReporter, TaskSummary, ThawProgress } from '../core/task.ts';
import { replaceCredentials } from '../destinations/replace-credentials.ts';
import { createRequestCount, requestsIn } from '../destinations/request-count.ts';
import { waitingFor } from '../destinations/with-retry.ts';
import { describe } from '../state/open-state.ts';
import type { LeadingFolder } from '../state/restore-plan.ts';
import { fatalTargetError, toProblem } from '../target/errors.ts';
import { Target } from '../target/target.ts';
import { finish, syncTarget } from './finish.ts';
import { shutMirror } from './mirror/place.ts';
import { type OpenedArchive, openArchives } from './opened-archive.ts';
import { makePlanFolder } from './plan-folder.ts';
import { planUnopened, type UnopenedPlan } from './plan-unopened.ts';
import { ProblemLog } from './problem-log.ts';
import { type RunUnitsOptions, runUnits } from './run-units.ts';
import type { RestoreSpec } from './spec.ts';
import { emptyTally, sumTallies, type Tally } from './tally.ts';
import type { ThawRecord } from './thaw/record.ts';
import { beginThaw, openThaw, type ThawUnitsOptions, thawUnits } from './thaw/thaw-units.ts';
import { waitingForThaw } from './thaw/waiting.ts';
import { EventReport, type WorkEvent } from './work-report.ts';

const PROGRESS_MS = 250;
const WORKERS = 2;

interface Planned extends UnopenedPlan {
	archives: Map<number, OpenedArchive>;
}

export class RestoreRun {
	readonly #spec: RestoreSpec;
	readonly #reporter: TaskReporter;
	readonly #log: ProblemLog;
	readonly #requestCount = createRequestCount();
	readonly #stop = new AbortController();
	#phase: RestoreProgress['phase'] = 'plan';
	#planned: Planned | undefined;
	/** By lane; the last is that of the finish. */
	readonly #tallies = new Map<number, { tally: Tally; archive: string; path: string }>();
	/** Of earlier threads. */
	#before = emptyTally();
	#thaw: ThawProgress | undefined;
	#record: ThawRecord | undefined;
	#told = 0;

	constructor(spec: RestoreSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
		this.#log = new ProblemLog(reporter, spec.reportFile);
	}

	/** Stops at the next safe point; what is restored stays, and the same restore goes on with the rest. */
	stop(): void {
		this.#stop.abort(new FirnError('STOPPED', 'The restore was stopped.'));
	}

	/** Its lanes share the environment of this thread, and look there before each try. */
	renew(env: Record<string, string>): void {
		replaceCredentials(env);
	}

	/** Restores. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		const folder = makePlanFolder();
		try {
			const planned = this.#plan(join(folder, 'plan.sqlite3'));
			this.#planned = planned;
			if (!this.#spec.dryRun) await this.#restore(planned);
			this.#record?.save({ status: 'done' });
			this.#log.close();
			return this.#summary(this.#tally().errors > 0 ? 'partial' : 'complete');
		} catch (thrown) {
			this.#log.close();
			const error = toFirnError(describe(thrown, this.#spec.stateFile));
			if (error.code === 'STOPPED') return this.#summary('stopped');
			return { ...this.#summary('failed'), error: error.toPlain() };
		} finally {
			this.#record?.close();
			this.#planned?.plan.close();
			rmSync(folder, { recursive: true, force: true });
		}
	}

	/** Everything that can be refused is refused here, before anything is fetched or written. */
	#plan(planFile: string): Planned {
		const { thaw } = this.#spec;
		this.#record = thaw === undefined ? undefined : openThaw(thaw);
		this.#before = this.#record?.head.tally ?? this.#before;
		const planned = planUnopened({ ...this.#spec, ...this.#record?.head.spec }, planFile, WORKERS);
		try {
			if (this.#record) beginThaw(this.#record, planned);
			const { snapshot, records } = planned;
			if (!snapshot.finished) {
				this.#log.notice('warn', `Run ${snapshot.number} has not finished: what it has not stored yet is missing.`);
			}
			const shut = planned.mirror && shutMirror(planned.mirror, this.#spec.identities);
			if (shut) throw shut;
			return { ...planned, archives: openArchives(records, this.#spec.identities) };
		} catch (error) {
			planned.plan.close();
			throw error;
		}
	}

	async #restore(planned: Planned): Promise<void> {
		const { target, existing } = this.#spec;
		const report = new EventReport((event) => this.#onEvent(-1, event));
		// What an archive has given before it expired is there already.
		const isFresh = this.#record === undefined && isEmpty(target);
		let folders: Target | undefined;
		const ticker = setInterval(() => this.#tell(), PROGRESS_MS);
		try {
			folders = new Target({ target, existing, isFresh, onOwnersLost: () => report.ownersLost() });
			const made = this.#makeLeading(folders, planned.plan.leading(), report);
			this.#phase = 'fetch';
			const units: RunUnitsOptions = {
				...planned,
				lane: {
					planFile: planned.planFile,
					destination: planned.destination,
					target,
					existing,
					isFresh,
					requestCount: this.#requestCount,
					mirror: planned.mirror && { place: planned.mirror, identities: this.#spec.identities },
				},
				workers: this.#spec.workers ?? WORKERS,
				signal: this.#stop.signal,
				onEvent: (lane, event) => this.#onEvent(lane, event),
			};
			if (this.#record) await thawUnits({ ...units, ...this.#thawing(this.#record, planned) });
			else await runUnits(units);
			this.#phase = 'finish';
			const stopAware = async () => {
				await breathe();
				this.#stop.signal.throwIfAborted();
				report.tick();
			};
			await finish({ plan: planned.plan, target: folders, report, breathe: stopAware });
			for (const { path, metadata } of made.reverse()) {
				folders.finishFolder(path, metadata ?? { ...OWN, mode: 0o755, mtimeNs: BigInt(Date.now()) * 1_000_000n });
			}
			await syncTarget(target);
		} catch (error) {
			throw fatalTargetError(error, target) ?? error;
		} finally {
			clearInterval(ticker);
			report.flush();
			this.#tell();
			folders?.close();
		}
	}

	#thawing(record: ThawRecord, planned: Planned): Omit<ThawUnitsOptions, keyof RunUnitsOptions> {
		return {
			record,
			planned,
			tally: () => {
				// Each batch has lanes of its own.
				this.#before = this.#tally();
				this.#tallies.clear();
				return this.#before;
			},
			onThaw: (thaw) => {
				this.#thaw = thaw;
				this.#phase = thaw.until === undefined ? 'fetch' : 'thaw';
				this.#tell();
				if (thaw.until !== undefined) this.#reporter.event({ event: 'waiting', ...waitingForThaw(thaw) });
			},
			onRetry: (notice) => this.#reporter.event({ event: 'waiting', ...waitingFor(notice) }),
		};
	}

	/** Makes the folders on the way to what was chosen. @returns those that were not there, parents first */
	#makeLeading(target: Target, leading: LeadingFolder[], report: EventReport): LeadingFolder[] {
		return leading.filter((folder) => {
			try {
				return target.folders.open(folder.path).isNew;
			} catch (error) {
				const fatal = fatalTargetError(error, this.#spec.target);
				if (fatal) throw fatal;
				// What lies below is reported file by file.
				report.problem(toProblem(folder.path, error));
				return false;
			}
		});
	}

	#onEvent(lane: number, event: WorkEvent): void {
		if (event.type === 'tick') this.#tallies.set(lane, event);
		else if (event.type === 'problem') this.#log.problem(event.problem);
		else if (event.type === 'kept') this.#log.kept(event.path);
		else if (event.type === 'ownersLost') this.#log.ownersLost();
		else this.#reporter.event({ event: 'waiting', ...event.waiting });
		// The own lane may be busy for long without letting timers in.
		if (event.type === 'tick' && Date.now() - this.#told >= PROGRESS_MS) this.#tell();
	}

	#tally(): Tally {
		return sumTallies([this.#before, ...[...this.#tallies.values()].map(({ tally }) => tally)]);
	}

	#tell(): void {
		const planned = this.#planned;
		if (!planned) return;
		this.#told = Date.now();
		const tally = this.#tally();
		const requests = requestsIn(this.#requestCount);
		const lanes = [...this.#tallies].filter(([lane]) => lane >= 0).sort(([a], [b]) => a - b);
		this.#reporter.progress({
			kind: 'restore',
			phase: this.#phase,
			files: planned.totals.files,
			bytes: planned.totals.bytes,
			filesDone: tally.files,
			bytesDone: tally.bytes,
			fetchedBytes: tally.fetchedBytes,
			fetchBytes: Math.max(tally.fetchedBytes, planned.fetchBytes),
			...(requests === 0 ? {} : { requests }),
			filesSkipped: tally.skipped,
			errors: tally.errors,
			...(this.#thaw ? { thaw: this.#thaw } : {}),
			workers: lanes.map(([worker, lane]) => ({
				worker,
				state: this.#phase === 'fetch' ? 'fetch' : 'idle',
				archive: lane.archive,
				path: lane.path,
				bytes: lane.tally.fetchedBytes,
			})),
		});
	}

	#summary(status: Outcome): TaskSummary {
		const planned = this.#planned;
		const tally = this.#tally();
		const { files, bytes } = this.#spec.dryRun ? (planned?.totals ?? tally) : tally;
		const { snapshot, archives } = planned ?? {};
		return {
			status,
			run: snapshot?.run ?? '',
			files,
			bytes,
			archives: archives?.size ?? 0,
			errors: tally.errors + (status === 'failed' ? 1 : 0),
			details: {
				...(this.#spec.dryRun ? { dryRun: 1 } : {}),
				snapshot: snapshot?.number ?? 0,
				filesSkipped: tally.skipped,
				alreadyRight: tally.alreadyRight,
				mismatches: tally.mismatches,
				fetchedBytes: tally.fetchedBytes,
				requests: tally.requests,
				plannedFetchBytes: planned?.fetchBytes ?? 0,
				plannedRequests: planned?.requests ?? 0,
			},
		};
	}
}

/** Of folders that the snapshot knows nothing of. */
const OWN = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** Whether nothing can be in the way. */
function isEmpty(target: string): boolean {
	try {
		return readdirSync(target).length === 0;
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return true;
		if (errnoCode(error) === 'EACCES') return false;
		if (errnoCode(error) === 'ENOTDIR') {
			throw new FirnError('TARGET_NOT_FOLDER', `The target ${target} is not a folder.`, { kind: 'usage' });
		}
		throw error;
	}
}
