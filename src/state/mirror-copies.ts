/**
 * What a mirror of plain files in a folder has of each file's content, which the folder itself cannot tell: the SHA-256 that
 * it was copied with. Paths are those in the mirror, as bytes, so that what is below a folder is one range.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodePath, encodePath } from '../core/path-bytes.ts';

export interface CopyNote {
	size: number;
	/** Of the source, when it was copied; the copy may be a little off. */
	mtimeNs: bigint;
	sha256: Buffer;
	/** A verify has found something else there. */
	isBad: boolean;
}

const PAGE = 1000;

export class MirrorCopies {
	readonly #put: StatementSync;
	readonly #get: StatementSync;
	readonly #drop: StatementSync;
	readonly #touch: StatementSync;
	readonly #spoil: StatementSync;
	readonly #bad: StatementSync;
	readonly #page: StatementSync;
	readonly #sum: StatementSync;

	constructor(db: DatabaseSync) {
		this.#put = db.prepare('INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, 0)');
		this.#get = db.prepare('SELECT size, mtime, sha256, bad FROM copies WHERE path = ?');
		this.#get.setReadBigInts(true);
		this.#drop = db.prepare('DELETE FROM copies WHERE path = ? OR (path >= ? AND path < ?)');
		this.#touch = db.prepare('UPDATE copies SET mtime = ? WHERE path = ?');
		this.#spoil = db.prepare('UPDATE copies SET bad = 1 WHERE path = ?');
		this.#bad = db.prepare('SELECT path FROM copies WHERE bad = 1');
		this.#page = db.prepare('SELECT path FROM copies WHERE path > ? ORDER BY path LIMIT ?');
		this.#sum = db.prepare('SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM copies');
	}

	note(path: string, { size, mtimeNs, sha256 }: Omit<CopyNote, 'isBad'>): void {
		this.#put.run(encodePath(path), size, mtimeNs, sha256);
	}

	/** Its time was set anew. */
	touched(path: string, mtimeNs: bigint): void {
		this.#touch.run(mtimeNs, encodePath(path));
	}

	at(path: string): CopyNote | undefined {
		const row = this.#get.get(encodePath(path));
		if (!row) return undefined;
		return {
			size: Number(row.size),
			mtimeNs: row.mtime as bigint,
			sha256: Buffer.from(row.sha256 as Uint8Array),
			isBad: row.bad === 1n,
		};
	}

	/** Something has gone, with all that was in it. */
	drop(path: string): void {
		// All that begins with `path/` lies before `path0`.
		this.#drop.run(encodePath(path), encodePath(`${path}/`), encodePath(`${path}0`));
	}

	spoilt(path: string): void {
		this.#spoil.run(encodePath(path));
	}

	bad(): Set<string> {
		return new Set(this.#bad.all().map(({ path }) => decodePath(path as Uint8Array)));
	}

	/** Of all. */
	totals(): { files: number; bytes: number } {
		const { files, bytes } = this.#sum.get()!;
		return { files: Number(files), bytes: Number(bytes) };
	}

	/** Ascending. What is done with one meanwhile does no harm. */
	*paths(): Generator<string> {
		for (let last: Uint8Array = Buffer.alloc(0); ; ) {
			const rows = this.#page.all(last, PAGE).map(({ path }) => path as Uint8Array);
			for (const path of rows) yield decodePath(path);
			if (rows.length < PAGE) return;
			last = rows.at(-1)!;
		}
	}
}
