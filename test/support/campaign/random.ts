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
		const out = Buffer.alloc(length);
		if (kind === 2) return out.fill(`line ${this.int(0, 1e9)} of a log that says little\n`);
		const mask = kind === 0 ? 0xffffffff : 0x0f0f0f0f;
		let at = 0;
		for (; at + 4 <= length; at += 4) out.writeUInt32LE((this.int(0, 0xffffffff) & mask) >>> 0, at);
		for (; at < length; at++) out[at] = this.int(0, 255);
		return out;
	}
}
