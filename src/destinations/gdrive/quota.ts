/**
 * Drive's quota units: what requests cost, and a pace that stays below what a user may spend: 325,000 a minute. Each
 * thread of a run has a bucket of its own, so one takes no more than a third; Drive itself slows down what is more.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** Units of a request. */
export const COST = { read: 5, list: 100, write: 50, download: 200, other: 5 } as const;

const UNITS_A_MINUTE = 325_000 / 3;
const BURST = 30_000;

export class Quota {
	#left = BURST;
	#at: number;
	readonly #now: () => number;

	/** @param now milliseconds of a clock that never goes back */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
		this.#at = now();
	}

	/** Takes units and gives the milliseconds to wait before they may be spent. */
	take(units: number): number {
		const now = this.#now();
		this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 60_000) * UNITS_A_MINUTE) - units;
		this.#at = now;
		return this.#left >= 0 ? 0 : (-this.#left / UNITS_A_MINUTE) * 60_000;
	}

	/** Resolves when the units may be spent. @throws the reason of the signal */
	async spend(units: number, signal?: AbortSignal): Promise<void> {
		const ms = this.take(units);
		if (ms === 0) return;
		await sleep(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
	}
}
