/** Decrypts a whole age file as it arrives. Nothing is given out that was not authenticated. */

import { FirnError } from '../../core/errors.ts';
import { giveBack } from '../../core/give-back.ts';
import { openHeader, readHeader } from './header.ts';
import { CHUNK, ChunkOpener, NONCE, TAG } from './payload.ts';

const SEALED = CHUNK + TAG;
/** Bytes of the first line, which tells an age file. */
const MAGIC = 'age-encryption.org/v1\n'.length;

export interface Decryptor {
	/** Takes the next bytes, which may be used again afterwards, and gives what they complete. */
	write(chunk: Uint8Array): Buffer[];
	/** No more bytes: gives the rest. Only when this returns was the file whole. */
	end(): Buffer[];
}

/**
 * A decryptor for one age file. Its methods throw
 * FirnError NOT_AGE, WRONG_IDENTITY, BAD_AGE_HEADER, DAMAGED (also for bytes behind the end), TRUNCATED.
 */
export function createDecryptor(identities: string[]): Decryptor {
	return new StreamDecryptor(identities);
}

/**
 * The content of an age file, in pieces.
 * @param isKept who takes a piece may still need it when asking for the next; else its memory is used again then
 * @throws FirnError as createDecryptor(); what `source` throws
 */
export async function* decrypted(
	source: AsyncIterable<Uint8Array>,
	identities: string[],
	isKept: boolean,
): AsyncGenerator<Buffer, void, undefined> {
	const decryptor = createDecryptor(identities);
	for await (const chunk of source) {
		for (const piece of decryptor.write(chunk)) {
			yield piece;
			if (!isKept) giveBack(piece);
		}
	}
	yield* decryptor.end();
}

class StreamDecryptor implements Decryptor {
	readonly #identities: string[];
	/** Header and nonce, until they are complete. */
	#head: Buffer | undefined = Buffer.alloc(0);
	#opener: ChunkOpener | undefined;
	/** A chunk that is not complete, or may be the last. */
	readonly #held = Buffer.allocUnsafe(SEALED);
	#filled = 0;

	constructor(identities: string[]) {
		this.#identities = identities;
	}

	write(chunk: Uint8Array): Buffer[] {
		if (!this.#head) return this.#chunks(chunk);
		this.#head = Buffer.concat([this.#head, chunk]);
		const header = readHeader(this.#head);
		if (header === 'more' || this.#head.length < header.length + NONCE) return [];
		const rest = this.#head.subarray(header.length + NONCE);
		const { fileKey } = openHeader(this.#head, this.#identities);
		this.#opener = new ChunkOpener(fileKey, this.#head.subarray(header.length, header.length + NONCE));
		this.#head = undefined;
		return this.#chunks(rest);
	}

	end(): Buffer[] {
		if (this.#head) {
			if (this.#head.length < MAGIC)
				throw new FirnError('NOT_AGE', 'It is not an age-encrypted file.', { kind: 'usage' });
			throw new FirnError('TRUNCATED', 'The encrypted file is cut off within its header.', {
				guidance: 'Fetch the file again.',
			});
		}
		return [this.#opener!.openLast(this.#held.subarray(0, this.#filled))];
	}

	/** Only a chunk that has bytes behind it is surely not the last. */
	#chunks(bytes: Uint8Array): Buffer[] {
		const out: Buffer[] = [];
		let at = 0;
		while (this.#filled + bytes.length - at > SEALED) {
			if (this.#filled === 0) {
				out.push(this.#opener!.open(bytes.subarray(at, at + SEALED), false));
				at += SEALED;
			} else {
				const missing = SEALED - this.#filled;
				this.#held.set(bytes.subarray(at, at + missing), this.#filled);
				at += missing;
				this.#filled = 0;
				out.push(this.#opener!.open(this.#held, false));
			}
		}
		this.#held.set(bytes.subarray(at), this.#filled);
		this.#filled += bytes.length - at;
		return out;
	}
}
