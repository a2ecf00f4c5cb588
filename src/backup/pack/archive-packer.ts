/**
 * Makes one archive out of the batches it is given: TAR stream, frames, encryption, parts. Knows with each part which
 * entries are complete with it and where to go on behind it. Sends nothing itself.
 */

import { TAR_END } from '../../archive/tar-header.ts';
import type { Compression } from '../../core/object-names.ts';
import { decodeBatch, entryPath, type PlannedEntry } from '../plan/batch-codec.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { EntryPacker, type PackResult } from './entry-packer.ts';
import type { ResultBlock } from './messages.ts';
import type { Owners } from './owners.ts';
import { type CutPart, PartCutter } from './part-cutter.ts';
import { RawWriter } from './raw-writer.ts';
import { ResultQueue } from './results.ts';

/** A part that is ready to be sent. */
export interface ReadyPart {
	part: CutPart;
	checkpoint: Buffer;
	/** Of the entries that are complete with this part. */
	results: ResultBlock;
	batchesDone: number;
}

export interface ArchivePackerOptions {
	compression: Compression;
	partSize: number;
	/** age header with the nonce as its last 16 bytes. */
	encryption?: { header: Buffer; fileKey: Buffer };
	owners: Owners;
	checkpoint?: Uint8Array;
	acquire: () => Buffer;
	onPart: (part: ReadyPart) => void;
	pace: () => Promise<void>;
}

const NONCE = 16;

export class ArchivePacker {
	readonly #options: ArchivePackerOptions;
	readonly #writer: RawWriter;
	readonly #cutter: PartCutter;
	readonly #entries: EntryPacker;
	/** Entries written that no part has completed yet. */
	readonly #open = new ResultQueue();
	/** Batches with such entries, encoded. */
	readonly #batches = new Map<number, Uint8Array>();
	/** The entry that is being written; what its header says is known to #entries. */
	#current: { batch: number; index: number; offset: number } | undefined;
	#next: { batch: number; index: number };
	/** Raw offset behind the last whole entry. */
	#entriesEnd: number;
	/** The entry inside which an interrupted archive goes on. */
	#straddling: PlannedEntry | undefined;
	readonly #headerHash: string | undefined;
	files = 0;
	path = '';

