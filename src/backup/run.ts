/**
 * One backup run, from the first folder scanned to the manifest. Scanning, comparing and book-keeping happen here, in
 * short slices between the messages of the pack threads; everything that takes CPU or network per byte is theirs.
 *
 * An interrupted run goes on with its open archives while it scans again: what it has stored already is unchanged by
 * then, and what changed meanwhile is noticed.
 */

import { existsSync, lstatSync } from 'node:fs';
import { errnoCode, FirnError, toFirnError } from '../core/errors.ts';
import { newRunId } from '../core/ids.ts';
import type { Adjustment, BackupProgress, FileProblem, Outcome, TaskReporter, TaskSummary } from '../core/task.ts';
import type { Destination } from '../destinations/destination.ts';
import { openDestination, parseDestination } from '../destinations/open-destination.ts';
import { replaceCredentials } from '../destinations/replace-credentials.ts';
import { counting, createRequestCount, requestsIn } from '../destinations/request-count.ts';
import { NUDGE, waitingFor, withRetry } from '../destinations/with-retry.ts';
import { createRunKey, deleteRunKey, readRunKey } from '../secrets/run-key.ts';
import { describe } from '../state/open-state.ts';
import type { RunRow } from '../state/run-store.ts';
import { ArchiveWorks } from './archive-works.ts';
import { writeManifest, writeRecoverNote } from './finish.ts';
import { nothingToResume, refuseOther } from './own-state.ts';
import { entryPath, type PlannedEntry } from './plan/batch-codec.ts';
import { Comparer } from './plan/compare.ts';
import { Extras } from './plan/extras.ts';
import { HardLinks } from './plan/hard-links.ts';
import { lookAgain } from './plan/look-again.ts';
import { roomWarning } from './room.ts';
import { RunBooks } from './run-books.ts';
import { together, wantedScope } from './run-scope.ts';
import { withOpenablePath } from './scan/long-path.ts';
import type { SkipReason } from './scan/scan.ts';
import { scanRun } from './scan/scan-run.ts';
import type { BackupSpec } from './spec.ts';
import { tidyStore } from './tidy.ts';

/** How long the scan may go on before the pack threads are listened to, in ms. */
const SLICE_MS = 15;
const PROGRESS_MS = 250;
/** A file that changes at every look is tried this often, and the scan repeated as often. */
const ATTEMPTS = 3;

export class BackupRun {
	readonly #spec: BackupSpec;
	readonly #reporter: TaskReporter;
	#phase: BackupProgress['phase'] = 'prepare';
	#scanDone = false;
	/** Ends waiting for the store; its reason is thrown. */
	readonly #abort = new AbortController();
	readonly #nudge = new EventTarget();
	/** The store does not answer this thread, or refuses. */
	#waits = false;
	#failure: FirnError | undefined;
	/** Wakes whoever waits for the pack threads. */
	#wake: () => void = () => {};
	#errors = 0;
	#told = 0;
	#comparer: Comparer | undefined;
	#works: ArchiveWorks | undefined;
	/** Of a dry run. */
	readonly #wouldStore = { files: 0, bytes: 0 };
	/** Files that changed while they were packed, and how often each did. */
	readonly #torn: PlannedEntry[] = [];
	readonly #tornCounts = new Map<string, number>();
	/** Files that were not there, or not readable, when they were to be packed. */
	readonly #missing = new Set<string>();
	#links = new HardLinks();
	#scanAgain = false;
	#resumed = false;
	/** A first name may have come into a later archive than its hard links, or into none. */
	#linksMayBeLoose = false;
	#afterInterruption = false;
	#paused = false;
	readonly #requestCount = createRequestCount();
	/** What has been told: another scan meets the same again. */
	readonly #said = new Set<string>();

	constructor(spec: BackupSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
	}

	/** Stops at the next safe point; what the store has acknowledged is kept. */
	stop(): void {
		this.#abort.abort(new FirnError('STOPPED', 'The run was stopped.', { retry: 'later' }));
		this.#wake();
	}

