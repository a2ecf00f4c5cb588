/**
 * One run of a job with mirror layout: what is new or changed at the sources is copied, then deletions are kept, moved or
 * followed. An interrupted run simply begins anew and finds what is right already: a folder tells itself what it holds,
 * and of a store the books know it.
 */

import { existsSync } from 'node:fs';
import type { Job } from '../../config/job.ts';
import { FirnError, toFirnError } from '../../core/errors.ts';
import { newRunId } from '../../core/ids.ts';
import { safePrint } from '../../core/safe-print.ts';
import { counted } from '../../core/sizes.ts';
import type { Adjustment, BackupProgress, FileProblem, Outcome, TaskReporter, TaskSummary } from '../../core/task.ts';
import { rootMissing } from '../../destinations/folder/errors.ts';
import { inFolder, makeRoot } from '../../destinations/folder/root-folder.ts';
import { replaceCredentials } from '../../destinations/replace-credentials.ts';
import { createRateLimit, setRateLimit } from '../../destinations/with-rate-limit.ts';
import { isPlainFolder, pairsOf } from '../../mirror/pairs.ts';
import { describe } from '../../state/open-state.ts';
import type { RunRow, RunScope } from '../../state/run-store.ts';
import { nothingToResume, refuseOther } from '../own-state.ts';
import { RunBooks } from '../run-books.ts';
import { together, wantedScope } from '../run-scope.ts';
import { scanRun } from '../scan/scan-run.ts';
import type { BackupSpec } from '../spec.ts';
import { StoreLink } from '../store-link.ts';
import { Flow } from './flow.ts';
import { FolderSite } from './folder/folder-site.ts';
import { checkDestination, checkInner, checkSources, KNOWN, type KnownMirror } from './known.ts';
import { checkLosses, type Losses } from './losses.ts';
import { costOf, quoteOf } from './mirror-cost.ts';
import { mountPoint } from './mount-point.ts';
import type { MirrorSite } from './site.ts';
import { StoreSite } from './store/store-site.ts';

const PROGRESS_MS = 250;

export class MirrorRun {
	readonly #spec: BackupSpec;
	readonly #reporter: TaskReporter;
	readonly #abort = new AbortController();
	readonly #flow: Flow;
	/** Of what is sent to a store. */
	readonly #rateLimit: SharedArrayBuffer;
	#phase: BackupProgress['phase'] = 'prepare';
	#scanDone = false;
	#errors = 0;
	#deleted = 0;
	#link: StoreLink | undefined;
	#site: MirrorSite | undefined;
	#scope: RunScope | undefined;
	/** The books may be those of a run that did not come to its end. */
	#afterInterruption = false;

	constructor(spec: BackupSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
		this.#flow = new Flow(this.#abort.signal, spec.job.limitUpload);
		this.#rateLimit = createRateLimit(spec.job.limitUpload);
	}

	/** Stops at the next safe point. */
	stop(): void {
		this.#abort.abort(new FirnError('STOPPED', 'The run was stopped.', { retry: 'later' }));
	}

