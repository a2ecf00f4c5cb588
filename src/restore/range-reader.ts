/** Turns the bytes of a range of an object into the TAR bytes that were wanted, as they arrive. */

import { CHUNK, ChunkOpener, TAG } from '../archive/age/payload.ts';
import { decompressFrames } from '../archive/frames.ts';
import { type ArchiveShape, type ObjectRange, objectRange } from '../archive/layout.ts';
import { FirnError } from '../core/errors.ts';
import { giveBack } from '../core/give-back.ts';
import { nonceOf, type OpenedArchive } from './opened-archive.ts';
import type { RawRange } from './plan-units.ts';

const SEALED = CHUNK + TAG;

export class RangeReader {
	/** What is to be read of the object. */
	readonly object: ObjectRange;
	readonly #shape: ArchiveShape;
	readonly #raw: RawRange;
	readonly #onRaw: (chunk: Uint8Array) => void;
	readonly #opener: ChunkOpener | undefined;
	/** Position in the object, in the payload, in the TAR. */
	#objectAt: number;
	#payloadAt: number;
	#rawAt: number;
	/** A chunk or frame that is not complete yet. */
	readonly #sealed = new Collector();
	readonly #frame = new Collector();
	#frameEnd = 0;

	/**
	 * @param onRaw gets the TAR bytes of `raw` in order, views that are good during the call only
	 */
	constructor(archive: OpenedArchive, shape: ArchiveShape, raw: RawRange, onRaw: (chunk: Uint8Array) => void) {
		this.#shape = shape;
		this.#raw = raw;
		this.#onRaw = onRaw;
		this.object = objectRange(shape, raw.start, raw.end);
		const { start, firstChunk, payloadStart, rawBase } = this.object;
		this.#objectAt = start;
		this.#payloadAt = payloadStart;
		this.#rawAt = rawBase;
		if (archive.fileKey) this.#opener = new ChunkOpener(Buffer.from(archive.fileKey), nonceOf(archive), firstChunk);
	}

	/** Takes the next bytes of the object. @throws FirnError DAMAGED, BAD_FRAME, TRUNCATED; whatever onRaw throws */
	write(bytes: Uint8Array): void {
		const opener = this.#opener;
		if (!opener) {
			this.#objectAt += bytes.length;
			this.#payload(bytes);
			return;
		}
		for (let at = 0; at < bytes.length; ) {
			const length = Math.min(SEALED, this.object.end - this.#objectAt);
			if (length <= 0) throw tooLong();
			const taken = this.#sealed.take(bytes, at, length);
			at += taken.used;
			if (!taken.whole) return;
			this.#objectAt += length;
			const plain = opener.open(taken.whole, this.#objectAt === this.#shape.objectSize);
			this.#payload(plain);
			giveBack(plain);
		}
	}

	/** No more bytes. @throws FirnError TRUNCATED */
	end(): void {
		if (this.#objectAt === this.object.end) return;
		throw new FirnError('TRUNCATED', `The stored object ends before byte ${this.object.end}.`, {
			guidance: 'The object in the destination is damaged.',
		});
	}

	#payload(bytes: Uint8Array): void {
		const { payloadFrom, payloadTo } = this.object;
		const from = Math.max(0, payloadFrom - this.#payloadAt);
		const to = Math.min(bytes.length, payloadTo - this.#payloadAt);
		const start = this.#payloadAt + from;
		this.#payloadAt += bytes.length;
		if (from >= to) return;
		const wanted = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
		if (this.#shape.compression === 'none') this.#onRaw(wanted);
		else this.#frames(wanted, start);
	}

	#frames(bytes: Uint8Array, payloadStart: number): void {
		let payload = payloadStart;
		for (let at = 0; at < bytes.length; ) {
			if (this.#frameEnd <= payload) this.#nextFrame(payload);
			const begun = this.#frame.length;
			const taken = this.#frame.take(bytes, at, this.#frameEnd - payload + begun);
			at += taken.used;
			payload += taken.used;
			if (taken.whole) this.#unpack(taken.whole);
		}
	}

	#nextFrame(payload: number): void {
		const { payloadStart, payloadEnd } = this.#shape.frames!.payloadRange(this.#rawAt, this.#rawAt + 1);
		if (payloadStart !== payload)
			throw new FirnError('BAD_FRAME', 'The frames of the archive are not where they should be.');
		this.#frameEnd = payloadEnd;
	}

	#unpack(frame: Uint8Array): void {
		const raw = decompressFrames(this.#shape.compression, frame);
		const from = Math.max(0, this.#raw.start - this.#rawAt);
		const to = Math.min(raw.length, this.#raw.end - this.#rawAt);
		this.#rawAt += raw.length;
		if (from < to) this.#onRaw(raw.subarray(from, to));
	}
}

/** Gathers pieces until they make a whole. */
class Collector {
	#pieces: Buffer = Buffer.alloc(0);
	length = 0;

	/**
	 * Takes from `bytes` at `at` what is missing of a whole of `wanted` bytes.
	 * @returns the whole, if it is complete, as a view that is good until the next call
	 */
	take(bytes: Uint8Array, at: number, wanted: number): { used: number; whole?: Uint8Array } {
		const used = Math.min(wanted - this.length, bytes.length - at);
		if (this.length === 0 && used === wanted) return { used, whole: bytes.subarray(at, at + used) };
		if (this.#pieces.length < wanted) {
			const grown = Buffer.allocUnsafeSlow(wanted);
			this.#pieces.copy(grown, 0, 0, this.length);
			this.#pieces = grown;
		}
		this.#pieces.set(bytes.subarray(at, at + used), this.length);
		this.length += used;
		if (this.length < wanted) return { used };
		this.length = 0;
		return { used, whole: this.#pieces.subarray(0, wanted) };
	}
}

function tooLong(): FirnError {
	return new FirnError('DAMAGED', 'The store gave more bytes than were asked for.');
}
