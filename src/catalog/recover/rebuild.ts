/**
 * Rebuilds the state database of a job from its manifests and sidecars, or from the list of a mirror. No archive is read. What is damaged, or none of
 * ours, is named and left out.
 */

import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import type { Outcome, TaskReporter, TaskSummary } from '../../core/task.ts';
import type { ThreadTask } from '../../core/task-thread.ts';
import type { Destination } from '../../destinations/destination.ts';
import { openDestination } from '../../destinations/open-destination.ts';
import { waitingFor, withRetry } from '../../destinations/with-retry.ts';
import { RebuildStore } from '../../state/rebuild-store.ts';
import { type ListedJob, type ListedMirror, listJobs, type RecordObject, toRead } from './listing.ts';
import { MirrorReplay } from './mirror-replay.ts';
import { fetchRecord } from './read-record.ts';
import { Replay } from './replay.ts';
import type { RecoverSpec } from './spec.ts';

const PROGRESS_MS = 250;

export class Rebuild implements ThreadTask {
	readonly #spec: RecoverSpec;
	readonly #reporter: TaskReporter;
	readonly #abort = new AbortController();
	#total = { requests: 0, bytes: 0 };
	#read = { lists: 0, requests: 0, bytes: 0 };
	#replay: Replay | MirrorReplay | undefined;
	#phase: 'plan' | 'fetch' | 'finish' = 'plan';

	constructor(spec: RecoverSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
	}

	stop(): void {
		this.#abort.abort(new FirnError('STOPPED', 'The recovery was stopped.', { retry: 'later' }));
	}

	async execute(): Promise<TaskSummary> {
		const ticker = setInterval(() => this.#tell(), PROGRESS_MS);
		let store: RebuildStore | undefined;
		let destination: Destination | undefined;
		try {
			destination = withRetry(await openDestination(this.#spec.destination), {
				signal: this.#abort.signal,
				onRetry: (notice) => this.#reporter.event({ event: 'waiting', ...waitingFor(notice) }),
			});
			const listed = await this.#list(destination);
			store = new RebuildStore(this.#spec.stateFile);
			this.#phase = 'fetch';
			await this.#take(listed, store, destination);
			this.#phase = 'finish';
			this.#tell();
			return this.#finish(store, this.#replay!);
		} catch (thrown) {
			store?.discard();
			const error = toFirnError(thrown);
			if (error.code === 'STOPPED') return this.#summary('stopped');
			const summary = this.#summary('failed');
			return { ...summary, errors: summary.errors + 1, error: error.toPlain() };
		} finally {
			clearInterval(ticker);
			await destination?.close();
		}
	}

	async #list(destination: Destination): Promise<ListedJob | ListedMirror> {
		const { job, most } = this.#spec;
		const { jobs, mirrors, requests } = await listJobs(destination, job, this.#abort.signal);
		const found = jobs[0] ?? mirrors[0];
		if (!found) throw new FirnError('NOTHING_THERE', `There is nothing of job ${job} in ${destination.url}.`);
		this.#total = 'lists' in found ? { requests: 1, bytes: found.lists[0]!.size } : toRead(found);
		this.#read.lists = requests;
		if (most && (this.#total.requests > most.requests || this.#total.bytes > most.bytes)) {
			throw new FirnError('PLAN_STALE', `More has come to ${destination.url} since the plan was made.`, {
				guidance: 'Another machine may be backing up there just now; make a new plan.',
			});
		}
		return found;
	}

	async #take(listed: ListedJob | ListedMirror, store: RebuildStore, destination: Destination): Promise<void> {
		if ('lists' in listed) {
			const { identities } = this.#spec;
			const onRead = (bytes: number) => {
				this.#read.bytes += bytes;
			};
			const options = { store, destination, identities, signal: this.#abort.signal, reporter: this.#reporter, onRead };
			const replay = new MirrorReplay(options);
			this.#replay = replay;
			this.#read.requests = 1;
			await replay.all(listed);
			return;
		}
		const replay = this.#replayInto(store, destination);
		this.#replay = replay;
		await replay.all(listed);
	}

	#replayInto(store: RebuildStore, destination: Destination): Replay {
		const { job, identities } = this.#spec;
		const { signal } = this.#abort;
		const fetch = async (record: RecordObject) => {
			const body = await fetchRecord(destination, record, signal);
			this.#read.requests += 1;
			this.#read.bytes += body.length;
			return body;
		};
		return new Replay({ store, job, identities, fetch, signal, reporter: this.#reporter });
	}

	#finish(store: RebuildStore, { job, opened, shut, errors }: Replay | MirrorReplay): TaskSummary {
		const { name, destination } = this.#spec;
		if (opened === 0 && shut > 0) throw wrongIdentity(this.#spec.job);
		const newest = store.newestRun();
		if (!job || !newest) {
			throw new FirnError('NOTHING_RECOVERED', `Nothing of job ${this.#spec.job} could be read.`, {
				guidance: 'What is wrong is listed above; firn decrypt unpacks archives without a state database.',
			});
		}
		const recovered: Job = { ...job.settings, name, destination };
		store.runs.setMeta('job', JSON.stringify(recovered));
		store.runs.setMeta('version', job.version);
		const counts = store.counts();
		store.publish();
		const { id: run, files, bytes, run: snapshot, isWhole } = newest;
		const { details, ...summary } = this.#summary(errors > 0 ? 'partial' : 'complete');
		const { archives } = counts;
		const found = { ...counts, snapshot, unfinished: isWhole ? 0 : 1, job: name };
		return { ...summary, run, files, bytes, archives, details: { ...details, ...found } };
	}

	#summary(status: Outcome): TaskSummary {
		const { lists, requests, bytes } = this.#read;
		const details = { requests: lists + requests, fetchedBytes: bytes };
		return { status, run: '', files: 0, bytes: 0, archives: 0, errors: this.#replay?.errors ?? 0, details };
	}

	#tell(): void {
		this.#reporter.progress({
			kind: 'recover',
			phase: this.#phase,
			files: this.#total.requests,
			bytes: this.#total.bytes,
			filesDone: this.#read.requests,
			bytesDone: this.#read.bytes,
			fetchedBytes: this.#read.bytes,
			fetchBytes: this.#total.bytes,
			filesSkipped: 0,
			errors: this.#replay?.errors ?? 0,
			workers: [],
		});
	}
}

function wrongIdentity(job: string): FirnError {
	return new FirnError('WRONG_IDENTITY', `None of the identities opens anything of job ${job}.`, {
		guidance: 'Give the identity it was made for with --identity FILE.',
		kind: 'usage',
	});
}
