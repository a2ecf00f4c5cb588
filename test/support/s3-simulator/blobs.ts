/** Where the bytes are: in memory, or in files, so that a big test does not fill the memory. */

import { closeSync, createReadStream, mkdirSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobRef } from './types.ts';

export interface BlobWriter {
	write(chunk: Uint8Array): void;
	end(): BlobRef;
	discard(): void;
}

export interface Blobs {
	create(): BlobWriter;
	/** Bytes `[start, end)`. */
	read(blob: BlobRef, start: number, end: number): AsyncIterable<Uint8Array>;
	remove(blob: BlobRef): void;
	clear(): void;
}

let counter = 0;
const newId = () => `${Date.now().toString(36)}-${process.pid}-${(counter++).toString(36)}`;

export class MemoryBlobs implements Blobs {
	readonly #blobs = new Map<string, Buffer[]>();

	create(): BlobWriter {
		const chunks: Buffer[] = [];
		let size = 0;
		return {
			write: (chunk) => {
				chunks.push(Buffer.from(chunk));
				size += chunk.length;
			},
			end: () => {
				const id = newId();
				this.#blobs.set(id, chunks);
				return { id, size };
			},
			discard: () => undefined,
		};
	}

	async *read(blob: BlobRef, start: number, end: number): AsyncGenerator<Uint8Array> {
		let at = 0;
		for (const chunk of this.#blobs.get(blob.id) ?? []) {
			const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
			at += chunk.length;
			if (piece.length > 0) yield piece;
		}
	}

	remove(blob: BlobRef): void {
		this.#blobs.delete(blob.id);
	}

	clear(): void {
		this.#blobs.clear();
	}
}

export class DiskBlobs implements Blobs {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
		mkdirSync(folder, { recursive: true });
	}

	create(): BlobWriter {
		const id = newId();
		const path = join(this.#folder, id);
		const file = openSync(path, 'wx', 0o600);
		let size = 0;
		return {
			write: (chunk) => {
				for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
				size += chunk.length;
			},
			end: () => {
				closeSync(file);
				return { id, size };
			},
			discard: () => {
				closeSync(file);
				unlinkSync(path);
			},
		};
	}

	async *read(blob: BlobRef, start: number, end: number): AsyncGenerator<Uint8Array> {
		if (end <= start) return;
		yield* createReadStream(join(this.#folder, blob.id), { start, end: end - 1, highWaterMark: 256 * 1024 });
	}

	remove(blob: BlobRef): void {
		rmSync(join(this.#folder, blob.id), { force: true });
	}

	clear(): void {
		rmSync(this.#folder, { recursive: true, force: true });
		mkdirSync(this.#folder, { recursive: true });
	}
}
