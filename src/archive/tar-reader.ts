/**
 * Reads a TAR stream as it arrives, in pieces of any size: ustar, PAX, the GNU extensions (long names, base-256
 * numbers, sparse files). It must never trust what it reads, nor keep more of it than one extended header.
 *
 * Names are given as they stand; whoever writes files must refuse `..` and what leads through links.
 */

import type { Entry } from '../core/entry.ts';
import { FirnError } from '../core/errors.ts';
import { type PaxValues, paxNumber, readPaxRecords } from './pax-records.ts';
import type { SparseMap } from './sparse.ts';
import { dataSize, readEntry, typeFlag } from './tar-entry.ts';
import { BLOCK, badTar, isZero, verifyChecksum } from './tar-fields.ts';
import { DataMapReader, OldMapReader, segmentsOfRecord } from './tar-sparse-map.ts';

/** What is told of a TAR, in its order: for each entry onEntry, any number of onData, onEntryEnd. */
export interface TarHandler {
	/** @param info offset: of the first header block (the extended one, if there is one) in the TAR */
	onEntry(entry: Entry, info: { offset: number; sparse?: SparseMap }): void;
	/** Content of a file, a view that is good during the call only. `offset` is in the file, holes are left out. */
	onData(chunk: Uint8Array, offset: number): void;
	onEntryEnd(): void;
}

/** Longest extended header, as GNU tar and bsdtar have a limit too: names have 4 KiB on Linux. */
const LONGEST_HEADER = 1024 * 1024;

/** What the next bytes are. Blocks: a header or a map; `meta`: an extended header; `skip`: padding, data of no file. */
type State = 'header' | 'meta' | 'map' | 'old-map' | 'data' | 'skip' | 'end';

const NONE: PaxValues = new Map();
const NO_BYTES: Buffer = Buffer.alloc(0);

export class TarReader {
	readonly #handler: TarHandler;
	#state: State = 'header';
	/** A block that is not complete yet. */
	readonly #block = Buffer.alloc(BLOCK);
	#filled = 0;
	/** Bytes taken in all. */
	#offset = 0;
	#zeroBlocks = 0;

	readonly #scratch = Buffer.alloc(4 * BLOCK);
	#meta: Buffer = NO_BYTES;
	#metaFilled = 0;
	#metaFlag = '';
	readonly #global: PaxValues = new Map();
	#pax: PaxValues | undefined;

	/** Where the entry began, -1 between entries. */
	#entryOffset = -1;
	/** Its header, and all that extended headers say about it. */
	#header: Uint8Array = NO_BYTES;
	#values: PaxValues = NONE;
	/** Bytes of data of the entry, or of an extended header, that are still to come; then those of its padding. */
	#left = 0;
	#padding = 0;
	#isFile = false;
	/** Next byte in the file, its end in the current segment, and the segments after that. */
	#fileOffset = 0;
	#segmentEnd = 0;
	#segments: SparseMap['segments'] = [];
	#nextSegment = 0;
	#dataMap: DataMapReader | undefined;
	#oldMap: OldMapReader | undefined;

	constructor(handler: TarHandler) {
		this.#handler = handler;
	}

	/** Whether the end of the archive was seen; anything after it is ignored. */
	get ended(): boolean {
		return this.#state === 'end';
	}

