/** Where a run is, and what it has come to: told while it goes on, and in its last word. */

import type { BackupProgress, Outcome, TaskReporter, TaskSummary, WorkerRow } from '../../core/task.ts';
import type { RunRow } from '../../state/run-store.ts';
import type { CompareCounts } from '../plan/compare.ts';
import type { BackupSpec } from '../spec.ts';
import type { RunNews } from './run-news.ts';

const PROGRESS_MS = 250;

/** What is done with the files that are new or changed. */
export interface Work {
	readonly counts: Pick<
		BackupProgress,
		| 'plannedFiles'
		| 'plannedBytes'
		| 'packedFiles'
		| 'packedBytes'
		| 'finishedBytes'
		| 'sentBytes'
		| 'uploadedBytes'
		| 'reusedBytes'
		| 'reusedParts'
		| 'archivesDone'
	>;
	/** What has come into archives. */
	readonly packed: { newFiles: number; newBytes: number };
	readonly rows: WorkerRow[];
}

export const NO_WORK: Work = {
	counts: {
		plannedFiles: 0,
		plannedBytes: 0,
		packedFiles: 0,
		packedBytes: 0,
		finishedBytes: 0,
		sentBytes: 0,
		uploadedBytes: 0,
		reusedBytes: 0,
		reusedParts: 0,
		archivesDone: 0,
	},
	packed: { newFiles: 0, newBytes: 0 },
	rows: [],
};

export class RunProgress {
	readonly #spec: BackupSpec;
	readonly #reporter: TaskReporter;
	readonly #news: RunNews;
	#ticker: NodeJS.Timeout | undefined;
	#told = 0;
	phase: BackupProgress['phase'] = 'prepare';
	scanDone = false;
	paused = false;
	/** Of the scan in hand. */
	scanned: CompareCounts = { files: 0, bytes: 0, unchanged: 0 };
	work: Work = NO_WORK;
	/** The way to the store, when there is one. */
	link: { readonly requests: number; readonly waits: boolean } | undefined;

	constructor(spec: BackupSpec, reporter: TaskReporter, news: RunNews) {
		this.#spec = spec;
		this.#reporter = reporter;
		this.#news = news;
	}

	/** Tells it now and then. */
	begin(): void {
		this.#ticker = setInterval(() => this.#tell(), PROGRESS_MS);
	}

	end(): void {
		clearInterval(this.#ticker);
	}

	/** What it came to stays on the screen. */
	tellLast(): void {
		this.#told = 0;
		this.#tell();
	}

	summary(status: Outcome, run: RunRow | undefined): TaskSummary {
		const { files, bytes, unchanged } = this.scanned;
		const { archivesDone, sentBytes, uploadedBytes, reusedBytes, reusedParts } = this.work.counts;
		return {
			status,
			run: run?.id ?? '',
			files,
			bytes,
			archives: archivesDone,
			errors: this.#news.errors + (status === 'failed' ? 1 : 0),
			details: {
				...(run ? { snapshot: run.run } : {}),
				unchangedFiles: unchanged,
				...this.work.packed,
				sentBytes,
				uploadedBytes,
				reusedBytes,
				reusedParts,
				...this.#requests(),
			},
		};
	}

	#tell(): void {
		const now = Date.now();
		if (now - this.#told < PROGRESS_MS / 2) return;
		this.#told = now;
		const { files, bytes, unchanged } = this.scanned;
		const { workers, limitUpload } = this.#spec.job;
		this.#reporter.progress({
			kind: 'backup',
			phase: this.phase,
			scannedFiles: files,
			scannedBytes: bytes,
			scanDone: this.scanDone,
			unchangedFiles: unchanged,
			...this.work.counts,
			...this.#requests(),
			errors: this.#news.errors,
			most: workers,
			limitUpload,
			paused: this.paused,
			waiting: this.link?.waits ?? false,
			workers: this.work.rows,
		});
	}

	#requests(): { requests?: number } {
		const requests = this.link?.requests ?? 0;
		return requests === 0 ? {} : { requests };
	}
}
