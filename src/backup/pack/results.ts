/**
 * Results of entries that no part has completed yet, in columns instead of objects: a part of well compressed small files
 * holds a million of them.
 */

import type { PlannedEntry } from '../plan/batch-codec.ts';
import { PACK_STATUS, type ResultBlock } from './messages.ts';

/** What became of an entry, and where. */
export interface PackedEntry {
	batch: number;
	index: number;
	/** Raw offsets of its TAR bytes. */
	offset: number;
	end: number;
	status: (typeof PACK_STATUS)[number];
	sha256: Uint8Array | undefined;
	/** As in the header, where that is not what was planned. */
	actual: PlannedEntry | undefined;
	error: { code: string; message: string } | undefined;
}

const HASH = 32;
const FIRST_CAPACITY = 1024;

/** First in, first out; `end` never falls. */
export class ResultQueue {
	#block = emptyBlock(FIRST_CAPACITY);
	#ends = new Float64Array(FIRST_CAPACITY);
	length = 0;

	push(entry: PackedEntry): void {
		const at = this.length;
		if (at === this.#ends.length) this.#resize(at, at * 2);
		const block = this.#block;
		block.batch[at] = entry.batch;
		block.index[at] = entry.index;
		block.offset[at] = entry.offset;
		block.length[at] = entry.end - entry.offset;
		block.status[at] = PACK_STATUS.indexOf(entry.status);
		if (entry.sha256) block.sha256.set(entry.sha256, at * HASH);
		else block.sha256.fill(0, at * HASH, (at + 1) * HASH);
		if (entry.actual) block.actual.push([at, entry.actual]);
		if (entry.error) block.errors.push([at, entry.error]);
		this.#ends[at] = entry.end;
		this.length += 1;
	}

	/** How many of the first entries end at this raw offset or before it. */
	endingBy(raw: number): number {
		let low = 0;
		let high = this.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.#ends[middle]! <= raw) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** Takes the first `count` away. */
	take(count: number): ResultBlock {
		const block = this.#block;
		const taken: ResultBlock = {
			...copyOf(block, 0, count, count),
			actual: block.actual.filter(([at]) => at < count),
			errors: block.errors.filter(([at]) => at < count),
		};
		const left = this.length - count;
		this.#block.actual = block.actual.filter(([at]) => at >= count).map(([at, entry]) => [at - count, entry]);
		this.#block.errors = block.errors.filter(([at]) => at >= count).map(([at, error]) => [at - count, error]);
		this.#ends.copyWithin(0, count, this.length);
		this.#shift(count);
		this.length = left;
		return taken;
	}

	/** The first of what is left. */
	first(): { batch: number; index: number; offset: number; actual: PlannedEntry | undefined } | undefined {
		if (this.length === 0) return undefined;
		const { batch, index, offset, actual } = this.#block;
		const own = actual[0]?.[0] === 0 ? actual[0][1] : undefined;
		return { batch: batch[0]!, index: index[0]!, offset: offset[0]!, actual: own };
	}

	#shift(count: number): void {
		const { batch, index, offset, length, sha256, status } = this.#block;
		for (const column of [batch, index, offset, length, status]) column.copyWithin(0, count, this.length);
		sha256.copyWithin(0, count * HASH, this.length * HASH);
	}

	#resize(used: number, capacity: number): void {
		const { actual, errors } = this.#block;
		this.#block = { ...copyOf(this.#block, 0, used, capacity), actual, errors };
		const ends = new Float64Array(capacity);
		ends.set(this.#ends.subarray(0, used));
		this.#ends = ends;
	}
}

function emptyBlock(capacity: number): ResultBlock {
	return {
		batch: new Uint32Array(capacity),
		index: new Uint32Array(capacity),
		offset: new Float64Array(capacity),
		length: new Float64Array(capacity),
		sha256: new Uint8Array(capacity * HASH),
		status: new Uint8Array(capacity),
		actual: [],
		errors: [],
	};
}

/** The columns from `start` to `end`, in arrays of their own with room for `capacity`. */
function copyOf(block: ResultBlock, start: number, end: number, capacity: number): ResultBlock {
	const copy = emptyBlock(capacity);
	copy.batch.set(block.batch.subarray(start, end));
	copy.index.set(block.index.subarray(start, end));
	copy.offset.set(block.offset.subarray(start, end));
	copy.length.set(block.length.subarray(start, end));
	copy.sha256.set(block.sha256.subarray(start * HASH, end * HASH));
	copy.status.set(block.status.subarray(start, end));
	return copy;
}

export function transferables(block: ResultBlock): ArrayBuffer[] {
	return [block.batch, block.index, block.offset, block.length, block.sha256, block.status].map(
		(array) => array.buffer as ArrayBuffer,
	);
}
