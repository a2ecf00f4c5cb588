/** The maps of sparse files as the GNU formats store them, read with suspicion: they decide where bytes are written. */

import { MOST_SEGMENTS, type SparseMap } from './sparse.ts';
import { BLOCK, badTar, numberField } from './tar-fields.ts';

type Segment = SparseMap['segments'][number];

const OLD_SPARSE = 386;
const OLD_EXTENDED = 482;
const OLD_REAL_SIZE = 483;

/** Collects segments: ascending, apart, inside the file. */
export class SegmentList {
	readonly realSize: number;
	readonly segments: Segment[] = [];
	/** Bytes that the segments have together. */
	stored = 0;
	#end = 0;

	constructor(realSize: number) {
		this.realSize = realSize;
	}

	/** @throws FirnError BAD_TAR */
	add(offset: number, length: number): void {
		if (offset < this.#end || length > this.realSize - offset) throw badTar('the map of a sparse file is wrong');
		if (length === 0) return;
		if (this.segments.length === MOST_SEGMENTS) throw badTar('the map of a sparse file is too long');
		this.segments.push({ offset, length });
		this.stored += length;
		this.#end = offset + length;
	}

	/** The map, if the segments have as many bytes as the archive holds. @throws FirnError BAD_TAR */
	finish(storedSize: number): SparseMap {
		if (this.stored !== storedSize) throw badTar('the map of a sparse file does not match its size');
		return { realSize: this.realSize, segments: this.segments };
	}
}

/** Format 1.0: decimal lines at the start of the data, taken block by block. */
export class DataMapReader {
	readonly list: SegmentList;
	#value = 0;
	#digits = 0;
	/** Numbers that are still to come; unknown until the count is read. */
	#left = -1;
	#offset = -1;

	constructor(realSize: number) {
		this.list = new SegmentList(realSize);
	}

	/** Takes a block; true when the map ended in it. @throws FirnError BAD_TAR */
	take(block: Uint8Array): boolean {
		for (let at = 0; at < BLOCK; at++) {
			const byte = block[at]!;
			if (byte === 0x0a) {
				if (this.#digits === 0) throw badTar('the map of a sparse file is malformed');
				if (this.#line(this.#value)) return true;
				this.#value = 0;
				this.#digits = 0;
			} else {
				if (byte < 0x30 || byte > 0x39) throw badTar('the map of a sparse file is malformed');
				this.#value = this.#value * 10 + byte - 0x30;
				this.#digits += 1;
				if (this.#digits > 16 || !Number.isSafeInteger(this.#value))
					throw badTar('the map of a sparse file is malformed');
			}
		}
		return false;
	}

	#line(value: number): boolean {
		if (this.#left === -1) {
			// A segment of no bytes, as GNU tar ends a map with, is not counted by the list.
			if (value > MOST_SEGMENTS + 1) throw badTar('the map of a sparse file is too long');
			this.#left = value;
		} else if (this.#offset === -1) {
			this.#offset = value;
		} else {
			this.list.add(this.#offset, value);
			this.#offset = -1;
			this.#left -= 1;
		}
		return this.#left === 0;
	}
}

/** Formats 0.0 and 0.1: the map is a PAX record of decimal numbers between commas. @throws FirnError BAD_TAR */
export function segmentsOfRecord(record: Uint8Array, realSize: number): SegmentList {
	const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('latin1');
	const numbers = text === '' ? [] : text.split(',');
	if (numbers.length % 2 !== 0) throw badTar('the map of a sparse file is malformed');
	const list = new SegmentList(realSize);
	for (let at = 0; at < numbers.length; at += 2) list.add(decimal(numbers[at]!), decimal(numbers[at + 1]!));
	return list;
}

function decimal(text: string): number {
	const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
	if (!Number.isSafeInteger(value)) throw badTar('the map of a sparse file is malformed');
	return value;
}

/** The old GNU format ('S'): four segments in the header, 21 in each block that follows it. */
export class OldMapReader {
	readonly list: SegmentList;

	constructor(header: Uint8Array) {
		const realSize = numberField(header, OLD_REAL_SIZE, 12, 'the real size');
		if (realSize < 0) throw badTar('a size is negative');
		this.list = new SegmentList(realSize);
		this.#segments(header, OLD_SPARSE, 4);
		this.more = header[OLD_EXTENDED] !== 0;
	}

	/** Whether another block of segments follows. */
	more: boolean;

	/** Takes the next block of segments. @throws FirnError BAD_TAR */
	take(block: Uint8Array): void {
		this.#segments(block, 0, 21);
		this.more = block[504] !== 0;
	}

	#segments(block: Uint8Array, from: number, count: number): void {
		for (let index = 0; index < count; index++) {
			const at = from + index * 24;
			if (block[at] === 0) return;
			const offset = numberField(block, at, 12, 'a sparse segment');
			const length = numberField(block, at + 12, 12, 'a sparse segment');
			if (offset < 0 || length < 0) throw badTar('the map of a sparse file is wrong');
			this.list.add(offset, length);
		}
	}
}
