/** Watches the sources of one job, from the engine's side. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ScanOptions } from '../../backup/scan/types.ts';
import { besideModule } from '../../core/beside.ts';
import { type Debounce, dueAt, type Pending, withChange } from '../../core/schedule/debounce.ts';
import type { WatchView } from '../../core/schedule/watch-view.ts';
import type { FromWatch, WatchSpec } from './watch-process.ts';

export interface WatchOptions {
	selection: ScanOptions;
	debounce: Debounce;
	/** Watch no more folders than these. */
	limit?: number;
	now: () => number;
	/** When the next run is due may have changed. */
	onChange: () => void;
	/** Watching is not possible, or no more. */
	onRefused: (reason: string) => void;
}

export class Watch {
	readonly #options: WatchOptions;
	#child: ChildProcess | undefined;
	#pending: Pending | undefined;
	/** Nothing begins before, however long it is quiet. */
	#notBefore = 0;
	/** Lets go whoever waits for the process that begins. */
	#letGo: () => void = () => {};
	#view: WatchView = { state: 'starting', folders: 0, pending: 0, much: false };

	/** Begins to watch. What has changed before is not known, so a run is due once it is quiet. */
	constructor(options: WatchOptions) {
		this.#options = options;
		this.#pending = withChange(undefined, options.now());
		void this.#begin();
	}

	get view(): WatchView {
		return this.#view;
	}

	/** Of the process that watches. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** When a run is due, in ms since 1970; undefined while nothing has changed. */
	get due(): number | undefined {
		const due = dueAt(this.#pending, this.#options.debounce);
		return due === undefined ? undefined : Math.max(due, this.#notBefore);
	}

	/** Watches anew, as nothing is left to tell of what a run takes in that begins when this resolves. */
	async renew(): Promise<void> {
		this.#pending = undefined;
		this.#notBefore = 0;
		await this.#begin();
	}

	/** The run came to nothing: another one is due, but not at once. */
	again(): void {
		const { now, debounce, onChange } = this.#options;
		this.#pending = withChange(this.#pending, now());
		this.#notBefore = now() + debounce.atMost;
		onChange();
	}

	close(): void {
		const child = this.#child;
		this.#child = undefined;
		child?.removeAllListeners();
		child?.kill();
		this.#letGo();
	}

	async #begin(): Promise<void> {
		const reason = await this.#spawn(undefined);
		if (reason === undefined) return;
		this.#options.onRefused(reason);
		const failed = await this.#spawn(reason);
		if (failed !== undefined) this.#lost(failed);
	}

	/**
	 * Starts a process and waits until it watches.
	 * @param reason why it is to scan instead
	 * @returns why it cannot
	 */
	#spawn(reason: string | undefined): Promise<string | undefined> {
		this.close();
		this.#view = { state: 'starting', folders: 0, pending: 0, much: false };
		const { selection, debounce, limit, onRefused } = this.#options;
		const child = fork(fileURLToPath(besideModule(import.meta.url, 'watch-process')), {
			stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
			execArgv: ['--max-old-space-size=256'],
		});
		this.#child = child;
		const spec: WatchSpec = { selection };
		if (reason !== undefined) spec.scanEvery = debounce.atMost;
		else if (limit !== undefined) spec.limit = limit;
		return new Promise((resolve) => {
			this.#letGo = () => resolve(undefined);
			let isReady = false;
			let refusal = 'the watcher ended unexpectedly';
			child.on('message', (message: FromWatch) => {
				if (message.type === 'refused') refusal = message.reason;
				else if (message.type === 'changed') this.#changed(message.count, message.much);
				else {
					isReady = true;
					const state = reason === undefined ? 'watching' : 'scanning';
					this.#view = { ...this.#view, state, folders: message.folders, ...(reason === undefined ? {} : { reason }) };
					resolve(undefined);
				}
			});
			const ended = () => {
				if (!isReady) resolve(refusal);
				this.close();
				if (!isReady) return;
				onRefused(refusal);
				this.#lost(refusal);
			};
			child.on('error', ended).on('exit', ended);
			child.send(spec, (error) => error && ended());
		});
	}

	#changed(count: number, much: boolean): void {
		this.#pending = withChange(this.#pending, this.#options.now());
		this.#view = { ...this.#view, pending: count, much };
		this.#options.onChange();
	}

	/** What happens from now on is not known: a run looks, and watching is tried again before it. */
	#lost(reason: string): void {
		this.#view = { ...this.#view, state: 'lost', reason };
		this.again();
	}
}