	/** Takes the next bytes. @throws FirnError BAD_TAR, and whatever the handler throws */
	write(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length && this.#state !== 'end') {
			const used = this.#take(chunk, at);
			at += used;
			this.#offset += used;
		}
	}

	/** No more bytes. @throws FirnError BAD_TAR when an entry is cut off, BAD_TAR_END when the end of the archive is */
	end(): void {
		if (this.#state === 'end') return;
		if (this.#state === 'header' && this.#filled === 0 && this.#entryOffset === -1) {
			throw new FirnError('BAD_TAR_END', 'The TAR data ends without the mark of its end: the archive is cut off.', {
				guidance: 'Fetch the archive again; everything before the cut was read.',
			});
		}
		throw badTar(`it is cut off at byte ${this.#offset}`);
	}

	/** Takes some of the bytes from `at` on, at least one. Views of them are made only where somebody needs one. */
	#take(bytes: Uint8Array, at: number): number {
		switch (this.#state) {
			case 'data':
				return this.#data(bytes, at);
			case 'skip':
				return this.#skip(bytes.length - at);
			case 'meta':
				return this.#metaData(bytes, at);
			default:
				return this.#blocks(bytes, at);
		}
	}

	#blocks(bytes: Uint8Array, at: number): number {
		if (this.#filled === 0 && bytes.length - at >= BLOCK) {
			this.#onBlock(bytes.subarray(at, at + BLOCK));
			return BLOCK;
		}
		const used = Math.min(BLOCK - this.#filled, bytes.length - at);
		this.#block.set(bytes.subarray(at, at + used), this.#filled);
		this.#filled += used;
		if (this.#filled === BLOCK) {
			this.#filled = 0;
			this.#onBlock(this.#block);
		}
		return used;
	}

	#onBlock(block: Uint8Array): void {
		if (this.#state === 'map') this.#onMapBlock(block);
		else if (this.#state === 'old-map') this.#onOldMapBlock(block);
		else this.#onHeader(block);
	}

	#onHeader(block: Uint8Array): void {
		if (block[0] === 0 && isZero(block)) {
			if (this.#entryOffset !== -1) throw badTar('an extended header stands alone');
			this.#zeroBlocks += 1;
			if (this.#zeroBlocks === 2) this.#state = 'end';
			return;
		}
		if (this.#zeroBlocks > 0) throw badTar('there is a block of zeros between entries');
		verifyChecksum(block);
		if (this.#entryOffset === -1) this.#entryOffset = Math.floor(this.#offset / BLOCK) * BLOCK;
		const flag = typeFlag(block);
		if ('xgXLK'.includes(flag)) this.#beginMeta(block, flag);
		else this.#beginEntry(block, flag);
	}

	#beginEntry(block: Uint8Array, flag: string): void {
		if (flag === 'M') throw badTar('it is one volume of several');
		const pax = this.#mergeValues();
		this.#header = block;
		this.#values = pax;
		const size = flag === '1' ? 0 : dataSize(block, pax);
		this.#left = size;
		this.#padding = padding(size);
		// The name of a volume, and what old tars kept for names they could not hold: no entries.
		if (flag === 'V' || flag === 'N') this.#noEntry();
		else if (flag === 'S') this.#beginOldSparse(block);
		else if (isSparse(pax) && !'123456D'.includes(flag)) this.#beginSparse(pax);
		else this.#begin(size, undefined);
	}

	/** What extended headers say about the coming entry. An empty value takes back what stood before. */
	#mergeValues(): PaxValues {
		if (this.#global.size === 0 && !this.#pax) return NONE;
		const values = this.#global.size === 0 ? this.#pax! : new Map([...this.#global, ...(this.#pax ?? NONE)]);
		values.forEach(dropEmpty);
		return values;
	}

	#beginMeta(block: Uint8Array, flag: string): void {
		const size = dataSize(block, NONE);
		if (size > LONGEST_HEADER) throw badTar(`an extended header has ${size} bytes`);
		// What it says is needed up to the header behind it; only further ones before that need memory of their own.
		const isOnly = flag !== 'g' && !this.#pax && size <= this.#scratch.length;
		this.#meta = isOnly ? this.#scratch.subarray(0, size) : Buffer.allocUnsafeSlow(size);
		this.#metaFilled = 0;
		this.#metaFlag = flag;
		this.#padding = padding(size);
		this.#state = 'meta';
		if (size === 0) this.#endMeta();
	}

	#metaData(bytes: Uint8Array, at: number): number {
		const used = Math.min(bytes.length - at, this.#meta.length - this.#metaFilled);
		this.#meta.set(bytes.subarray(at, at + used), this.#metaFilled);
		this.#metaFilled += used;
		if (this.#metaFilled === this.#meta.length) this.#endMeta();
		return used;
	}

	#endMeta(): void {
		const flag = this.#metaFlag;
		if (flag === 'g') {
			readPaxRecords(this.#meta, this.#global);
		} else {
			this.#pax ??= new Map();
			if (flag === 'L' || flag === 'K') this.#pax.set(flag === 'L' ? 'path' : 'linkpath', untilZero(this.#meta));
			else readPaxRecords(this.#meta, this.#pax);
		}
		// A global header belongs to no entry, unless it stands between an entry's own.
		if (flag === 'g' && !this.#pax) this.#entryOffset = -1;
		this.#meta = NO_BYTES;
		this.#left = 0;
		this.#afterPadding();
	}

	#beginOldSparse(block: Uint8Array): void {
		this.#oldMap = new OldMapReader(block);
		if (this.#oldMap.more) this.#awaitMap('old-map');
		else this.#begin(this.#oldMap.list.realSize, this.#oldMap.list.finish(this.#left));
	}

	#onOldMapBlock(block: Uint8Array): void {
		const map = this.#oldMap!;
		map.take(block);
		if (!map.more) this.#begin(map.list.realSize, map.list.finish(this.#left));
	}

	#beginSparse(pax: PaxValues): void {
		const stated = pax.get('GNU.sparse.realsize') ?? pax.get('GNU.sparse.size');
		if (!stated) throw badTar('a sparse file has no size');
		const realSize = paxNumber(stated, 'GNU.sparse.size');
		const record = pax.get('GNU.sparse.map');
		if (record) {
			this.#begin(realSize, segmentsOfRecord(record, realSize).finish(this.#left));
			return;
		}
		if (paxNumber(pax.get('GNU.sparse.major')!, 'GNU.sparse.major') !== 1)
			throw badTar('a sparse file is of an unknown kind');
		this.#dataMap = new DataMapReader(realSize);
		this.#awaitMap('map');
		if (this.#left < BLOCK) throw badTar('a sparse file has no map');
	}

	/** The map comes in blocks of its own; the one in hand is only good for now. */
	#awaitMap(state: State): void {
		this.#header = Buffer.from(this.#header);
		this.#state = state;
	}

	#onMapBlock(block: Uint8Array): void {
		const map = this.#dataMap!;
		this.#left -= BLOCK;
		if (map.take(block)) this.#begin(map.list.realSize, map.list.finish(this.#left));
		else if (this.#left < BLOCK) throw badTar('the map of a sparse file is cut off');
	}

	/** All is known about an entry: its data follow. */
	#begin(size: number, sparse: SparseMap | undefined): void {
		const entry = readEntry(this.#header, this.#values, size);
		this.#isFile = entry.type === 'file';
		this.#fileOffset = 0;
		this.#segmentEnd = sparse ? 0 : size;
		this.#segments = sparse?.segments ?? [];
		this.#nextSegment = 0;
		const offset = this.#entryOffset;
		this.#pax = undefined;
		this.#dataMap = undefined;
		this.#oldMap = undefined;
		this.#entryOffset = -1;
		this.#handler.onEntry(entry, sparse ? { offset, sparse } : { offset });
		if (!this.#isFile) {
			this.#handler.onEntryEnd();
			this.#left += this.#padding;
			this.#padding = 0;
			this.#state = this.#left > 0 ? 'skip' : 'header';
		} else if (this.#left > 0) {
			this.#state = 'data';
		} else {
			this.#endData();
		}
	}

	#data(bytes: Uint8Array, at: number): number {
		if (this.#fileOffset === this.#segmentEnd) {
			const segment = this.#segments[this.#nextSegment++]!;
			this.#fileOffset = segment.offset;
			this.#segmentEnd = segment.offset + segment.length;
		}
		const used = Math.min(bytes.length - at, this.#left, this.#segmentEnd - this.#fileOffset);
		this.#handler.onData(used === bytes.length ? bytes : bytes.subarray(at, at + used), this.#fileOffset);
		this.#fileOffset += used;
		this.#left -= used;
		if (this.#left === 0) this.#endData();
		return used;
	}

	#endData(): void {
		this.#handler.onEntryEnd();
		this.#afterPadding();
	}

	#noEntry(): void {
		this.#pax = undefined;
		this.#entryOffset = -1;
		this.#afterPadding();
	}

	/** What is left of the data, and the padding behind it, mean nothing. */
	#afterPadding(): void {
		this.#left += this.#padding;
		this.#padding = 0;
		this.#state = this.#left > 0 ? 'skip' : 'header';
	}

	#skip(length: number): number {
		const used = Math.min(length, this.#left);
		this.#left -= used;
		if (this.#left === 0) this.#state = 'header';
		return used;
	}
}

function dropEmpty(value: Uint8Array, key: string, values: PaxValues): void {
	if (value.length === 0 && key !== 'GNU.sparse.map') values.delete(key);
}

const isSparse = (pax: PaxValues): boolean => pax.has('GNU.sparse.major') || pax.has('GNU.sparse.map');

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function untilZero(bytes: Buffer): Buffer {
	const end = bytes.indexOf(0);
	return end === -1 ? bytes : bytes.subarray(0, end);
}
