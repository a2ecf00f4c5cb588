/**
 * One backup run, from the first folder scanned to the manifest. Scanning, comparing and book-keeping happen here, in
 * short slices between the messages of the pack threads; everything that takes CPU or network per byte is theirs.
 *
 * An interrupted run goes on with its open archives while it scans again: what it has stored already is unchanged by
 * then, and what changed meanwhile is noticed.
 */

import { existsSync } from 'node:fs';
import { type FirnError, toFirnError } from '../core/errors.ts';
import type { Adjustment, TaskReporter, TaskSummary } from '../core/task.ts';
import { replaceCredentials } from '../destinations/replace-credentials.ts';
import { readRunKey } from '../secrets/run-key.ts';
import { describe } from '../state/open-state.ts';
import type { RunRow } from '../state/run-store.ts';
import { ArchiveWorks } from './archives/archive-works.ts';
import { writeRecoverNote } from './finish.ts';
import { nothingToResume } from './own-state.ts';
import { roomWarning } from './room.ts';
import { type Begun, beginRun } from './run/begin-run.ts';
import { endRun } from './run/end-run.ts';
import { RunFlow } from './run/run-flow.ts';
import { RunNews } from './run/run-news.ts';
import { RunProgress } from './run/run-progress.ts';
import { scanAndPlan } from './run/scan-and-plan.ts';
import { ATTEMPTS, Unsettled } from './run/unsettled.ts';
import { RunBooks } from './run-books.ts';
import type { BackupSpec } from './spec.ts';
import { StoreLink } from './store-link.ts';

export class BackupRun {
	readonly #spec: BackupSpec;
	readonly #reporter: TaskReporter;
	readonly #flow = new RunFlow();
	readonly #news: RunNews;
	readonly #progress: RunProgress;
	#link: StoreLink | undefined;
	#works: ArchiveWorks | undefined;

	constructor(spec: BackupSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#reporter = reporter;
		this.#news = new RunNews(spec, reporter);
		this.#progress = new RunProgress(spec, reporter, this.#news);
	}

	/** Stops at the next safe point; what the store has acknowledged is kept. */
	stop(): void {
		this.#flow.stop();
	}

	/** Takes effect at once: the part under way is sent to its end, an archive in hand is finished. */
	adjust(change: Adjustment): void {
		const { job } = this.#spec;
		const progress = this.#progress;
		job.workers = change.workers ?? job.workers;
		job.limitUpload = change.limitUpload ?? job.limitUpload;
		progress.paused = change.pause ?? progress.paused;
		if (change.env) {
			replaceCredentials(change.env);
			this.#works?.replaceCredentials(change.env);
		}
		if (change.env || change.pause === false) this.#link?.nudge();
		if (change.pause === false) this.#works?.nudge();
		this.#works?.adjust(job, progress.paused);
		this.#flow.wake();
	}

