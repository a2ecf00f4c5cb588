/** A run that only looks: it scans and compares as one does that stores, and what it notes is rolled back. */

import { existsSync } from 'node:fs';
import type { Adjustment, Outcome, TaskReporter, TaskSummary } from '../core/task.ts';
import type { Destination } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import type { PlannedEntry } from './plan/batch-codec.ts';
import { Comparer } from './plan/compare.ts';
import { Extras } from './plan/extras.ts';
import { HardLinks } from './plan/hard-links.ts';
import { roomWarning } from './room.ts';
import { RunFlow } from './run/run-flow.ts';
import { RunNews } from './run/run-news.ts';
import { NO_WORK, RunProgress, type Work } from './run/run-progress.ts';
import { RunQuote } from './run/run-quote.ts';
import { scanInSlices } from './run/scan-slices.ts';
import { RunBooks } from './run-books.ts';
import { wantedScope } from './run-scope.ts';
import { scanRun } from './scan/scan-run.ts';
import type { BackupSpec } from './spec.ts';

export class DryRun {
	readonly #spec: BackupSpec;
	readonly #flow = new RunFlow();
	readonly #news: RunNews;
	readonly #progress: RunProgress;
	readonly #wouldStore = new WouldStore();

	constructor(spec: BackupSpec, reporter: TaskReporter) {
		this.#spec = spec;
		this.#news = new RunNews(spec, reporter);
		this.#progress = new RunProgress(spec, reporter, this.#news);
		this.#progress.work = this.#wouldStore;
	}

	stop(): void {
		this.#flow.stop();
	}

	/** There is nothing to change: no workers, and nothing is sent. */
	adjust(_change: Adjustment): void {}

	/** @throws FirnError when the books cannot be read */
	async execute(): Promise<TaskSummary> {
		const { job, stateFile, prices } = this.#spec;
		let store: Destination | undefined;
		const isNew = !existsSync(stateFile);
		const books = RunBooks.open(isNew ? ':memory:' : stateFile, isNew ? 'create' : 'write');
		this.#progress.begin();
		this.#progress.phase = 'scan';
		try {
			store = await openDestination(job.destination);
			const quote = prices && new RunQuote(job, prices, store, books.runs.lastId() === undefined);
			await this.#scan(books, quote);
			await this.#lookForRoom(store);
			this.#flow.check();
			const summary = this.#summary(this.#news.errors > 0 ? 'partial' : 'complete');
			return { ...summary, ...(quote ? { quote: quote.answer() } : {}) };
		} catch (error) {
			if (!this.#flow.signal.aborted) throw error;
			return this.#summary('stopped');
		} finally {
			this.#progress.end();
			await store?.close();
			books.close();
		}
	}

	async #scan(books: RunBooks, quote: RunQuote | undefined): Promise<void> {
		const { job, skipPaths, full } = this.#spec;
		books.transaction.begin();
		const run = (books.runs.unfinished()?.run ?? Number.MAX_SAFE_INTEGER) % 2 ** 30;
		const options = { run, full, gone: books.archives.gone(), extras: new Extras(job.extras ?? []) };
		const comparer = new Comparer(books.entries, new HardLinks(), options, new Map());
		this.#progress.scanned = comparer.counts;
		await scanInSlices(scanRun(job, skipPaths, wantedScope(this.#spec)), {
			news: this.#news,
			onFolder: (folder) =>
				comparer.compare(folder, (entry, link, own) => {
					this.#wouldStore.add(entry);
					quote?.add(entry, link, own);
				}),
			between: () => this.#flow.breathe(),
		});
	}

	#summary(status: Outcome): TaskSummary {
		const summary = this.#progress.summary(status, undefined);
		return { ...summary, details: { ...summary.details, dryRun: 1 } };
	}

	/** Says when what would be stored has no room. */
	async #lookForRoom(store: Destination): Promise<void> {
		const message = await roomWarning(store, this.#wouldStore.packed.newBytes, this.#flow.signal);
		if (message) this.#news.notice('warn', message);
	}
}

/** Counts what is new or changed. */
class WouldStore implements Work {
	readonly packed = { newFiles: 0, newBytes: 0 };
	readonly rows = [];

	get counts(): Work['counts'] {
		const { newFiles, newBytes } = this.packed;
		return { ...NO_WORK.counts, plannedFiles: newFiles, plannedBytes: newBytes };
	}

	add({ type, size }: PlannedEntry): void {
		if (type !== 'file' && type !== 'hardlink') return;
		this.packed.newFiles += 1;
		this.packed.newBytes += size;
	}
}