	adjust(change: Adjustment): void {
		const { pause, limitUpload, env } = change;
		const { job } = this.#spec;
		job.workers = change.workers ?? job.workers;
		this.#flow.paused = pause ?? this.#flow.paused;
		this.#flow.limit = limitUpload ?? this.#flow.limit;
		if (limitUpload !== undefined) setRateLimit(this.#rateLimit, limitUpload);
		if (env) replaceCredentials(env);
		if (env || pause === false) this.#link?.nudge();
		this.#site?.adjust(change);
	}

	/** Runs to the end. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		const { job, stateFile, dryRun, mode } = this.#spec;
		if (mode === 'resume' && !existsSync(stateFile)) throw nothingToResume(job.name);
		const ticker = setInterval(() => this.#tell(), PROGRESS_MS);
		let books: RunBooks | undefined;
		let run: RunRow | undefined;
		try {
			const isKept = existsSync(stateFile) || !dryRun;
			books = RunBooks.open(isKept ? stateFile : ':memory:', 'create');
			refuseOther(books, this.#spec);
			const json = books.runs.getMeta(KNOWN);
			const known = json === undefined ? undefined : (JSON.parse(json) as KnownMirror);
			if (mode === 'resume' && !books.runs.unfinished()) throw nothingToResume(job.name);
			this.#scope = this.#scopeOf(books);
			await this.#prepare(known);
			if (!dryRun) run = this.#begin(books);
			this.#site = await this.#open(books, run, known);
			await this.#work(this.#site, books, run, known);
			return this.#end(books, run, known);
		} catch (thrown) {
			return this.#interrupted(books, run, toFirnError(describe(thrown, stateFile)));
		} finally {
			clearInterval(ticker);
			await this.#site?.close();
			await this.#link?.close();
			books?.close();
		}
	}

	/** What is to be looked at: that of an interrupted run, with what is asked for now. */
	#scopeOf(books: RunBooks): RunScope | undefined {
		const unfinished = books.runs.unfinished();
		if (this.#spec.mode === 'resume') return unfinished?.scope;
		const wanted = wantedScope(this.#spec);
		return unfinished && !this.#spec.dryRun ? together(unfinished.scope, wanted) : wanted;
	}

	/** Refuses where a disk seems to be missing, before anything is touched. */
	async #prepare(known: KnownMirror | undefined): Promise<void> {
		const { job, dryRun, confirmDeletions = 0 } = this.#spec;
		const root = job.destination.url;
		if (root.startsWith('/')) {
			if (known && !existsSync(root)) throw rootMissing(root);
			if (!dryRun) await inFolder(root, 'be made', this.#abort.signal, () => makeRoot(root));
			if (existsSync(root)) checkDestination(root, known);
		}
		if (!isPlainFolder(job)) {
			const options = { signal: this.#abort.signal, reporter: this.#reporter, rateLimit: this.#rateLimit };
			this.#link = await StoreLink.open(job.destination, options);
			if (!dryRun) await this.#link.check(known === undefined);
		}
		if (this.#deletions !== 'keep') checkSources(job.sources, known, job.name, confirmDeletions > 0);
	}

	/** They are judged over all of the job, so a run that looks at some paths takes none over. */
	get #deletions(): 'keep' | 'move' | 'follow' {
		return this.#isWhole ? deletionsOf(this.#spec.job) : 'keep';
	}

	get #isWhole(): boolean {
		return !this.#scope || this.#scope.whole;
	}

	async #open(books: RunBooks, run: RunRow | undefined, known: KnownMirror | undefined): Promise<MirrorSite> {
		const options = {
			spec: this.#spec,
			pairs: pairsOf(this.#spec.job.sources),
			flow: this.#flow,
			onProblem: (problem: FileProblem) => this.#problem(books, run, problem),
			onNotice: (message: string) => this.#notice(message),
		};
		const link = this.#link;
		const afterInterruption = this.#afterInterruption;
		if (!link) return new FolderSite({ ...options, books, afterInterruption });
		const isKnown = (source: string) => known?.sources[source] !== undefined;
		return StoreSite.open({ ...options, books, run, link, isKnown, afterInterruption });
	}

	#begin(books: RunBooks): RunRow {
		const { job, version } = this.#spec;
		books.transaction.begin();
		books.runs.setMeta('job', JSON.stringify(job));
		books.runs.setMeta('version', version);
		const unfinished = books.runs.unfinished();
		this.#afterInterruption = unfinished !== undefined || !books.runs.isTidy();
		const run =
			unfinished ?? books.runs.begin(newRunId(new Date(), books.runs.lastId()), Date.now(), false, this.#scope);
		books.runs.setScope(run.run, this.#scope);
		books.runs.reopen(run.run);
		books.runs.clearProblems(run.run);
		books.transaction.commit();
		this.#reporter.event({ event: 'run', run: run.id, resumed: unfinished !== undefined });
		return run;
	}

	async #work(site: MirrorSite, books: RunBooks, run: RunRow | undefined, known: KnownMirror | undefined) {
		const { job, skipPaths, dryRun } = this.#spec;
		const deletions = this.#deletions;
		this.#phase = 'upload';
		for (const item of scanRun(job, skipPaths, this.#scope)) {
			if ('problem' in item) this.#problem(books, run, item.problem);
			else if ('skipped' in item) this.#skipped(item.skipped.path);
			else await site.folder(item.folder);
		}
		this.#scanDone = true;
		await site.settle();
		this.#phase = 'finish';
		if (deletions === 'keep' && this.#isWhole) this.#tellEmptied(site, known);
		const refusal = deletions === 'keep' ? undefined : await this.#judge(site, known);
		if (deletions !== 'keep' && !refusal && !dryRun) await site.takeOut(deletions);
		await site.finish();
		if (refusal) throw refusal;
	}

	/** Nothing is lost where deletions are kept; but a disk that is not mounted is found out today, not on restore day. */
	#tellEmptied(site: MirrorSite, known: KnownMirror | undefined): void {
		for (const source of this.#spec.job.sources) {
			const files = known?.sources[source]?.files ?? 0;
			if (files === 0 || site.filesOf(source) > 0) continue;
			this.#notice(
				`The source ${safePrint(source)} is empty; it held ${counted(files, 'file')} at the last run. Is it mounted?`,
			);
		}
	}

	/** Whether the deletions may be taken over. What is not suspicious at all is never held up. */
	async #judge(site: MirrorSite, known: KnownMirror | undefined): Promise<FirnError | undefined> {
		const { job, dryRun, confirmDeletions = 0 } = this.#spec;
		const lost = await site.lost();
		const losses = job.sources.map(
			(source): Losses => ({
				source,
				kept: site.met.get(source) ?? 0,
				lost: lost.get(source) ?? 0,
				isKnown: known?.sources[source] !== undefined || site.isOwn(source),
			}),
		);
		this.#deleted = losses.reduce((sum, one) => sum + one.lost, 0);
		const count = this.#deleted;
		const refusal = this.#doubt(site, known, losses, confirmDeletions);
		if (count > 0 && (refusal || dryRun)) {
			const kept = losses.reduce((sum, one) => sum + one.kept, 0);
			const doubt = (refusal ?? this.#doubt(site, known, losses, 0))?.message;
			const { strangers, examples } = site;
			this.#reporter.event({
				...{ event: 'lost', count, strangers, kept, examples: [...examples] },
				...(doubt === undefined ? {} : { doubt }),
			});
		}
		if (refusal) this.#deleted = 0;
		return refusal;
	}

