/** A file of the source as it is read for a store: all of it or nothing. */

import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync, readSync } from 'node:fs';
import type { Flow } from '../flow.ts';
import { asSourceFault, openSource } from '../source.ts';

const CHUNK = 256 * 1024;

/** It changed while it was read. */
export class Torn extends Error {}

export class SourceFile {
	readonly #fd: number;
	readonly #digest = createHash('sha256');
	/** What it was like before anything was read. */
	readonly stat: BigIntStats;

	/** @param path as scans give it @throws SourceFault, Torn */
	constructor(path: string) {
		this.#fd = openSource(path);
		this.stat = asSourceFault(() => fstatSync(this.#fd, { bigint: true }));
		if (this.stat.isFile()) return;
		this.close();
		throw new Torn('it is no file any more');
	}

	/**
	 * The content, once; a piece is good until the next one is asked for. It ends only if the file is still the same.
	 * @throws SourceFault, Torn; the reason of a stop
	 */
	async *content(flow: Flow): AsyncGenerator<Uint8Array> {
		const size = Number(this.stat.size);
		const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size + 1));
		let at = 0;
		for (;;) {
			const read = asSourceFault(() => readSync(this.#fd, buffer, 0, buffer.length, at));
			if (read === 0) break;
			at += read;
			if (at > size) break;
			const piece = buffer.subarray(0, read);
			this.#digest.update(piece);
			yield piece;
			await flow.pass();
		}
		const after = asSourceFault(() => fstatSync(this.#fd, { bigint: true }));
		const isSame = at === size && after.mtimeNs === this.stat.mtimeNs && after.ctimeNs === this.stat.ctimeNs;
		if (!isSame) throw new Torn('it changed');
	}

	/** Of the content, when all of it was read. */
	sha256(): Buffer {
		return this.#digest.digest();
	}

	close(): void {
		closeSync(this.#fd);
	}
}

/** The SHA-256 of a file's content. @throws SourceFault, Torn; the reason of a stop */
export async function hashOfSource(path: string, flow: Flow): Promise<{ stat: BigIntStats; sha256: Buffer }> {
	const file = new SourceFile(path);
	try {
		for await (const _piece of file.content(flow));
		return { stat: file.stat, sha256: file.sha256() };
	} finally {
		file.close();
	}
}
