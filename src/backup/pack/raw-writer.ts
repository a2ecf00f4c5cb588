/**
 * Collects the TAR stream of an archive, cuts it into compressed frames where asked, and hands the result on. It knows
 * at each moment from which raw offset the stream would have to be made again to go on at a given payload offset.
 *
 * Frames end at the first entry boundary behind FRAME_SIZE raw bytes, and every FRAME_SIZE inside a big file. The rule
 * depends on nothing but the stream since the last frame, so a frame made again has the same bytes.
 */

import { createHash } from 'node:crypto';
import { FrameTable } from '../../archive/frame-table.ts';
import { compressFrame, FRAME_SIZE } from '../../archive/frames.ts';
import { FirnError } from '../../core/errors.ts';
import type { Compression } from '../../core/object-names.ts';

/** Small files are read whole into the window: content up to here plus headers must fit beside one frame. */
export const SMALL_FILE = 512 * 1024;
/** One frame, one small file, and the dropped beginning of the entry at which an interrupted archive goes on. */
const WINDOW = 3 * FRAME_SIZE;

/** From where the raw stream is made again. */
export interface RawPosition {
	raw: number;
	/** Payload offset at which the bytes made again begin; those before `CutPosition.payload` are dropped. */
	payload: number;
	/** SHA-256 of the first frame made again, hex; it must come out the same. */
	frameHash?: string;
	/** Encoded table of the frames before. */
	frames?: Uint8Array;
}

interface Frame {
	raw: number;
	payload: number;
	data: Buffer;
}

export interface RawWriterOptions {
	compression: Compression;
	/** Receives payload bytes (reused when it returns); gives the payload offset from which on bytes are still open. */
	onPayload: (bytes: Uint8Array) => number;
	resume?: {
		position: RawPosition /** Raw offset at which the caller starts writing. */;
		from: number;
		payload: number;
	};
}

export class RawWriter {
	readonly window = Buffer.allocUnsafe(WINDOW);
	/** Bytes in the window. */
	fill = 0;
	readonly #options: RawWriterOptions;
	#base: number;
	/** Raw bytes before this offset are in earlier parts and are dropped. */
	readonly #start: number;
	#payload: number;
	readonly #payloadStart: number;
	#expectedHash: string | undefined;
	/** Frames that may still be needed to say where to go on. */
	#recent: Frame[] = [];
	/** Lengths [raw, payload] of all frames so far. */
	readonly #frames: [number, number][] = [];

	constructor(options: RawWriterOptions) {
		this.#options = options;
		const resume = options.resume;
		this.#base = resume?.from ?? 0;
		this.#start = resume?.position.raw ?? 0;
		this.#payload = resume?.position.payload ?? 0;
		this.#payloadStart = resume?.payload ?? 0;
		this.#expectedHash = resume?.position.frameHash;
		if (resume?.position.frames) this.#frames.push(...frameLengths(resume.position.frames));
	}

	/** Raw offset of the next byte. */
	get offset(): number {
		return this.#base + this.fill;
	}

	/** Raw offset of the window's first byte. */
	get base(): number {
		return this.#base;
	}

	get payloadSize(): number {
		return this.#payload;
	}

	/** Free bytes in the window. */
	get room(): number {
		return WINDOW - this.fill;
	}

	/** Raw bytes of the frame in hand. */
	get buffered(): number {
		return this.offset - Math.max(this.#base, this.#start);
	}

	/** Appends bytes, handing full frames on. */
	write(bytes: Uint8Array): void {
		let at = 0;
		while (at < bytes.length) {
			const take = Math.min(this.roomInFrame(), bytes.length - at);
			this.window.set(bytes.subarray(at, at + take), this.fill);
			this.fill += take;
			at += take;
		}
	}

	/** Room for the next bytes of a big file: up to the end of the frame, at least one byte. */
	roomInFrame(): number {
		if (this.offset < this.#start) {
			if (this.room === 0) this.flush();
			return Math.min(this.room, this.#start - this.offset);
		}
		if (this.#base < this.#start) this.flush();
		if (this.buffered >= FRAME_SIZE || this.room === 0) this.flush();
		return Math.min(this.room, Math.max(1, FRAME_SIZE - this.buffered));
	}

	/** An entry ended here. */
	boundary(): void {
		if (this.buffered >= FRAME_SIZE) this.flush();
	}

	/** Hands on what the window holds, as one frame. */
	flush(): void {
		const from = Math.max(0, this.#start - this.#base);
		const raw = this.window.subarray(Math.min(from, this.fill), this.fill);
		const rawOffset = this.#base + from;
		this.#base += this.fill;
		this.fill = 0;
		if (raw.length === 0) return;
		if (this.#options.compression === 'none') {
			this.#payload += raw.length;
			this.#options.onPayload(raw);
			return;
		}
		const data = compressFrame(this.#options.compression, raw);
		this.#checkFirst(data);
		this.#recent.push({ raw: rawOffset, payload: this.#payload, data });
		this.#frames.push([raw.length, data.length]);
		const drop = Math.max(0, this.#payloadStart - this.#payload);
		this.#payload += data.length;
		if (drop < data.length) this.#forgetBefore(this.#options.onPayload(data.subarray(drop)));
	}

	/** Where to make the stream again when the object goes on at this payload offset. */
	positionAt(payload: number): RawPosition {
		if (this.#options.compression === 'none') return { raw: payload, payload };
		const straddling = this.#recent.findIndex((frame) => frame.payload + frame.data.length > payload);
		if (straddling === -1) {
			return {
				raw: this.#rawEnd(),
				payload: this.#payload,
				// Nothing was made again yet.
				...(this.#expectedHash === undefined ? {} : { frameHash: this.#expectedHash }),
				frames: this.#encodeFrames(this.#frames.length),
			};
		}
		this.#recent = this.#recent.slice(straddling);
		const frame = this.#recent[0]!;
		return {
			raw: frame.raw,
			payload: frame.payload,
			frameHash: createHash('sha256').update(frame.data).digest('hex'),
			frames: this.#encodeFrames(this.#frames.length - this.#recent.length),
		};
	}

	/** The frame table of the whole archive; undefined without compression. */
	encodeFrames(): Buffer | undefined {
		return this.#options.compression === 'none' ? undefined : this.#encodeFrames(this.#frames.length);
	}

	/** Frames that lie wholly before this payload offset are never gone back to. */
	#forgetBefore(payload: number): void {
		const needed = this.#recent.findIndex((frame) => frame.payload + frame.data.length > payload);
		this.#recent = needed === -1 ? [] : needed === 0 ? this.#recent : this.#recent.slice(needed);
	}

	#rawEnd(): number {
		const last = this.#recent.at(-1);
		return last ? last.raw + this.#frames.at(-1)![0] : Math.max(this.#base, this.#start);
	}

	#checkFirst(data: Buffer): void {
		const expected = this.#expectedHash;
		this.#expectedHash = undefined;
		if (expected !== undefined && createHash('sha256').update(data).digest('hex') !== expected) throw diverged();
	}

	#encodeFrames(count: number): Buffer {
		const table = new FrameTable();
		for (let at = 0; at < count; at++) table.add(...this.#frames[at]!);
		return table.encode();
	}
}

/** What was made again is not what an earlier attempt has sent: a file changed in between. */
export function diverged(): FirnError {
	return new FirnError('ARCHIVE_DIVERGED', 'An interrupted archive cannot be made again because its files changed.');
}

function frameLengths(encoded: Uint8Array): [number, number][] {
	return FrameTable.decode(encoded).lengths();
}
