import { createCipheriv } from 'node:crypto';

/** Random numbers that a seed repeats. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
		this.#next();
	}

	/** [0, 1) (mulberry32). */
	#next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	/** A whole number from `from` to `to`, both included. */
	int(from: number, to: number): number {
		return from + Math.floor(this.#next() * (to - from + 1));
	}

	chance(probability: number): boolean {
		return this.#next() < probability;
	}

	pick<T>(values: readonly T[]): T {
		return values[this.int(0, values.length - 1)]!;
	}

	/** Bytes that compress not at all, somewhat, or very well. */
	bytes(length: number): Buffer {
		const kind = this.int(0, 2);
		if (kind === 2) return Buffer.alloc(length, `line ${this.int(0, 1e9)} of a log that says little\n`);
		const key = Buffer.alloc(16);
		for (let at = 0; at < 16; at++) key[at] = this.int(0, 255);
		const out = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
		if (kind === 1) for (let at = 0; at < length; at++) out[at]! &= 0x0f;
		return out;
	}
}