	/** Takes effect at once: the part under way is sent to its end, an archive in hand is finished. */
	adjust(change: Adjustment): void {
		const { job } = this.#spec;
		job.workers = change.workers ?? job.workers;
		job.limitUpload = change.limitUpload ?? job.limitUpload;
		this.#paused = change.pause ?? this.#paused;
		if (change.env) {
			replaceCredentials(change.env);
			this.#works?.replaceCredentials(change.env);
		}
		// Whatever it waits for may be there now.
		if (change.env || change.pause === false) this.#nudge.dispatchEvent(new Event(NUDGE));
		if (change.pause === false) this.#works?.nudge();
		this.#works?.adjust(job, this.#paused);
		this.#wake();
	}

	/** Runs to the end. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		const { job, stateFile, dryRun } = this.#spec;
		if (dryRun) return this.#dryRun();
		if (this.#spec.mode === 'resume' && !existsSync(stateFile)) throw nothingToResume(job.name);
		const isNew = !existsSync(stateFile);
		const ticker = setInterval(() => this.#tell(), PROGRESS_MS);
		let books: RunBooks | undefined;
		let run: RunRow | undefined;
		let destination: Destination | undefined;
		try {
			const store = await openDestination(job.destination, process.env, counting(this.#requestCount));
			destination = withRetry(store, {
				signal: this.#abort.signal,
				nudge: this.#nudge,
				onRetry: (notice) => {
					this.#waits = true;
					this.#reporter.event({ event: 'waiting', ...waitingFor(notice) });
				},
				onOver: () => {
					this.#waits = false;
				},
			});
			// A store that was never reached may be a slip of the pen; one that was is waited for.
			await (isNew ? store : destination).check();
			books = RunBooks.open(stateFile, 'create');
			refuseOther(books, this.#spec);
			const unfinished = books.runs.unfinished();
			if (!unfinished && this.#spec.mode === 'resume') throw nothingToResume(job.name);
			run = this.#beginRun(books, unfinished);
			await this.#work(books, run, destination);
			const summary = await this.#end(books, run, destination);
			this.#tell('last');
			return summary;
		} catch (thrown) {
			const error = toFirnError(describe(thrown, stateFile));
			return this.#interrupted(books, run, error);
		} finally {
			clearInterval(ticker);
			await this.#works?.terminate();
			await destination?.close();
			books?.close();
		}
	}

	#beginRun(books: RunBooks, unfinished: RunRow | undefined): RunRow {
		const { job, version, secretsDir, full, mode } = this.#spec;
		const goesOn = unfinished && !full;
		this.#afterInterruption = unfinished !== undefined || !books.runs.isTidy();
		books.transaction.begin();
		books.runs.setMeta('job', JSON.stringify(job));
		books.runs.setMeta('version', version);
		if (unfinished && !goesOn) {
			for (const { archive } of books.archives.open(unfinished.run)) books.archives.markAbandoned(archive);
			books.runs.interrupt(unfinished.run, 'abandoned', null);
		}
		const run = goesOn
			? unfinished
			: books.runs.begin(newRunId(new Date(), books.runs.lastId()), Date.now(), full, wantedScope(this.#spec));
		if (goesOn && mode === 'new') {
			// What is asked for now is done along with it.
			run.scope = together(unfinished.scope, wantedScope(this.#spec));
			books.runs.setScope(run.run, run.scope);
		}
		books.runs.reopen(run.run);
		books.runs.clearProblems(run.run);
		books.transaction.commit();
		// After the commit, so that no key is ever on disk whose run is unknown; it is there before it is used.
		if (unfinished && !goesOn) deleteRunKey(secretsDir, unfinished.id);
		if (job.encrypt && !readRunKey(secretsDir, run.id)) createRunKey(secretsDir, run.id);
		this.#linksMayBeLoose = goesOn === true;
		this.#resumed = goesOn === true;
		this.#reporter.event({ event: 'run', run: run.id, resumed: goesOn === true });
		return run;
	}

	/** Packs and stores until nothing is left to do. */
	async #work(books: RunBooks, run: RunRow, destination: Destination): Promise<void> {
		const { job, secretsDir, version } = this.#spec;
		await writeRecoverNote(destination, job);
		await destination.prepare?.(`${job.id}/${run.id}/`);
		const works = new ArchiveWorks({
			job,
			run,
			version,
			books,
			destination,
			prices: this.#spec.prices,
			requestCount: this.#requestCount,
			runKey: job.encrypt ? readRunKey(secretsDir, run.id) : undefined,
			reporter: this.#reporter,
			onProblem: (problem) => this.#problem(books, run, problem),
			onTorn: (entry) => {
				this.#torn.push(entry);
				this.#linksMayBeLoose = true;
			},
			onMissing: (entry) => {
				this.#missing.add(entryPath(entry));
				this.#linksMayBeLoose = true;
			},
			onGivenUp: () => {
				this.#scanAgain = true;
				this.#linksMayBeLoose = true;
			},
			onFailed: (error) => {
				this.#failure ??= error;
			},
			onChange: () => this.#wake(),
		});
		this.#works = works;
		works.adjust(job, this.#paused);
		await works.takeUpInterrupted();
		for (let attempt = 1; ; attempt++) {
			this.#scanAgain = false;
			if (attempt > 1) this.#forgetProblems(books, run);
			await this.#scan(books, run, works);
			if (attempt === 1) await this.#lookForRoom(destination, works.plannedBytes - works.finishedBytes);
			await this.#drain(books, run, works);
			books.transaction.begin();
			for (const { dir, name } of this.#comparer!.vanished()) books.entries.close(dir, name, run.run);
			const loose = [...this.#dropLooseLinks(books, run), ...this.#lookForStaleLinks(books, run)];
			if (attempt === ATTEMPTS) {
				for (const path of loose) this.#problem(books, run, { path, code: 'LINK_TARGET', message: LINK_TARGET });
				break;
			}
			if (!this.#scanAgain && loose.length === 0) break;
		}
		await works.close();
	}

	async #scan(books: RunBooks, run: RunRow, works: ArchiveWorks): Promise<void> {
		const { job, skipPaths } = this.#spec;
		this.#phase = 'scan';
		this.#scanDone = false;
		const options = {
			run: run.run,
			full: run.full,
			afterInterruption: this.#afterInterruption,
			gone: books.archives.gone(),
			extras: new Extras(job.extras ?? []),
			onEmptied: (path: string, count: () => number) => this.#emptied(path, count),
		};
		this.#links = new HardLinks();
		const comparer = new Comparer(books.entries, this.#links, options, works.underWay);
		this.#comparer = comparer;
		let sliceEnd = Date.now() + SLICE_MS;
		books.transaction.begin();
		for (const item of scanRun(job, skipPaths, run.scope)) {
			if ('problem' in item) this.#problem(books, run, item.problem);
			else if ('skipped' in item) this.#skipped(item.skipped);
			else comparer.compare(item.folder, (entry, link, own) => works.add(entry, link, own));
			if (Date.now() < sliceEnd && !works.isFull) continue;
			works.send();
			await this.#breathe();
			while (works.isFull) {
				works.makeRoom();
				await this.#changed();
			}
			books.transaction.begin();
			sliceEnd = Date.now() + SLICE_MS;
		}
		works.flush();
		this.#scanDone = true;
		this.#phase = 'upload';
	}

	/** Says when what is to be stored has no room. */
	async #lookForRoom(destination: Destination, bytes: number): Promise<void> {
		const message = await roomWarning(destination, bytes, this.#abort.signal);
		if (message) this.#reporter.event({ event: 'notice', level: 'warn', message });
	}

	/** Waits until all archives are stored; files that changed while they were packed are packed again meanwhile. */
	async #drain(books: RunBooks, run: RunRow, works: ArchiveWorks): Promise<void> {
		for (;;) {
			works.finishWhenIdle();
			while (works.busy) await this.#changed();
			this.#check();
			if (this.#torn.length === 0) return;
			books.transaction.begin();
			for (const entry of this.#torn.splice(0)) this.#packAgain(books, run, works, entry);
			works.flush();
		}
	}

	/** Hard links whose content did not come about, or too late: another scan packs them anew. */
	#dropLooseLinks(books: RunBooks, run: RunRow): string[] {
		if (!this.#linksMayBeLoose) return [];
		this.#linksMayBeLoose = false;
		const lost = new Set([...this.#missing].filter((path) => this.#links.targets.has(path)));
		this.#missing.clear();
		books.transaction.begin();
		return books.entries.dropLooseLinks(run.run, lost);
	}

	/**
	 * Hard links outside of the named paths, whose content was that of a file in them and is not any more: another scan
	 * looks at them too, and stores their content with them.
	 */
	#lookForStaleLinks(books: RunBooks, run: RunRow): string[] {
		if (!run.scope || !(this.#comparer!.hasEnded || this.#resumed)) return [];
		const stale = books.entries.staleLinks(run.scope.paths.map((path) => path.slice(1)));
		const there = stale.filter(isThere);
		for (const path of stale) if (!there.includes(path)) books.entries.closePath(path, run.run);
		// Noted, so that the run is the same one when it is resumed.
		run.scope = { ...run.scope, paths: [...new Set([...run.scope.paths, ...there.map((path) => `/${path}`)])] };
		books.runs.setScope(run.run, run.scope);
		return there;
	}

	/** Another scan finds those again that persist. */
	#forgetProblems(books: RunBooks, run: RunRow): void {
		this.#errors = 0;
		books.transaction.begin();
		books.runs.clearProblems(run.run);
	}

	#packAgain(books: RunBooks, run: RunRow, works: ArchiveWorks, entry: PlannedEntry): void {
		const path = entryPath(entry);
		const count = (this.#tornCounts.get(path) ?? 0) + 1;
		this.#tornCounts.set(path, count);
		if (count >= ATTEMPTS) {
			this.#problem(books, run, {
				path,
				code: 'CHANGED_WHILE_READ',
				message: `The file changed each of the ${ATTEMPTS} times it was read.`,
			});
			return;
		}
		const now = lookAgain(entry);
		if (now) works.add(now);
		this.#reporter.event({
			event: 'notice',
			level: 'info',
			message: `/${path} changed while it was read and is packed again.`,
		});
	}

	async #end(books: RunBooks, run: RunRow, destination: Destination): Promise<TaskSummary> {
		const { job, version, secretsDir } = this.#spec;
		this.#phase = 'finish';
		const { counts } = this.#comparer!;
		const works = this.#works!;
		// A snapshot may hold more than was looked at.
		const isAll = !run.scope && !job.extras?.length;
		if (!run.scope || run.scope.whole) this.#endLostExtras(books, run);
		const { files, bytes } = isAll ? counts : books.entries.totals();
		const totals = {
			files,
			bytes,
			newFiles: works.newFiles,
			newBytes: works.newBytes,
			errors: this.#errors,
		};
		const status = this.#errors > 0 ? 'partial' : 'complete';
		books.transaction.commit();
		const gone = await tidyStore({ jobId: job.id, books, destination, reporter: this.#reporter });
		const finished = new Date();
		await writeManifest(destination, job, run.id, books.manifest(job, run, status, totals, finished, version));
		// Before the run counts as ended, or else nobody would look for the key again. No archive is open any more.
		deleteRunKey(secretsDir, run.id);
		books.transaction.begin();
		for (const key of gone) books.archives.forgetAbandoned(key);
		books.runs.finish(run.run, status, totals, finished.getTime());
		books.transaction.commit();
		const summary = this.#summary(status, run);
		const lookedAt = run.scope?.whole === false ? { lookedAtFiles: counts.files } : {};
		return { ...summary, files, bytes, details: { ...summary.details, ...lookedAt } };
	}

	/** No scan of the job stores extras again that are in the store no more. */
	#endLostExtras(books: RunBooks, run: RunRow): void {
		const extras = new Extras(this.#spec.job.extras ?? []);
		const gone = books.archives.gone();
		if (this.#spec.job.extras?.length && gone.size > 0)
			books.entries.closeIn(gone, run.run, (path) => extras.around(path) !== '');
	}

	#interrupted(books: RunBooks | undefined, run: RunRow | undefined, error: FirnError): TaskSummary {
		const stopped = error.code === 'STOPPED';
		const status = stopped ? 'stopped' : 'failed';
		const unsaid = run && books?.interrupt(run, error);
		if (unsaid) this.#notice('warn', unsaid.message);
		return { ...this.#summary(status, run), ...(stopped ? {} : { error: error.toPlain() }) };
	}

	#summary(status: Outcome, run: RunRow | undefined): TaskSummary {
		const works = this.#works;
		return {
			status,
			run: run?.id ?? '',
			files: this.#comparer?.counts.files ?? 0,
			bytes: this.#comparer?.counts.bytes ?? 0,
			archives: works?.archivesDone ?? 0,
			errors: this.#errors + (status === 'failed' ? 1 : 0),
			details: {
				...(run ? { snapshot: run.run } : {}),
				unchangedFiles: this.#comparer?.counts.unchanged ?? 0,
				newFiles: works?.newFiles ?? 0,
				newBytes: works?.newBytes ?? 0,
				sentBytes: works?.sentBytes ?? 0,
				uploadedBytes: works?.uploadedBytes ?? 0,
				reusedBytes: works?.reusedBytes ?? 0,
				reusedParts: works?.reusedParts ?? 0,
				...sentRequests(requestsIn(this.#requestCount)),
			},
		};
	}

	/** Scans and compares as a run would; what it notes is rolled back. */
	async #dryRun(): Promise<TaskSummary> {
		const { job, stateFile, skipPaths, full } = this.#spec;
		const books = RunBooks.open(
			existsSync(stateFile) ? stateFile : ':memory:',
			existsSync(stateFile) ? 'write' : 'create',
		);
		const ticker = setInterval(() => this.#tell(), PROGRESS_MS);
		this.#phase = 'scan';
		try {
			books.transaction.begin();
			const run = (books.runs.unfinished()?.run ?? Number.MAX_SAFE_INTEGER) % 2 ** 30;
			const extras = new Extras(job.extras ?? []);
			const options = { run, full, gone: books.archives.gone(), extras };
			const comparer = new Comparer(books.entries, new HardLinks(), options, new Map());
			this.#comparer = comparer;
			const wanted = this.#wouldStore;
			let sliceEnd = Date.now() + SLICE_MS;
			for (const item of scanRun(job, skipPaths, wantedScope(this.#spec))) {
				this.#check();
				if (Date.now() >= sliceEnd) {
					await this.#breathe();
					sliceEnd = Date.now() + SLICE_MS;
				}
				if ('problem' in item) {
					this.#errors += 1;
					this.#reporter.event({ event: 'problem', problem: item.problem });
				} else if ('skipped' in item) {
					this.#skipped(item.skipped);
				} else {
					comparer.compare(item.folder, ({ type, size }) => {
						if (type !== 'file' && type !== 'hardlink') return;
						wanted.files += 1;
						wanted.bytes += size;
					});
				}
			}
			// An S3 store has no end.
			if (parseDestination(job.destination.url).kind !== 's3') {
				const store = await openDestination(job.destination);
				await this.#lookForRoom(store, wanted.bytes).finally(() => store.close());
			}
			this.#check();
			const summary = this.#summary(this.#errors > 0 ? 'partial' : 'complete', undefined);
			return {
				...summary,
				details: { ...summary.details, newFiles: wanted.files, newBytes: wanted.bytes, dryRun: 1 },
			};
		} catch (error) {
			if (!this.#abort.signal.aborted) throw error;
			return this.#summary('stopped', undefined);
		} finally {
			clearInterval(ticker);
			books.transaction.rollback();
			books.close();
		}
	}

	#problem(books: RunBooks, run: RunRow, problem: FileProblem): void {
		this.#errors += 1;
		books.transaction.begin();
		books.runs.addProblem(run.run, problem);
		if (this.#isNews(`${problem.path}\0${problem.code}`)) this.#reporter.event({ event: 'problem', problem });
	}

	/** What a person named must not be missing without a word; the rest is left out as documented. */
	#skipped({ path, reason }: { path: string; reason: SkipReason }): void {
		const { job, paths } = this.#spec;
		const what = job.sources.includes(`/${path}`) ? 'The source ' : paths?.includes(`/${path}`) ? '' : undefined;
		if (what !== undefined) this.#notice('warn', `${what}/${path} is left out: ${WHY_SKIPPED[reason]}.`);
		else if (reason === 'socket') this.#notice('info', `/${path} is a socket and is left out.`);
	}

	/** Deletions are backed up like all changes, but a disk that is not mounted looks the same. */
	#emptied(path: string, count: () => number): void {
		if (!this.#spec.job.sources.includes(`/${path}`)) return;
		const message = `The source /${path} is empty, and the last snapshot has ${count()} entries of it. Is its disk mounted?`;
		this.#notice('warn', message);
	}

	#notice(level: 'info' | 'warn', message: string): void {
		if (this.#isNews(message)) this.#reporter.event({ event: 'notice', level, message });
	}

	#isNews(text: string): boolean {
		if (this.#said.has(text)) return false;
		this.#said.add(text);
		return true;
	}

	/** Lets messages in. @throws what has gone wrong meanwhile */
	async #breathe(): Promise<void> {
		await new Promise(setImmediate);
		this.#check();
	}

	/** Waits for the next message of a pack thread. */
	async #changed(): Promise<void> {
		this.#check();
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		this.#check();
	}

	#check(): void {
		this.#abort.signal.throwIfAborted();
		if (this.#failure) throw this.#failure;
	}

	/** @param last what it came to, which stays on the screen */
	#tell(last?: 'last'): void {
		const now = Date.now();
		if (!last && now - this.#told < PROGRESS_MS / 2) return;
		this.#told = now;
		const counts = this.#comparer?.counts;
		const works = this.#works;
		this.#reporter.progress({
			kind: 'backup',
			phase: this.#phase,
			scannedFiles: counts?.files ?? 0,
			scannedBytes: counts?.bytes ?? 0,
			scanDone: this.#scanDone,
			unchangedFiles: counts?.unchanged ?? 0,
			plannedFiles: works?.plannedFiles ?? this.#wouldStore.files,
			plannedBytes: works?.plannedBytes ?? this.#wouldStore.bytes,
			packedFiles: works?.packedFiles ?? 0,
			packedBytes: works?.packedBytes ?? 0,
			finishedBytes: works?.finishedBytes ?? 0,
			sentBytes: works?.sentBytes ?? 0,
			uploadedBytes: works?.uploadedBytes ?? 0,
			...sentRequests(requestsIn(this.#requestCount)),
			reusedBytes: works?.reusedBytes ?? 0,
			reusedParts: works?.reusedParts ?? 0,
			archivesDone: works?.archivesDone ?? 0,
			errors: this.#errors,
			most: this.#spec.job.workers,
			limitUpload: this.#spec.job.limitUpload,
			paused: this.#paused,
			waiting: this.#waits,
			workers: works?.rows ?? [],
		});
	}
}

/** Whether there is something, as far as can be told. @param path archive path */
function isThere(path: string): boolean {
	try {
		return withOpenablePath(path, (place) => lstatSync(place, { throwIfNoEntry: false })) !== undefined;
	} catch (error) {
		return errnoCode(error) !== 'ENOENT' && errnoCode(error) !== 'ENOTDIR';
	}
}

const sentRequests = (requests: number): { requests?: number } => (requests === 0 ? {} : { requests });

const WHY_SKIPPED: Record<SkipReason, string> = {
	socket: 'it is a socket',
	'pseudo-fs': 'it belongs to a file system that the kernel makes up',
	'other-fs': 'it lies on another file system',
	own: 'Firn itself keeps its files there',
	excluded: 'an exclude pattern matches it',
};

const LINK_TARGET = 'The file that this hard link shares its content with could not be read.';
