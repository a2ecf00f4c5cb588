/**
 * Undoes the aws-chunked framing of a body: `hex size[;chunk-signature=…]`, data, and after the last chunk the trailers.
 * Chunk signatures are not checked (the SDK for JavaScript sends none).
 */

import { S3Error } from './errors.ts';

const MAX_LINE = 8192;

export class ChunkedDecoder {
	readonly trailers = new Map<string, string>();
	#state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size';
	#line = '';
	#left = 0;

	/** Takes bytes as they come and gives those of the body in them. */
	*decode(chunk: Uint8Array): Generator<Uint8Array> {
		for (let at = 0; at < chunk.length; ) {
			if (this.#state === 'data') {
				const piece = chunk.subarray(at, at + this.#left);
				at += piece.length;
				this.#left -= piece.length;
				if (this.#left === 0) this.#state = 'data-end';
				yield piece;
				continue;
			}
			const byte = chunk[at]!;
			at += 1;
			if (byte !== 0x0a) {
				this.#line += String.fromCharCode(byte);
				if (this.#line.length > MAX_LINE) throw new S3Error(400, 'InvalidRequest', 'A chunk line is too long.');
				continue;
			}
			this.#onLine(this.#line.replace(/\r$/, ''));
			this.#line = '';
		}
	}

	/** @throws S3Error IncompleteBody */
	end(): void {
		// The empty line behind the trailers may be missing when there are none.
		if (this.#state !== 'done' && this.#state !== 'trailer') throw new S3Error(400, 'IncompleteBody');
	}

	#onLine(line: string): void {
		if (this.#state === 'data-end') {
			if (line !== '') throw new S3Error(400, 'InvalidRequest', 'A chunk does not end where it should.');
			this.#state = 'size';
			return;
		}
		if (this.#state === 'size') {
			const size = Number.parseInt(line, 16);
			if (!/^[0-9a-fA-F]+(;.*)?$/.test(line)) throw new S3Error(400, 'InvalidRequest', 'A chunk has no size.');
			this.#left = size;
			this.#state = size === 0 ? 'trailer' : 'data';
			return;
		}
		if (line === '') {
			this.#state = 'done';
			return;
		}
		const colon = line.indexOf(':');
		this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
	}
}
