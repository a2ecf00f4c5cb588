/**
 * Gathers changed entries into batches and places each batch in an archive. Small things share a batch; a big file is
 * one by itself, so that archives fill evenly.
 */

import type { Slot } from './archive-planner.ts';
import type { PlannedEntry } from './batch-codec.ts';
import type { FirstName } from './hard-links.ts';

/** What entries are gathered in. */
export interface Batch<T> {
	readonly count: number;
	add(entry: PlannedEntry): void;
	/** Empties it. */
	take(): T;
}

export interface BatcherOptions<T> {
	/** batch-codec, or what takes its place where nothing is packed. */
	batch: Batch<T>;
	/** Content bytes after which a batch is full. */
	batchBytes: number;
	/** Finds the archive for a batch of this many TAR bytes. */
	place: (bytes: number, notBefore: number) => Slot;
	/** Takes the batch over; `count` entries, `bytes` TAR bytes. */
	onBatch: (slot: Slot, data: T, count: number, bytes: number) => void;
}

const KiB = 1024;
const BATCH_ENTRIES = 1024;
/** Header, PAX header and padding of an entry, from above but for very long names. */
const OVERHEAD = 3 * 512 + 512;

/** Small enough for archives to fill evenly, and for a batch to be no burden. */
export function batchBytesFor(splitSize: number): number {
	return Math.min(4 * KiB * KiB, Math.max(16 * KiB, splitSize / 8));
}

export class Batcher<T> {
	readonly #options: BatcherOptions<T>;
	#bytes = 0;
	#notBefore = 0;
	#firstNames: FirstName[] = [];

	constructor(options: BatcherOptions<T>) {
		this.#options = options;
	}

	/** TAR bytes gathered and not placed yet. */
	get gathered(): number {
		return this.#bytes;
	}

	/**
	 * @param link of a hard link: its first name, whose archive must not come after this entry's
	 * @param own of a first name: its record, which learns the archive
	 */
	add(entry: PlannedEntry, link?: FirstName, own?: FirstName): void {
		const bytes = entry.size + OVERHEAD + 4 * (entry.name.length + entry.folder.length + entry.link.length);
		if (bytes > this.#options.batchBytes) {
			this.flush();
			this.#append(entry, bytes, link, own);
			this.flush();
			return;
		}
		this.#append(entry, bytes, link, own);
		if (this.#bytes >= this.#options.batchBytes || this.#options.batch.count >= BATCH_ENTRIES) this.flush();
	}

	/** Places what is gathered. */
	flush(): void {
		const { batch } = this.#options;
		const { count } = batch;
		if (count === 0) return;
		const bytes = this.#bytes;
		const slot = this.#options.place(bytes, this.#notBefore);
		for (const first of this.#firstNames) first.sequence = slot.sequence;
		this.#firstNames = [];
		this.#notBefore = 0;
		this.#bytes = 0;
		this.#options.onBatch(slot, batch.take(), count, bytes);
	}

	#append(entry: PlannedEntry, bytes: number, link?: FirstName, own?: FirstName): void {
		this.#options.batch.add(entry);
		this.#bytes += bytes;
		if (link) this.#notBefore = Math.max(this.#notBefore, link.sequence);
		if (own) this.#firstNames.push(own);
	}
}
