/**
 * Shared memory through which one thread hands bytes to another, that hashes them: pieces in order, in a ring of slots.
 * Both count the pieces; who is ahead waits for the other.
 */

/** What is in a slot: so many bytes, or one of these. */
export const BEGIN = -1;
export const DIGEST = -2;

export const SLOT = 256 * 1024;
const SLOTS = 8;
const HASH = 32;

/** Places in the words at the beginning; behind them is what each slot holds. */
const WRITTEN = 0;
const READ = 1;
const HOLDS = 2;
const WORDS = HOLDS + SLOTS;

/** A piece is hashed in a millisecond; a machine that was stopped meanwhile lets one wait end too early, but not five. */
const PATIENCE = { ms: 30_000, times: 5 };

export class HashRing {
	readonly shared: SharedArrayBuffer;
	readonly #words: Int32Array;
	readonly #slots: Buffer[];
	readonly #digest: Uint8Array;

	/** @param shared of the other side, or nothing to begin */
	constructor(shared = new SharedArrayBuffer(WORDS * 4 + HASH + SLOTS * SLOT)) {
		this.shared = shared;
		this.#words = new Int32Array(shared, 0, WORDS);
		this.#digest = new Uint8Array(shared, WORDS * 4, HASH);
		this.#slots = Array.from({ length: SLOTS }, (_, slot) => Buffer.from(shared, WORDS * 4 + HASH + slot * SLOT, SLOT));
	}

	/**
	 * Hands on at most SLOT bytes, or one of the words above; waits for a free slot.
	 * @returns false when the other side has taken nothing for long
	 */
	put(piece: Uint8Array | typeof BEGIN | typeof DIGEST): boolean {
		const words = this.#words;
		const written = words[WRITTEN]!;
		if (!this.#isReadUpTo((written - SLOTS + 1) | 0)) return false;
		const slot = written & (SLOTS - 1);
		if (typeof piece !== 'number') this.#slots[slot]!.set(piece);
		words[HOLDS + slot] = typeof piece === 'number' ? piece : piece.length;
		Atomics.store(words, WRITTEN, (written + 1) | 0);
		Atomics.notify(words, WRITTEN);
		return true;
	}

	/** The digest, once all that was put is hashed. Undefined when the other side is silent for long. */
	digest(): Uint8Array | undefined {
		return this.#isReadUpTo(this.#words[WRITTEN]!) ? this.#digest.slice() : undefined;
	}

	/** Hands each piece to `take`, which answers DIGEST with the digest, for ever. */
	serve(take: (piece: Uint8Array | typeof BEGIN | typeof DIGEST) => Uint8Array | undefined): never {
		const words = this.#words;
		for (let read = 0; ; read = (read + 1) | 0) {
			while (Atomics.load(words, WRITTEN) === read) Atomics.wait(words, WRITTEN, read);
			const slot = read & (SLOTS - 1);
			const holds = words[HOLDS + slot]!;
			const digest = take(holds === BEGIN || holds === DIGEST ? holds : this.#slots[slot]!.subarray(0, holds));
			if (digest) this.#digest.set(digest);
			Atomics.store(words, READ, (read + 1) | 0);
			Atomics.notify(words, READ);
		}
	}

	/** Waits until so many pieces are read. */
	#isReadUpTo(count: number): boolean {
		const words = this.#words;
		let times = 0;
		for (;;) {
			const read = Atomics.load(words, READ);
			if (((read - count) | 0) >= 0) return true;
			const ended = Atomics.wait(words, READ, read, PATIENCE.ms);
			times = ended === 'timed-out' ? times + 1 : 0;
			if (times === PATIENCE.times) return false;
		}
	}
}
