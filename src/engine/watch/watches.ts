/** The watchers of all jobs that begin when their sources change. */

import type { ScanOptions } from '../../backup/scan/types.ts';
import type { Job } from '../../config/job.ts';
import { scheduleOf } from '../../config/job-schedule.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { WatchView } from '../../core/schedule/watch-view.ts';
import type { Log } from '../log.ts';
import type { Begin } from '../tasks.ts';
import { Watch } from './watch.ts';

export interface WatchesOptions {
	/** Absolute paths that no run of the job reads. */
	skipPaths: (job: Job) => string[];
	now: () => number;
	/** When a job is due may have changed. */
	onChange: () => void;
	log: Log;
	env: NodeJS.ProcessEnv;
}

export class Watches {
	readonly #options: WatchesOptions;
	/** By id of the job. `what`: with which selection and trigger. */
	readonly #watches = new Map<string, { what: string; watch: Watch }>();

	constructor(options: WatchesOptions) {
		this.#options = options;
	}

	/** Watches for these jobs from now on, and for no others. */
	keep(jobs: readonly Job[]): void {
		const wanted = new Set<string>();
		for (const job of jobs) {
			const { trigger } = scheduleOf(job);
			if (trigger.kind !== 'change') continue;
			wanted.add(job.id);
			const selection = selectionOf(job, this.#options.skipPaths(job));
			const what = JSON.stringify([selection, trigger]);
			const known = this.#watches.get(job.id);
			if (known?.what === what) continue;
			known?.watch.close();
			this.#watches.set(job.id, { what, watch: this.#begin(job, selection, trigger) });
		}
		for (const [id, { watch }] of this.#watches) {
			if (wanted.has(id)) continue;
			watch.close();
			this.#watches.delete(id);
		}
	}

	/** When a run of the job is due because of changes, in ms since 1970. */
	due(job: Job): number | undefined {
		return this.#watches.get(job.id)?.watch.due;
	}

	view(job: Job): WatchView | undefined {
		return this.#watches.get(job.id)?.watch.view;
	}

	/** Starts a run of the job that takes in all that has changed. @throws what `start` throws */
	async taking<T>(job: Job, start: () => Promise<T>): Promise<T> {
		const watch = this.#watches.get(job.id)?.watch;
		await watch?.renew();
		try {
			return await start();
		} catch (error) {
			watch?.again();
			throw error;
		}
	}

	/** A run of the job, of which a failed one is repeated. */
	noting(job: Job, begin: Begin): Begin {
		return (reporter, id) => {
			const handle = begin(reporter, id);
			void handle.done.then(({ status }) => {
				if (status === 'failed') this.#watches.get(job.id)?.watch.again();
			});
			return handle;
		};
	}

	close(): void {
		for (const { watch } of this.#watches.values()) watch.close();
		this.#watches.clear();
	}

	#begin({ name }: Job, selection: ScanOptions, debounce: { quiet: number; atMost: number }): Watch {
		const { now, onChange, log, env } = this.#options;
		const limit = Number(env.FIRN_WATCH_LIMIT);
		return new Watch({
			selection,
			debounce,
			...(limit > 0 ? { limit } : {}),
			now,
			onChange,
			onRefused: (reason) =>
				log('warn', `The sources of job ${name} cannot be watched: ${safePrint(reason)}.`, {
					job: name,
					effect: 'They are scanned every so often instead.',
				}),
		});
	}
}

function selectionOf(job: Job, skipPaths: string[]): ScanOptions {
	const { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem } = job;
	return { sources, excludes, excludeSystem, excludeDeveloper, oneFileSystem, skipPaths };
}
