/**
 * Drive's quota units: what requests cost, and a pace that stays below what a user may spend: 325,000 a minute. It goes by
 * a clock that the threads of a task share: the time until which what they have spent lasts. Whoever spends moves it on.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** Units of a request. */
export const COST = { read: 5, list: 100, write: 50, download: 200, other: 5 } as const;

/** What nobody has spent piles up to a burst; with that the first minute stays below, too. */
const UNITS_A_MINUTE = 290_000;
const BURST = 30_000;
const NS_A_UNIT = BigInt(Math.round(60e9 / UNITS_A_MINUTE));
const BURST_NS = BigInt(BURST) * NS_A_UNIT;

export class Quota {
	readonly #clock: BigInt64Array;
	readonly #now: () => bigint;

	/**
	 * @param clock one slot, in memory that others may share; of its own if not given
	 * @param now nanoseconds of a clock that never goes back, the same one in all threads
	 */
	constructor(clock: BigInt64Array = new BigInt64Array(1), now: () => bigint = process.hrtime.bigint) {
		this.#clock = clock;
		this.#now = now;
	}

	/** Takes units and gives the milliseconds to wait before they may be spent. */
	take(units: number): number {
		for (;;) {
			const now = this.#now();
			const before = Atomics.load(this.#clock, 0);
			const rested = now - BURST_NS;
			const after = (before > rested ? before : rested) + BigInt(units) * NS_A_UNIT;
			if (Atomics.compareExchange(this.#clock, 0, before, after) !== before) continue;
			return Math.max(0, Number(after - now) / 1e6);
		}
	}

	/** Resolves when the units may be spent. @throws the reason of the signal */
	async spend(units: number, signal?: AbortSignal): Promise<void> {
		const ms = this.take(units);
		if (ms === 0) return;
		await sleep(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
	}
}
