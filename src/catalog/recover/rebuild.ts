/**
 * Rebuilds the state database of a job from its manifests and sidecars, run by run as they were written. No archive is
 * read. What is damaged, or none of ours, is named and left out.
 */

import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import { counted } from '../../core/sizes.ts';
import type { Outcome, TaskReporter, TaskSummary } from '../../core/task.ts';
import type { ThreadTask } from '../../core/task-thread.ts';
import type { Destination } from '../../destinations/destination.ts';
import { openDestination } from '../../destinations/open-destination.ts';
import { waitingFor, withRetry } from '../../destinations/with-retry.ts';
import { RebuildStore } from '../../state/rebuild-store.ts';
import { readJobSettings } from './job-settings.ts';
import { type ListedJob, type ListedRun, listJobs, type RecordObject, toRead } from './listing.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { prefetch } from './prefetch.ts';
import { fetchRecord, openRecord, textOf } from './read-record.ts';
import { RunNumbers, startOf } from './run-numbers.ts';
import type { RecoverSpec } from './spec.ts';
import { Folders, takeInSidecar } from './take-in.ts';

const PROGRESS_MS = 250;

type Wanted = RecordObject & { run: ListedRun; sequence?: number };

export class Rebuild implements ThreadTask {
	readonly #spec: RecoverSpec;
	readonly #reporter: TaskReporter;
	readonly #abort = new AbortController();
	readonly #numbers = new RunNumbers();
	#destination: Destination | undefined;
	#total = { requests: 0, bytes: 0 };
	#read = { requests: 0, bytes: 0 };
	#errors = 0;
	/** How many records an identity has opened, and how many none does. */
	#opened = 0;
	#shut = 0;
	/** The newest settings of the job, and whether they came encrypted. */
	#job: { settings: Job; version: string; encrypted: boolean } | undefined;
	#newest: { id: string; finished: boolean; files: number; bytes: number } | undefined;
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
		try {
			const { signal } = this.#abort;
			this.#destination = withRetry(await openDestination(this.#spec.destination), {
				signal,
				onRetry: (notice) => this.#reporter.event({ event: 'waiting', ...waitingFor(notice) }),
			});
			const listed = await this.#list(this.#destination);
			store = new RebuildStore(this.#spec.stateFile);
			this.#phase = 'fetch';
			await this.#rebuild(store, listed);
			this.#phase = 'finish';
			this.#tell();
			return this.#finish(store);
		} catch (thrown) {
			store?.discard();
			const error = toFirnError(thrown);
			if (error.code === 'STOPPED') return this.#summary('stopped');
			return { ...this.#summary('failed'), errors: this.#errors + 1, error: error.toPlain() };
		} finally {
			clearInterval(ticker);
			await this.#destination?.close();
		}
	}

	async #list(destination: Destination): Promise<ListedJob> {
		const { job, most } = this.#spec;
		const { jobs, requests } = await listJobs(destination, job, this.#abort.signal);
		const found = jobs[0];
		if (!found) throw new FirnError('NOTHING_THERE', `There is nothing of job ${job} in ${destination.url}.`);
		this.#total = toRead(found);
		if (most && (this.#total.requests > most.requests || this.#total.bytes > most.bytes)) {
			throw new FirnError('PLAN_STALE', `More has come to ${destination.url} since the plan was made.`, {
				guidance: 'Another machine may be backing up there just now; make a new plan.',
			});
		}
		this.#read.requests = requests;
		return found;
	}

	async #rebuild(store: RebuildStore, { runs }: ListedJob): Promise<void> {
		const folders = new Folders(store);
		const fetched = prefetch(wanted(runs), (record) => this.#fetch(record));
		let next = await fetched.next();
		const lastFinished = runs.findLastIndex(({ manifests }) => manifests.length > 0);
		for (const [at, run] of runs.entries()) {
			this.#abort.signal.throwIfAborted();
			let manifest: Manifest | undefined;
			if (run.manifests.length > 0) {
				manifest = await this.#manifest(run, next.value?.body, next.value?.error);
				next = await fetched.next();
			}
			const archives = manifest && new Map(manifest.archives.map((archive) => [archive.key, archive]));
			const known = new Set<string>();
			if (manifest) await store.atOnce(() => this.#beginFinished(store, run, manifest));
			for (const [sequence, sidecar] of run.sidecars) {
				const { body, error } = next.value!;
				const found = {
					jobId: this.#spec.job,
					runId: run.id,
					sequence,
					encrypted: sidecar.encrypted,
					listed: archives,
				};
				const archiveSize = run.archives.get(sequence)?.size;
				try {
					if (error !== undefined) throw error;
					const header = await store.atOnce(() =>
						takeInSidecar(store, folders, this.#open(body!, sidecar), { ...found, archiveSize }, (said) => {
							const number = this.#numbers.of(run.id, said.runNumber);
							if (!manifest) this.#putUnfinished(store, run, number, said);
							return number;
						}),
					);
					this.#opened += 1;
					known.add(header.archive);
					this.#noteSettings(header.settings, header.version, sidecar.encrypted);
					if (archiveSize !== header.size) this.#noteArchive(header.archive, header.size, archiveSize);
				} catch (thrown) {
					folders.forget();
					this.#problem(sidecar.key, thrown);
				}
				next = await fetched.next();
			}
			this.#noteUnknown(run, manifest);
			if (manifest) await store.atOnce(() => this.#endFinished(store, run, manifest, known));
			else if (at >= lastFinished) await store.atOnce(() => this.#dropLooseLinks(store, run));
		}
	}

	async #fetch(record: RecordObject): Promise<Buffer> {
		const body = await fetchRecord(this.#destination!, record, this.#abort.signal);
		this.#read.requests += 1;
		this.#read.bytes += body.length;
		return body;
	}

	#open(body: Buffer, { encrypted }: RecordObject): AsyncGenerator<Buffer> {
		return openRecord(body, encrypted, this.#spec.identities);
	}

	/** The newest manifest of a run that can be used. */
	async #manifest(run: ListedRun, body: Buffer | undefined, error: unknown): Promise<Manifest | undefined> {
		for (const [at, record] of run.manifests.entries()) {
			try {
				if (at === 0 && error !== undefined) throw error;
				const bytes = at === 0 ? body! : await this.#fetch(record);
				const text = await textOf(this.#open(bytes, record));
				const manifest = parseManifest(text, this.#spec.job, run.id);
				this.#opened += 1;
				this.#noteSettings(manifest.job, manifest.version, record.encrypted);
				return manifest;
			} catch (thrown) {
				this.#problem(record.key, thrown);
			}
		}
		return undefined;
	}

	/** The rows of a run that ended, and of those before it that came to nothing. */
	#beginFinished(store: RebuildStore, { id }: ListedRun, manifest: Manifest): void {
		const { run, failedBefore, problems } = manifest;
		const number = this.#numbers.of(id, run.number);
		const after = store.runs.lastFinished(number);
		for (const failed of failedBefore) {
			const known = store.runs.numberOf(failed.id);
			const place = known ?? failed.number;
			if (place <= after || place >= number || (known === undefined && store.runs.isTaken(place))) continue;
			const { started, full, error } = failed;
			store.putRun({
				run: place,
				id: failed.id,
				started: Date.parse(started),
				// Nobody goes on with it: the machine that could is lost, or has given it up.
				status: 'abandoned',
				full,
				problems: failed.problems,
				...(error === undefined ? {} : { error: JSON.stringify(error) }),
			});
		}
		const { started, finished, status, full, files, bytes, newFiles, newBytes, errors } = run;
		store.putRun({
			run: number,
			id,
			started: Date.parse(started),
			status,
			full,
			problems,
			finished: { at: Date.parse(finished), files, bytes, newFiles, newBytes, errors },
		});
		this.#newest = { id, finished: true, files, bytes };
	}

	/** Which versions a run, and those before it that came to nothing, have ended; and what is not known of it any more. */
	#endFinished(store: RebuildStore, listed: ListedRun, manifest: Manifest, known: Set<string>): void {
		const { closed, ended, run, archives } = manifest;
		const number = this.#numbers.of(listed.id, undefined);
		const lost = archives.filter(({ key }) => !known.has(key));
		if (lost.length > 0) this.#noteLost(store, listed, number, lost);
		for (const path of closed === undefined ? ended : []) store.close(path, number);
		if (number !== run.number) {
			for (const [path] of closed ?? []) store.close(path, number);
			return;
		}
		for (const [path, first, last] of closed ?? []) if (last < number) store.closeVersion(path, first, last);
	}

	/** The snapshot is not whole: what these archives held is not listed, or as an older version. */
	#noteLost(store: RebuildStore, { id, archives }: ListedRun, run: number, lost: Manifest['archives']): void {
		const there = new Set([...archives.values()].map(({ key }) => key));
		for (const { key, files } of lost) {
			const message = `Its sidecar could not be read when the job was recovered: what it holds (${counted(files, 'file')}) is not listed, or only as an older version.`;
			store.runs.addProblem(run, { path: key, code: 'SIDECAR_MISSING', message });
		}
		store.addErrors(run, lost.length);
		const gone = lost.filter(({ key }) => !there.has(key));
		if (gone.length === 0) return;
		const files = gone.reduce((sum, archive) => sum + archive.files, 0);
		const what = `${counted(gone.length, 'archive')} with ${counted(files, 'file')}`;
		const message = `Of run ${id}, ${what} left the store: that is not listed, or only as an older version.`;
		this.#reporter.event({ event: 'notice', level: 'warn', message });
	}

	/** The row of a run that left no manifest. */
	#putUnfinished(
		store: RebuildStore,
		{ id }: ListedRun,
		run: number,
		said: { runStarted?: string | undefined; full?: boolean | undefined },
	): void {
		if (store.runs.has(id)) return;
		const started = said.runStarted === undefined ? startOf(id) : Date.parse(said.runStarted);
		store.putRun({ run, id, started, status: 'abandoned', full: said.full === true, problems: [] });
		this.#newest = { id, finished: false, files: 0, bytes: 0 };
	}

	/** A run that died may have stored hard links whose first names were to come with a later archive. */
	#dropLooseLinks(store: RebuildStore, { id }: ListedRun): void {
		if (store.runs.has(id)) store.entries.dropLooseLinks(this.#numbers.of(id, undefined), new Set());
	}

	/** What came encrypted goes before what did not: that may be by anybody who can write to the store. */
	#noteSettings(settings: unknown, version = '', encrypted: boolean): void {
		if (this.#job?.encrypted && !encrypted) return;
		const job = readJobSettings(settings, this.#spec.job);
		if (job) this.#job = { settings: job, version, encrypted };
	}

	#noteArchive(key: string, size: number, there: number | undefined): void {
		const what = there === undefined ? 'is not there' : `has ${there} bytes in the store instead of ${size}`;
		this.#problem(key, new FirnError('ARCHIVE_MISSING', `The archive ${what}: its files are listed as missing.`));
	}

	/** Archives that nothing describes: what is in them is not in the state database. */
	#noteUnknown({ archives, sidecars }: ListedRun, manifest: Manifest | undefined): void {
		for (const [sequence, { key }] of archives) {
			if (sidecars.has(sequence)) continue;
			const why = manifest ? 'Its sidecar is missing' : 'The run died before its sidecar was stored';
			const message = `${why}: what is in it is not known. firn decrypt unpacks it.`;
			this.#problem(key, new FirnError('SIDECAR_MISSING', message));
		}
	}

	#problem(key: string, thrown: unknown): void {
		this.#abort.signal.throwIfAborted();
		const error = toFirnError(thrown);
		// A store that cannot be read, or a bug, is nothing to be passed over.
		if (!SKIPPED.has(error.code)) throw error;
		if (error.code === 'WRONG_IDENTITY') this.#shut += 1;
		this.#errors += 1;
		this.#reporter.event({ event: 'problem', problem: { path: key, code: error.code, message: error.message } });
	}

	#finish(store: RebuildStore): TaskSummary {
		const { name, destination } = this.#spec;
		if (this.#opened === 0 && this.#shut > 0) throw wrongIdentity(this.#spec.job);
		if (!this.#job || !this.#newest) {
			throw new FirnError('NOTHING_RECOVERED', `Nothing of job ${this.#spec.job} could be read.`, {
				guidance: 'What is wrong is listed above; firn decrypt unpacks archives without a state database.',
			});
		}
		const { settings, version } = this.#job;
		const job: Job = { ...settings, name, destination };
		store.runs.setMeta('job', JSON.stringify(job));
		store.runs.setMeta('version', version);
		const counts = store.counts();
		store.publish();
		const summary = this.#summary(this.#errors > 0 ? 'partial' : 'complete');
		return { ...summary, archives: counts.archives, details: { ...summary.details, ...counts, job: name } };
	}

	#summary(status: Outcome): TaskSummary {
		const { requests, bytes } = this.#read;
		const newest = this.#newest;
		return {
			status,
			run: newest?.id ?? '',
			files: newest?.files ?? 0,
			bytes: newest?.bytes ?? 0,
			archives: 0,
			errors: this.#errors,
			details: { requests, fetchedBytes: bytes, unfinished: newest?.finished === false ? 1 : 0 },
		};
	}

	#tell(): void {
		this.#reporter.progress({
			kind: 'recover',
			phase: this.#phase,
			files: this.#total.requests,
			bytes: this.#total.bytes,
			filesDone: Math.min(this.#read.requests, this.#total.requests),
			bytesDone: this.#read.bytes,
			fetchedBytes: this.#read.bytes,
			fetchBytes: this.#total.bytes,
			filesSkipped: 0,
			errors: this.#errors,
			workers: [],
		});
	}
}

/** What is wrong with one object alone. */
const SKIPPED = new Set([
	'WRONG_IDENTITY',
	'RECORD_DAMAGED',
	'BAD_SIDECAR',
	'BAD_LINES',
	'BAD_FRAME',
	'NOT_FOUND',
	'ARCHIVED',
	'ARCHIVE_MISSING',
	'SIDECAR_MISSING',
]);

function* wanted(runs: ListedRun[]): Generator<Wanted> {
	for (const run of runs) {
		for (const record of run.manifests.slice(0, 1)) yield { ...record, run };
		for (const [sequence, record] of run.sidecars) yield { ...record, run, sequence };
	}
}

function wrongIdentity(job: string): FirnError {
	return new FirnError('WRONG_IDENTITY', `None of the identities opens anything of job ${job}.`, {
		guidance: 'Give the identity it was made for with --identity FILE.',
		kind: 'usage',
	});
}
