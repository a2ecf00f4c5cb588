/** Goes through the runs of a job as they were written, and brings each into the state database that is being rebuilt. */

import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import { counted } from '../../core/sizes.ts';
import type { TaskReporter } from '../../core/task.ts';
import type { RebuildStore } from '../../state/rebuild-store.ts';
import { readJobSettings } from './job-settings.ts';
import type { ListedJob, ListedRun, RecordObject } from './listing.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { type Fetched, prefetch } from './prefetch.ts';
import { openRecord, textOf } from './read-record.ts';
import { RunNumbers } from './run-numbers.ts';
import { endVersions, noteLost, putFinishedRun, putUnfinishedRun } from './run-rows.ts';
import { Folders, takeInSidecar } from './take-in.ts';

export interface ReplayOptions {
	store: RebuildStore;
	/** Id of the job. */
	job: string;
	identities: string[];
	fetch: (record: RecordObject) => Promise<Buffer>;
	signal: AbortSignal;
	reporter: TaskReporter;
}

export class Replay {
	readonly #options: ReplayOptions;
	readonly #numbers = new RunNumbers();
	readonly #folders: Folders;
	/** The newest settings of the job, and whether they came encrypted. */
	job: { settings: Job; version: string; encrypted: boolean } | undefined;
	/** What had to be left out. */
	errors = 0;
	/** How many records were opened, and how many no identity opens. */
	opened = 0;
	shut = 0;

	constructor(options: ReplayOptions) {
		this.#options = options;
		this.#folders = new Folders(options.store);
	}

	/** @throws FirnError when the store cannot be read, or STOPPED */
	async all({ runs }: ListedJob): Promise<void> {
		const { store, fetch, signal } = this.#options;
		const fetched = prefetch(records(runs), fetch);
		const lastFinished = runs.findLastIndex(({ manifests }) => manifests.length > 0);
		for (const [at, run] of runs.entries()) {
			signal.throwIfAborted();
			const manifest = run.manifests.length > 0 ? await this.#manifest(run, await nextOf(fetched)) : undefined;
			if (manifest) await store.atOnce(() => putFinishedRun(store, this.#numberOf(run, manifest), manifest));
			const known = await this.#sidecars(run, manifest, fetched);
			this.#noteUndescribed(run, manifest);
			if (manifest) await store.atOnce(() => this.#endRun(run, manifest, known));
			else if (at >= lastFinished) await store.atOnce(() => this.#dropLooseLinks(run));
		}
	}

	#numberOf({ id }: ListedRun, manifest?: Manifest): number {
		return this.#numbers.of(id, manifest?.run.number);
	}

	/** The newest manifest of a run that can be used. @param first what was fetched of the very newest */
	async #manifest(run: ListedRun, first: Fetched<RecordObject>): Promise<Manifest | undefined> {
		const { job, fetch } = this.#options;
		for (const [at, record] of run.manifests.entries()) {
			try {
				const body = at === 0 ? bodyOf(first) : await fetch(record);
				const manifest = parseManifest(await textOf(this.#open(body, record)), job, run.id);
				this.#noteOpened(manifest.job, manifest.version, record);
				return manifest;
			} catch (thrown) {
				this.#problem(record.key, thrown);
			}
		}
		return undefined;
	}

	/** @returns keys of the archives that are known from now on */
	async #sidecars(
		run: ListedRun,
		manifest: Manifest | undefined,
		fetched: AsyncIterator<Fetched<RecordObject>>,
	): Promise<Set<string>> {
		const { store, job } = this.#options;
		const listed = manifest && new Map(manifest.archives.map((archive) => [archive.key, archive]));
		const known = new Set<string>();
		for (const [sequence, record] of run.sidecars) {
			const object = run.archives.get(sequence);
			const { encrypted } = record;
			const found = { jobId: job, runId: run.id, sequence, encrypted, listed, object };
			const next = await nextOf(fetched);
			try {
				const body = bodyOf(next);
				const header = await store.atOnce(() =>
					takeInSidecar(store, this.#folders, this.#open(body, record), found, (said) => {
						const number = this.#numbers.of(run.id, said.runNumber);
						if (!manifest) putUnfinishedRun(store, number, run.id, said);
						return number;
					}),
				);
				known.add(header.archive);
				this.#noteOpened(header.settings, header.version, record);
				if (object?.size !== header.size) this.#problem(header.archive, archiveMissing(header.size, object?.size));
			} catch (thrown) {
				this.#folders.forget();
				this.#problem(record.key, thrown);
			}
		}
		return known;
	}

	#endRun(run: ListedRun, manifest: Manifest, known: Set<string>): void {
		const { store, reporter } = this.#options;
		const number = this.#numberOf(run);
		endVersions(store, number, manifest);
		const lost = manifest.archives.filter(({ key }) => !known.has(key));
		noteLost(store, number, lost);
		const there = new Set([...run.archives.values()].map(({ key }) => key));
		const gone = lost.filter(({ key }) => !there.has(key));
		if (gone.length === 0) return;
		const files = gone.reduce((sum, archive) => sum + archive.files, 0);
		const what = `${counted(gone.length, 'archive')} with ${counted(files, 'file')}`;
		const message = `Of run ${run.id}, ${what} left the store: that is not listed, or only as an older version.`;
		reporter.event({ event: 'notice', level: 'warn', message });
	}

	/** A run that died may have stored hard links whose first names were to come with a later archive. */
	#dropLooseLinks(run: ListedRun): void {
		const { store } = this.#options;
		if (store.runs.has(run.id)) store.entries.dropLooseLinks(this.#numberOf(run), new Set());
	}

	#open(body: Buffer, { encrypted }: RecordObject): AsyncGenerator<Buffer> {
		return openRecord(body, encrypted, this.#options.identities);
	}

	/** Settings that came encrypted go before others: those may be by anybody who can write to the store. */
	#noteOpened(settings: unknown, version = '', { encrypted }: RecordObject): void {
		this.opened += 1;
		if (this.job?.encrypted && !encrypted) return;
		const job = readJobSettings(settings, this.#options.job);
		if (job) this.job = { settings: job, version, encrypted };
	}

	/** Archives that nothing describes: what is in them is not in the state database. */
	#noteUndescribed({ archives, sidecars }: ListedRun, manifest: Manifest | undefined): void {
		const why = manifest ? 'Its sidecar is missing' : 'The run died before its sidecar was stored';
		const message = `${why}: what is in it is not known. firn decrypt unpacks it.`;
		for (const [sequence, { key }] of archives) {
			if (!sidecars.has(sequence)) this.#problem(key, new FirnError('SIDECAR_MISSING', message));
		}
	}

