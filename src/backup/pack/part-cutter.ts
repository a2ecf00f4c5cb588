/**
 * Turns the payload of an archive (TAR bytes, compressed or not) into the object's bytes, encrypted if asked, and cuts
 * these into upload parts of equal size (some stores, such as R2, insist on that). With each part it says where to go
 * on after it: an interrupted archive continues there and makes the very same bytes again.
 */

import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CHUNK, ChunkSealer, TAG } from '../../archive/age/payload.ts';

/** Where the object goes on after a part. */
export interface CutPosition {
	/** Payload bytes before this offset are not needed again. */
	payload: number;
	/** Object bytes already made that belong behind the part: the rest of the chunk that the cut went through. */
	carry: Uint8Array;
	/** The carry ends with the last chunk: only the final part is to be cut. */
	ended: boolean;
}

export interface CutPart {
	/** 1-based. */
	number: number;
	bytes: Buffer;
	final: boolean;
	crc32: number;
	/** Equal for equal bytes (given an equal position before): the authentication tags hashed, or the CRC. */
	fingerprint: Buffer;
	after: CutPosition;
}

export interface PartCutterOptions {
	partSize: number;
	/** Absent: the payload is stored as it is. */
	encryption?: { fileKey: Buffer; nonce: Buffer };
	/** What stands before the first payload byte: age header and nonce. */
	header: Uint8Array;
	/** Gives a buffer of `partSize` bytes; it belongs to the part from then on. */
	acquire: () => Buffer;
	onPart: (part: CutPart) => void;
	/** Go on after part `number` instead of beginning. */
	resume?: { number: number; position: CutPosition };
}

export class PartCutter {
	readonly #options: PartCutterOptions;
	readonly #sealer: ChunkSealer | undefined;
	readonly #scratch = Buffer.allocUnsafe(CHUNK + TAG);
	readonly #pending = Buffer.allocUnsafe(CHUNK);
	#pendingLength = 0;
	#part: Buffer;
	#filled = 0;
	#number: number;
	#tags: Hash = createHash('sha256');
	/** Payload bytes that are in the object (or sealed for it). */
	#payload: number;
	#objectSize: number;
	#ended: boolean;

	constructor(options: PartCutterOptions) {
		this.#options = options;
		const { resume, encryption } = options;
		this.#number = (resume?.number ?? 0) + 1;
		this.#payload = resume?.position.payload ?? 0;
		this.#objectSize = (resume?.number ?? 0) * options.partSize;
		this.#ended = resume?.position.ended ?? false;
		this.#part = options.acquire();
		if (encryption) {
			this.#sealer = new ChunkSealer(encryption.fileKey, encryption.nonce, Math.ceil(this.#payload / CHUNK));
		}
		this.#put(resume ? resume.position.carry : options.header);
	}

	/** Object bytes made so far. */
	get objectSize(): number {
		return this.#objectSize;
	}

	/**
	 * Takes payload bytes; they may be reused when it returns.
	 * @returns the payload offset behind which nothing has gone into the object yet
	 */
	write(payload: Uint8Array): number {
		if (!this.#sealer) {
			this.#put(payload, true);
			return this.#payload;
		}
		let at = 0;
		// A chunk is sealed only when bytes follow it: the last one is marked as such, and must not be empty (age spec).
		while (this.#pendingLength + payload.length - at > CHUNK) {
			if (this.#pendingLength === 0) {
				this.#seal(payload.subarray(at, at + CHUNK), false);
				at += CHUNK;
			} else {
				const take = CHUNK - this.#pendingLength;
				this.#pending.set(payload.subarray(at, at + take), this.#pendingLength);
				at += take;
				this.#pendingLength = 0;
				this.#seal(this.#pending, false);
			}
		}
		this.#pending.set(payload.subarray(at), this.#pendingLength);
		this.#pendingLength += payload.length - at;
		return this.#payload;
	}

	/** Ends the object and cuts its final part. */
	finish(): void {
		if (this.#sealer && !this.#ended) {
			this.#ended = true;
			this.#seal(this.#pending.subarray(0, this.#pendingLength), true);
		}
		this.#cut(NOTHING, true);
	}

	#seal(plain: Uint8Array, last: boolean): void {
		const sealer = this.#sealer!;
		this.#payload += plain.length;
		if (this.#options.partSize - this.#filled >= plain.length + TAG) {
			const written = sealer.seal(plain, this.#part, this.#filled, last);
			this.#tags.update(sealer.lastTag);
			this.#filled += written;
			this.#objectSize += written;
		} else {
			const written = sealer.seal(plain, this.#scratch, 0, last);
			// Counts for the part in hand even where the chunk lies wholly behind it: as carry it needs no tag there.
			this.#tags.update(sealer.lastTag);
			this.#put(this.#scratch.subarray(0, written));
		}
	}

	/** Appends object bytes, cutting parts as they fill up. A full part is cut only when more bytes come. */
	#put(bytes: Uint8Array, isPayload = false): void {
		const { partSize } = this.#options;
		let at = 0;
		while (at < bytes.length) {
			if (this.#filled === partSize) {
				this.#cut(isPayload ? NOTHING : bytes.subarray(at), false);
			}
			const take = Math.min(partSize - this.#filled, bytes.length - at);
			this.#part.set(bytes.subarray(at, at + take), this.#filled);
			this.#filled += take;
			this.#objectSize += take;
			if (isPayload) this.#payload += take;
			at += take;
		}
	}

	#cut(carry: Uint8Array, final: boolean): void {
		const bytes = this.#part.subarray(0, this.#filled);
		const checksum = crc32(bytes);
		this.#options.onPart({
			number: this.#number,
			bytes,
			final,
			crc32: checksum,
			fingerprint: this.#sealer ? this.#tags.digest() : numberBytes(checksum),
			after: { payload: this.#payload, carry: Buffer.from(carry), ended: this.#ended },
		});
		this.#number += 1;
		this.#tags = createHash('sha256');
		this.#filled = 0;
		if (!final) this.#part = this.#options.acquire();
	}
}

const NOTHING = Buffer.alloc(0);

function numberBytes(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}
