/** How messages lie on the socket: four bytes of length (big-endian), then JSON in UTF-8. */

import { FirnError } from '../core/errors.ts';

/** Longest message; longer answers are paged. */
export const MAX_MESSAGE: number = 16 * 1024 * 1024;

/** @throws FirnError MESSAGE_TOO_LONG */
export function encodeMessage(message: unknown): Buffer {
	const json = Buffer.from(JSON.stringify(message));
	if (json.length > MAX_MESSAGE) throw tooLong(json.length);
	const out = Buffer.allocUnsafe(4 + json.length);
	out.writeUInt32BE(json.length);
	json.copy(out, 4);
	return out;
}

/** Puts messages together again, however the stream was cut. */
export class MessageReader {
	#pieces: Buffer[] = [];
	#length = 0;

	/** The messages that are complete with this chunk. @throws FirnError MESSAGE_TOO_LONG, SyntaxError */
	push(chunk: Buffer): unknown[] {
		this.#pieces.push(chunk);
		this.#length += chunk.length;
		const messages: unknown[] = [];
		for (let size = this.#nextSize(); size !== undefined && this.#length >= 4 + size; size = this.#nextSize()) {
			const all = this.#joined();
			messages.push(JSON.parse(all.toString('utf8', 4, 4 + size)));
			this.#pieces = [all.subarray(4 + size)];
			this.#length = all.length - 4 - size;
		}
		return messages;
	}

	#nextSize(): number | undefined {
		if (this.#length < 4) return undefined;
		const size = (this.#pieces[0]!.length >= 4 ? this.#pieces[0]! : this.#joined()).readUInt32BE();
		if (size > MAX_MESSAGE) throw tooLong(size);
		return size;
	}

	#joined(): Buffer {
		const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
		this.#pieces = [all];
		return all;
	}
}

function tooLong(length: number): FirnError {
	return new FirnError('MESSAGE_TOO_LONG', `A message of ${length} bytes is longer than ${MAX_MESSAGE} bytes.`);
}