	/** Why it is held back when a person has agreed to so many deletions, if it is. */
	#doubt(
		site: MirrorSite,
		known: KnownMirror | undefined,
		losses: readonly Losses[],
		confirmed: number,
	): FirnError | undefined {
		const { job } = this.#spec;
		try {
			// Again: a disk may have gone while it was read.
			checkSources(job.sources, known, job.name, confirmed > 0);
			if (confirmed === 0) {
				checkInner(
					known,
					job.name,
					(source) => site.mounts.of(source),
					(path) => site.isMissing(path),
				);
			}
			checkLosses(losses, confirmed, job.name);
			return undefined;
		} catch (error) {
			return toFirnError(error);
		}
	}

	#end(books: RunBooks, run: RunRow | undefined, known: KnownMirror | undefined): TaskSummary {
		const status = this.#errors > 0 ? 'partial' : 'complete';
		if (run) {
			const { files, bytes, copied } = this.#site!.counts;
			const totals = { files, bytes, newFiles: copied.files, newBytes: copied.bytes, errors: this.#errors };
			books.transaction.begin();
			if (this.#isWhole) books.runs.setMeta(KNOWN, JSON.stringify(this.#knownNow(known)));
			books.runs.finish(run.run, status, totals, Date.now());
			books.transaction.commit();
		}
		const quote = this.#spec.dryRun && this.#link ? quoteOf(this.#spec, this.#site!) : {};
		return { ...this.#summary(status, run, this.#deletions), ...this.#cost(books, run), ...quote };
	}

	/** Only what lies in a store is charged for. */
	#cost(books: RunBooks, run: RunRow | undefined): Pick<TaskSummary, 'cost'> {
		return run && this.#link ? costOf(this.#spec, books, run, this.#site) : {};
	}

	/** A source that is not there now is remembered as it was. */
	#knownNow(known: KnownMirror | undefined): KnownMirror {
		const { job } = this.#spec;
		const sources: KnownMirror['sources'] = {};
		for (const source of job.sources) {
			const mount = mountPoint(source);
			const before = known?.sources[source];
			if (mount !== undefined) {
				const site = this.#site!;
				// An emptied source whose files are kept is told of in each run.
				const files = site.filesOf(source) || (this.#deletions === 'keep' ? (before?.files ?? 0) : 0);
				sources[source] = { mount, files, inner: site.mounts.of(source) };
			} else if (before) sources[source] = before;
		}
		const { url } = job.destination;
		return { mount: url.startsWith('/') ? (mountPoint(url) ?? '/') : '', sources };
	}

	#interrupted(books: RunBooks | undefined, run: RunRow | undefined, error: FirnError): TaskSummary {
		const isStopped = error.code === 'STOPPED';
		const status = isStopped ? 'stopped' : 'failed';
		const unsaid = run && books?.interrupt(run, error);
		if (unsaid) this.#notice(unsaid.message);
		// Books that could not be written are not asked, either.
		const cost = books && !unsaid ? this.#cost(books, run) : {};
		return { ...this.#summary(status, run, ''), ...cost, ...(isStopped ? {} : { error: error.toPlain() }) };
	}

	#summary(status: Outcome, run: RunRow | undefined, deletions: string): TaskSummary {
		const counts = this.#site?.counts;
		const made = this.#spec.dryRun ? counts?.planned : counts?.copied;
		return {
			status,
			run: run?.id ?? '',
			files: counts?.files ?? 0,
			bytes: counts?.bytes ?? 0,
			archives: 0,
			errors: this.#errors + (status === 'failed' ? 1 : 0),
			details: {
				layout: 'mirror',
				proof: this.#link ? 'checksum' : 'read',
				unchangedFiles: counts?.unchanged ?? 0,
				newFiles: made?.files ?? 0,
				newBytes: made?.bytes ?? 0,
				sentBytes: counts?.written ?? 0,
				uploadedBytes: (counts?.written ?? 0) + (counts?.reused.bytes ?? 0),
				reusedBytes: counts?.reused.bytes ?? 0,
				metadataOnly: counts?.metadata ?? 0,
				deletions,
				deletedFiles: this.#deleted,
				...(this.#spec.dryRun ? { dryRun: 1 } : {}),
			},
		};
	}

	#problem(books: RunBooks, run: RunRow | undefined, problem: FileProblem): void {
		this.#errors += 1;
		if (run) {
			books.transaction.begin();
			books.runs.addProblem(run.run, problem);
			books.transaction.commit();
		}
		this.#reporter.event({ event: 'problem', problem });
	}

	/** What a person named must not be missing without a word; the rest is left out as documented. */
	#skipped(path: string): void {
		if (this.#spec.job.sources.includes(`/${path}`)) this.#notice(`The source /${path} is left out.`);
	}

	#notice(message: string): void {
		this.#reporter.event({ event: 'notice', level: 'warn', message });
	}

	#tell(): void {
		const counts = this.#site?.counts;
		const copied = counts?.copied ?? { files: 0, bytes: 0 };
		this.#reporter.progress({
			kind: 'backup',
			phase: this.#phase,
			scannedFiles: counts?.files ?? 0,
			scannedBytes: counts?.bytes ?? 0,
			scanDone: this.#scanDone,
			unchangedFiles: counts?.unchanged ?? 0,
			plannedFiles: counts?.planned.files ?? 0,
			plannedBytes: counts?.planned.bytes ?? 0,
			packedFiles: copied.files,
			packedBytes: copied.bytes,
			finishedBytes: copied.bytes,
			sentBytes: counts?.written ?? 0,
			uploadedBytes: (counts?.written ?? 0) + (counts?.reused.bytes ?? 0),
			reusedBytes: counts?.reused.bytes ?? 0,
			reusedParts: counts?.reused.parts ?? 0,
			archivesDone: 0,
			errors: this.#errors,
			most: this.#link ? this.#spec.job.workers : 1,
			...(this.#site?.requests ? { requests: this.#site.requests } : {}),
			limitUpload: this.#flow.limit,
			paused: this.#flow.paused,
			waiting: this.#site?.waits ?? false,
			workers: this.#site?.rows ?? [],
		});
	}
}

function deletionsOf({ deletions }: Job): 'keep' | 'move' | 'follow' {
	return deletions ?? 'keep';
}
