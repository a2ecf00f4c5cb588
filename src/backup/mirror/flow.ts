/** Lets a mirror be stopped, paused and slowed down between two pieces of work. */

import { setTimeout as sleep } from 'node:timers/promises';

/** How long work may go on before messages are let in, in ms. */
const SLICE_MS = 15;

export class Flow {
	readonly signal: AbortSignal;
	/** Bytes a second; 0 is no limit. */
	limit: number;
	paused = false;
	#sliceEnd = 0;
	/** When the bytes so far may have been written, at the limit. */
	#due = 0;

	constructor(signal: AbortSignal, limit: number) {
		this.signal = signal;
		this.limit = limit;
	}

	/** Called often, with the bytes written since. @throws the reason of the stop */
	async pass(bytes = 0): Promise<void> {
		if (bytes > 0 && this.limit > 0) {
			this.#due = Math.max(this.#due, Date.now()) + (bytes / this.limit) * 1000;
			// In short naps, so that a stop or another limit takes effect at once.
			while (this.limit > 0 && this.#due > Date.now()) await this.#nap();
		}
		while (this.paused) await this.#nap();
		if (Date.now() >= this.#sliceEnd) {
			await new Promise(setImmediate);
			this.#sliceEnd = Date.now() + SLICE_MS;
		}
		this.signal.throwIfAborted();
	}

	async #nap(): Promise<void> {
		this.signal.throwIfAborted();
		await sleep(50);
	}
}