	/** Runs to the end. Failures are told in the summary. */
	async execute(): Promise<TaskSummary> {
		const { job, stateFile, mode } = this.#spec;
		const isNew = !existsSync(stateFile);
		if (mode === 'resume' && isNew) throw nothingToResume(job.name);
		let books: RunBooks | undefined;
		let begun: Begun | undefined;
		this.#progress.begin();
		try {
			this.#link = await StoreLink.open(job.destination, { signal: this.#flow.signal, reporter: this.#reporter });
			this.#progress.link = this.#link;
			await this.#link.check(isNew);
			books = RunBooks.open(stateFile, 'create');
			begun = beginRun(books, this.#spec, this.#reporter);
			this.#news.bookIn(books, begun.run);
			await this.#storeAll(books, begun, this.#link);
			const summary = await this.#end(books, begun.run, this.#link);
			this.#progress.tellLast();
			return summary;
		} catch (thrown) {
			return this.#interrupted(books, begun?.run, toFirnError(describe(thrown, stateFile)));
		} finally {
			this.#progress.end();
			await this.#works?.terminate();
			await this.#link?.close();
			books?.close();
		}
	}

	/** Scans, packs and stores until nothing is left to do. */
	async #storeAll(books: RunBooks, begun: Begun, link: StoreLink): Promise<void> {
		const { job } = this.#spec;
		const { run, resumed } = begun;
		const told = { spec: this.#spec, news: this.#news, flow: this.#flow, progress: this.#progress };
		const { destination } = link;
		await writeRecoverNote(destination, job);
		await destination.prepare?.(`${job.id}/${run.id}/`);
		const unsettled = new Unsettled(books, run, this.#news, resumed);
		const works = this.#openWorks(books, run, link, unsettled);
		await works.takeUpInterrupted();
		for (let attempt = 1; ; attempt++) {
			unsettled.beginScan();
			if (attempt > 1) this.#news.forgetProblems();
			const { comparer, links } = await scanAndPlan({ ...told, books, begun, works });
			if (attempt === 1) await this.#lookForRoom(link, works);
			await this.#drain(books, works, unsettled);
			books.transaction.begin();
			for (const { dir, name } of comparer.vanished()) books.entries.close(dir, name, run.run);
			if (!unsettled.needsScan(comparer, links, attempt === ATTEMPTS)) break;
		}
		await works.close();
	}

	#openWorks(books: RunBooks, run: RunRow, link: StoreLink, unsettled: Unsettled): ArchiveWorks {
		const { job, version, prices, secretsDir } = this.#spec;
		const works = new ArchiveWorks({
			job,
			run,
			version,
			books,
			destination: link.destination,
			prices,
			requestCount: link.requestCount,
			runKey: job.encrypt ? readRunKey(secretsDir, run.id) : undefined,
			reporter: this.#reporter,
			onProblem: (problem) => this.#news.problem(problem),
			onTorn: (entry) => unsettled.torn(entry),
			onMissing: (entry) => unsettled.missing(entry),
			onGivenUp: () => unsettled.givenUp(),
			onFailed: (error) => this.#flow.fail(error),
			onChange: () => this.#flow.wake(),
		});
		works.adjust(job, this.#progress.paused);
		this.#works = works;
		this.#progress.work = works;
		return works;
	}

	/** Says when what is to be stored has no room. */
	async #lookForRoom({ destination }: StoreLink, { counts }: ArchiveWorks): Promise<void> {
		const message = await roomWarning(destination, counts.plannedBytes - counts.finishedBytes, this.#flow.signal);
		if (message) this.#news.notice('warn', message);
	}

	/** Waits until all archives are stored; files that changed while they were packed are packed again meanwhile. */
	async #drain(books: RunBooks, works: ArchiveWorks, unsettled: Unsettled): Promise<void> {
		for (;;) {
			works.finishWhenIdle();
			while (works.busy) await this.#flow.changed();
			this.#flow.check();
			if (!unsettled.hasTorn) return;
			books.transaction.begin();
			for (const entry of unsettled.takeTorn()) works.add(entry);
			works.flush();
		}
	}

	async #end(books: RunBooks, run: RunRow, { destination }: StoreLink): Promise<TaskSummary> {
		this.#progress.phase = 'finish';
		const { scanned, work } = this.#progress;
		const { errors } = this.#news;
		const given = { spec: this.#spec, reporter: this.#reporter, books, run, destination };
		const { status, files, bytes } = await endRun({ ...given, scanned, packed: work.packed, errors });
		const summary = this.#progress.summary(status, run);
		const lookedAt = run.scope?.whole === false ? { lookedAtFiles: scanned.files } : {};
		return { ...summary, files, bytes, details: { ...summary.details, ...lookedAt } };
	}

	#interrupted(books: RunBooks | undefined, run: RunRow | undefined, error: FirnError): TaskSummary {
		const stopped = error.code === 'STOPPED';
		const unsaid = run && books?.interrupt(run, error);
		if (unsaid) this.#news.notice('warn', unsaid.message);
		const summary = this.#progress.summary(stopped ? 'stopped' : 'failed', run);
		return { ...summary, ...(stopped ? {} : { error: error.toPlain() }) };
	}
}