	constructor(options: ArchivePackerOptions) {
		this.#options = options;
		const { encryption } = options;
		const from = options.checkpoint ? decodeCheckpoint(options.checkpoint) : undefined;
		this.#next = { batch: from?.batch ?? 0, index: from?.index ?? 0 };
		this.#entriesEnd = from?.entryOffset ?? 0;
		this.#straddling = from?.entry;
		this.#headerHash = from?.headerHash;
		this.#writer = new RawWriter({
			compression: options.compression,
			onPayload: (bytes) => this.#cutter.write(bytes),
			...(from ? { resume: rawResume(from) } : {}),
		});
		this.#entries = new EntryPacker(this.#writer, options.owners, options.pace);
		// The rest of a chunk may fill a part at once: all else is ready by now.
		this.#cutter = new PartCutter({
			partSize: options.partSize,
			header: encryption?.header ?? Buffer.alloc(0),
			...(encryption ? { encryption: { fileKey: encryption.fileKey, nonce: encryption.header.subarray(-NONCE) } } : {}),
			acquire: options.acquire,
			onPart: (part) => this.#onPart(part),
			...(from
				? { resume: { number: from.part, position: { payload: from.payload, carry: from.carry, ended: from.ended } } }
				: {}),
		});
	}

	/** TAR bytes so far, payload bytes so far, the frame table. */
	get rawSize(): number {
		return this.#writer.offset;
	}

	/** Bytes of the object so far. */
	get objectSize(): number {
		return this.#cutter.objectSize;
	}

	get payloadSize(): number {
		return this.#writer.payloadSize;
	}

	get contentBytes(): number {
		return this.#entries.contentBytes;
	}

	get frames(): Buffer | undefined {
		return this.#writer.encodeFrames();
	}

	/** Takes the results of what is written but not complete with a part; after `finish` there is nothing. */
	takeUnfinished(): ResultBlock {
		return this.#open.take(this.#open.length);
	}

	/** Writes the entries of a batch; those that an earlier attempt has completed are passed over. */
	async addBatch(batch: number, data: Uint8Array): Promise<void> {
		if (batch < this.#next.batch) return;
		this.#batches.set(batch, data);
		const planned = decodeBatch(data);
		for (let index = batch === this.#next.batch ? this.#next.index : 0; index < planned.length; index++) {
			const entry = planned[index]!;
			this.path = entryPath(entry);
			const result = this.#begin(batch, index, entry);
			this.#end(result instanceof Promise ? await result : result, entry);
			this.#writer.boundary();
			if (this.#writer.buffered < this.#pacedAt) await this.#options.pace();
			this.#pacedAt = this.#writer.buffered;
		}
		this.#next = { batch: batch + 1, index: 0 };
	}

	/** Bytes in the frame when others last had a turn: fewer now means that a MiB has gone out. */
	#pacedAt = 0;

	/** Ends the TAR stream and cuts the final part. */
	finish(): void {
		this.#writer.write(TAR_END);
		this.#writer.flush();
		this.#cutter.finish();
	}

	/** Whether anything at all has been written into the TAR stream. */
	get isEmpty(): boolean {
		return this.#writer.offset === 0;
	}

	#begin(batch: number, index: number, entry: PlannedEntry): PackResult | Promise<PackResult> {
		const straddling = this.#straddling;
		this.#straddling = undefined;
		this.#next = { batch, index };
		this.#current = { batch, index, offset: this.#writer.offset };
		return straddling ? this.#entries.continue(straddling, this.#headerHash) : this.#entries.pack(entry);
	}

	#end(packed: PackResult, planned: PlannedEntry): void {
		const current = this.#current!;
		const used = this.#entries.used!;
		const { status, sha256, error } = packed;
		this.#entriesEnd = this.#writer.offset;
		// An entry that was gone on with is told as its header says, which an earlier attempt may have made otherwise.
		const actual = isOther(used, planned) ? used : undefined;
		this.#open.push({ ...current, end: this.#entriesEnd, status, sha256, actual, error });
		if (status === 'packed' && used.type === 'file') this.files += 1;
		this.#current = undefined;
		this.#next = { batch: current.batch, index: current.index + 1 };
	}

	#onPart(part: CutPart): void {
		const position = this.#writer.positionAt(part.after.payload);
		const results = this.#open.take(part.final ? this.#open.length : this.#open.endingBy(position.raw));
		const at = this.#open.first() ?? this.#current ?? { ...this.#next, offset: this.#entriesEnd };
		const used = at.offset < position.raw ? this.#usedAt(at) : undefined;
		for (const batch of this.#batches.keys()) if (batch < at.batch) this.#batches.delete(batch);
		this.#options.onPart({
			part,
			results,
			batchesDone: at.batch,
			checkpoint: encodeCheckpoint({
				part: part.number,
				payload: part.after.payload,
				ended: part.after.ended,
				raw: position.raw,
				framePayload: position.payload,
				...(position.frameHash === undefined ? {} : { frameHash: position.frameHash }),
				batch: at.batch,
				index: at.index,
				entryOffset: at.offset,
				...(used ? { entry: used, headerHash: this.#entries.headerHash(used) } : {}),
				carry: part.after.carry,
				...(position.frames ? { frames: position.frames } : {}),
			}),
		});
	}

	/** The entry that a part is cut in, as its header says. */
	#usedAt({ batch, index }: { batch: number; index: number }): PlannedEntry | undefined {
		const first = this.#open.first();
		if (first) return first.actual ?? decodeBatch(this.#batches.get(batch)!)[index];
		// The carried rest of a chunk alone may fill a part, before the entry it belongs to is taken up again.
		return this.#current ? this.#entries.used : this.#straddling;
	}
}

/** Whether the header of an entry says something else of its file than was planned. */
function isOther(used: PlannedEntry, planned: PlannedEntry): boolean {
	return (
		used.size !== planned.size ||
		used.mtimeNs !== planned.mtimeNs ||
		used.ctimeNs !== planned.ctimeNs ||
		used.ino !== planned.ino ||
		used.mode !== planned.mode ||
		used.uid !== planned.uid ||
		used.gid !== planned.gid
	);
}

function rawResume(from: Checkpoint): NonNullable<ConstructorParameters<typeof RawWriter>[0]['resume']> {
	return {
		position: {
			raw: from.raw,
			payload: from.framePayload,
			...(from.frameHash === undefined ? {} : { frameHash: from.frameHash }),
			...(from.frames ? { frames: from.frames } : {}),
		},
		from: from.entryOffset,
		payload: from.payload,
	};
}