	#problem(path: string, thrown: unknown): void {
		this.#options.signal.throwIfAborted();
		const { code, message } = toFirnError(thrown);
		// A store that cannot be read, or a bug, is nothing to be passed over.
		if (!LEFT_OUT.has(code)) throw thrown;
		if (code === 'WRONG_IDENTITY') this.shut += 1;
		this.errors += 1;
		this.#options.reporter.event({ event: 'problem', problem: { path, code, message } });
	}
}

/** What is wrong with one object alone. */
const LEFT_OUT = new Set([
	'WRONG_IDENTITY',
	'RECORD_DAMAGED',
	'BAD_SIDECAR',
	'BAD_LINES',
	'NOT_FOUND',
	'ARCHIVED',
	'ARCHIVE_MISSING',
	'SIDECAR_MISSING',
]);

/** All that is read, in the order it is used. */
function* records(runs: ListedRun[]): Generator<RecordObject> {
	for (const { manifests, sidecars } of runs) {
		yield* manifests.slice(0, 1);
		yield* sidecars.values();
	}
}

async function nextOf<T>(iterator: AsyncIterator<T>): Promise<T> {
	return (await iterator.next()).value as T;
}

function bodyOf({ body, error }: Fetched<unknown>): Buffer {
	if (!body) throw error;
	return body;
}

function archiveMissing(size: number, there: number | undefined): FirnError {
	const what = there === undefined ? 'is not there' : `has ${there} bytes in the store instead of ${size}`;
	return new FirnError('ARCHIVE_MISSING', `The archive ${what}: its files are listed as missing.`);
}
