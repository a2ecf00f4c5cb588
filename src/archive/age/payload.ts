/**
 * The payload of an age file: a nonce, then chunks of 64 KiB under ChaCha20-Poly1305 (STREAM), the last one marked
 * (https://c2sp.org/age). Each chunk opens by itself, which is what makes ranged restores possible.
 */

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { FirnError } from '../../core/errors.ts';
import { giveBack } from '../../core/give-back.ts';
import { createHeader, openHeader } from './header.ts';

export const CHUNK = 64 * 1024;
export const TAG = 16;
export const NONCE = 16;
const SEALED = CHUNK + TAG;

/** As an object: given bytes, Node makes and throws away an exception for each chunk to find out that they are none. */
function payloadKey(fileKey: Buffer, nonce: Buffer): KeyObject {
	return createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)));
}

/** 11 bytes of counter, big-endian, and one that marks the last chunk. */
function setCounter(nonce: Buffer, chunk: number, last: boolean): void {
	nonce.writeUInt32BE(Math.floor(chunk / 2 ** 32), 3);
	nonce.writeUInt32BE(chunk % 2 ** 32, 7);
	nonce[11] = last ? 1 : 0;
}

const TAG_LENGTH = { authTagLength: TAG } as const;

/** Seals chunk after chunk. */
export class ChunkSealer {
	readonly #key: KeyObject;
	readonly #nonce = Buffer.alloc(12);
	/** Number of the next chunk. */
	chunk: number;
	/** Tag of the chunk sealed last. */
	lastTag: Uint8Array = new Uint8Array(TAG);

	/** @param nonce the 16 bytes that stand between header and chunks */
	constructor(fileKey: Buffer, nonce: Buffer, startChunk = 0) {
		this.#key = payloadKey(fileKey, nonce);
		this.chunk = startChunk;
	}

	/**
	 * Seals `plain` (CHUNK bytes, or fewer in the last chunk) into `out`.
	 * @returns bytes written: those of `plain` and TAG
	 */
	seal(plain: Uint8Array, out: Buffer, outOffset: number, last: boolean): number {
		setCounter(this.#nonce, this.chunk, last);
		this.chunk += 1;
		const cipher = createCipheriv('chacha20-poly1305', this.#key, this.#nonce, TAG_LENGTH);
		const sealed = cipher.update(plain);
		out.set(sealed, outOffset);
		giveBack(sealed);
		cipher.final();
		this.lastTag = cipher.getAuthTag();
		out.set(this.lastTag, outOffset + plain.length);
		return plain.length + TAG;
	}
}

/** Opens chunk after chunk. */
export class ChunkOpener {
	readonly #key: KeyObject;
	readonly #nonce = Buffer.alloc(12);
	chunk: number;

	constructor(fileKey: Buffer, nonce: Buffer, startChunk = 0) {
		this.#key = payloadKey(fileKey, nonce);
		this.chunk = startChunk;
	}

	/** The plain bytes of one sealed chunk. @throws FirnError DAMAGED */
	open(sealed: Uint8Array, last: boolean): Buffer {
		const plain = this.#tryOpen(sealed, last);
		if (!plain) {
			// The only other reason that can be told: it is the last chunk, and bytes follow that do not belong there.
			throw !last && this.#tryOpen(sealed, true)
				? damaged(this.chunk, 'there are bytes behind its end')
				: damaged(this.chunk);
		}
		this.chunk += 1;
		return plain;
	}

	/**
	 * The plain bytes of what there is of the last chunk when a file is read to its end.
	 * @throws FirnError DAMAGED, TRUNCATED when chunks are missing after it or it is not complete itself
	 */
	openLast(sealed: Uint8Array): Buffer {
		const plain = this.#tryOpen(sealed, true);
		if (plain) {
			this.chunk += 1;
			return plain;
		}
		if (sealed.length === SEALED && !this.#tryOpen(sealed, false)) throw damaged(this.chunk);
		// A short chunk that does not open may also be damaged: nothing in it could tell.
		const end = this.chunk * SEALED + sealed.length;
		throw new FirnError('TRUNCATED', `The encrypted data is cut off, or damaged, at its end (after ${end} bytes).`, {
			guidance: 'Fetch the file again; if that does not help the stored object is damaged.',
		});
	}

	#tryOpen(sealed: Uint8Array, last: boolean): Buffer | undefined {
		// Chunks are full but for the last, and that one is empty only in an empty file.
		const shortest = last ? (this.chunk === 0 ? TAG : TAG + 1) : SEALED;
		if (sealed.length < shortest || sealed.length > SEALED) return undefined;
		setCounter(this.#nonce, this.chunk, last);
		const decipher = createDecipheriv('chacha20-poly1305', this.#key, this.#nonce, TAG_LENGTH);
		decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
		const plain = decipher.update(sealed.subarray(0, sealed.length - TAG));
		try {
			decipher.final();
			return plain;
		} catch {
			// The tag does not match.
			return undefined;
		}
	}
}

function damaged(chunk: number, why?: string): FirnError {
	const where = `at byte ${chunk * SEALED} (chunk ${chunk})`;
	return new FirnError('DAMAGED', `The encrypted data is damaged ${where}${why ? `: ${why}` : ''}.`, {
		guidance: 'Fetch the file again; if that does not help the stored object is damaged.',
	});
}

/** A whole small file, encrypted for the recipients. @throws FirnError BAD_RECIPIENT */
export function sealAll(recipients: string[], plain: Uint8Array): Buffer {
	const fileKey = randomBytes(16);
	return Buffer.concat([createHeader(recipients, fileKey), sealPayload(fileKey, plain)]);
}

/** All that follows the header of a small file. */
export function sealPayload(fileKey: Buffer, plain: Uint8Array): Buffer {
	const nonce = randomBytes(NONCE);
	const sealer = new ChunkSealer(fileKey, nonce);
	const chunks = Math.max(1, Math.ceil(plain.length / CHUNK));
	const out = Buffer.allocUnsafe(plain.length + chunks * TAG);
	let at = 0;
	for (let chunk = 0; chunk < chunks; chunk++) {
		at += sealer.seal(plain.subarray(chunk * CHUNK, (chunk + 1) * CHUNK), out, at, chunk === chunks - 1);
	}
	return Buffer.concat([nonce, out]);
}

/** The content of a whole small age file. @throws FirnError as openHeader(), DAMAGED, TRUNCATED */
export function openAll(identities: string[], sealed: Uint8Array): Buffer {
	const { fileKey, length } = openHeader(sealed, identities);
	return openPayload(fileKey, sealed.subarray(length));
}

/** The content of all that follows the header of a small file. @throws FirnError DAMAGED, TRUNCATED */
export function openPayload(fileKey: Buffer, sealed: Uint8Array): Buffer {
	const input = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
	const opener = new ChunkOpener(fileKey, input.subarray(0, NONCE));
	const pieces: Buffer[] = [];
	let at = NONCE;
	for (; input.length - at > SEALED; at += SEALED) pieces.push(opener.open(input.subarray(at, at + SEALED), false));
	pieces.push(opener.openLast(input.subarray(at)));
	return Buffer.concat(pieces);
}
