/**
 * The objects of a mirror that is kept in a store: those that the books know, and for the time of a run those that the
 * store has listed. Both may be millions, so neither is ever held in memory.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredEntry } from '../core/entry.ts';
import { fromSqlName, toSqlName } from './names.ts';
import { CURRENT } from './schema.ts';
import { STORED_ENTRY, storedEntry } from './stored-entry.ts';

/** An object as it was sent. */
export interface KnownObject {
	size: number;
	etag: string;
	crc32: number | undefined;
}

/** What is to be thought of an object: it is as it was sent, or another one, or not there. */
export type Verdict = 'right' | 'other' | 'missing';

const LISTED = 0;
const MET = 1;
const LOST = 2;
const PAGE = 1000;

export class MirrorStore {
	readonly #db: DatabaseSync;
	readonly #note: StatementSync;
	readonly #forget: StatementSync;
	readonly #object: StatementSync;
	readonly #intend: StatementSync;
	readonly #settle: StatementSync;
	readonly #intended: StatementSync;
	readonly #add: StatementSync;
	readonly #meet: StatementSync;
	readonly #page: StatementSync;
	readonly #mark: StatementSync;
	readonly #current: StatementSync;
	readonly #entries: StatementSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
		db.exec(
			`CREATE TEMP TABLE IF NOT EXISTS there
				(key TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL, state INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
		);
		this.#note = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)');
		this.#forget = db.prepare('DELETE FROM objects WHERE key = ?');
		this.#object = db.prepare('SELECT size, etag, crc32 FROM objects WHERE key = ?');
		this.#intend = db.prepare('INSERT OR IGNORE INTO sending VALUES (?)');
		this.#settle = db.prepare('DELETE FROM sending WHERE key = ?');
		this.#intended = db.prepare('SELECT 1 FROM sending WHERE key = ?');
		this.#add = db.prepare('INSERT OR REPLACE INTO temp.there VALUES (?, ?, ?, ?)');
		this.#meet = db.prepare(`UPDATE temp.there SET state = ${MET} WHERE key = ? RETURNING size, etag`);
		this.#page = db.prepare('SELECT key FROM temp.there WHERE state = ? AND key > ? ORDER BY key LIMIT ?');
		this.#mark = db.prepare('UPDATE temp.there SET state = ? WHERE key = ?');
		this.#current = db.prepare(`SELECT ${STORED_ENTRY} FROM entries WHERE dir = ? AND name = ? AND last = ${CURRENT}`);
		this.#current.setReadBigInts(true);
		this.#entries = db.prepare(
			`SELECT name, ${STORED_ENTRY} FROM entries WHERE dir = ? AND last = ${CURRENT} ORDER BY name`,
		);
		this.#entries.setReadBigInts(true);
	}

	/** Takes an object that the store has listed. */
	listed({ key, size, etag }: { key: string; size: number; etag: string }): void {
		this.#add.run(key, size, bare(etag), LISTED);
	}

	/** A file with this key is at the source. @returns whether the store had its object when it was listed, and which */
	meet(key: string): { isThere: boolean; verdict: Verdict } {
		const there = this.#meet.get(key);
		if (!there) return { isThere: false, verdict: 'missing' };
		const known = this.object(key);
		const isRight =
			known !== undefined &&
			known.size === there.size &&
			(known.etag === '' || there.etag === '' || known.etag === there.etag);
		return { isThere: true, verdict: isRight ? 'right' : 'other' };
	}

	/** The objects listed that no file was met of. What is done with one meanwhile does no harm. */
	*unmet(): Generator<string> {
		yield* this.#keys(LISTED);
	}

	markLost(key: string): void {
		this.#mark.run(LOST, key);
	}

	*lost(): Generator<string> {
		yield* this.#keys(LOST);
	}

	/** Whether something is lost that has this key, or one in this folder. */
	hasLost(key: string, folder: string): boolean {
		const find = this.#db.prepare(
			`SELECT 1 FROM temp.there WHERE state = ${LOST} AND (key = ? OR (key >= ? AND key < ?)) LIMIT 1`,
		);
		// All that begins with `folder/` lies before `folder0`.
		return find.get(key, `${folder}/`, `${folder}0`) !== undefined;
	}

	/** All objects that the books know, by their keys. What is done with one meanwhile does no harm. */
	*objects(): Generator<KnownObject & { key: string }> {
		const page = this.#db.prepare('SELECT key, size, etag, crc32 FROM objects WHERE key > ? ORDER BY key LIMIT ?');
		for (let last = ''; ; ) {
			const rows = page.all(last, PAGE);
			for (const row of rows) yield { key: String(row.key), ...toObject(row) };
			if (rows.length < PAGE) return;
			last = String(rows.at(-1)!.key);
		}
	}

	/** The store has lost an object, and the mirror the file at this path with it: the next run takes it for a new one. */
	lose(key: string, path: string | undefined): void {
		this.forget(key);
		const at = path === undefined ? undefined : this.#place(path);
		if (!at) return;
		const { run } = this.#db.prepare('SELECT max(run) AS run FROM runs').get()!;
		// As if the newest run had not met it.
		this.#db
			.prepare(`UPDATE entries SET last = ? WHERE dir = ? AND name = ? AND last = ${CURRENT}`)
			.run(Number(run) - 1, at.dir, toSqlName(at.name));
	}

	object(key: string): KnownObject | undefined {
		const row = this.#object.get(key);
		if (!row) return undefined;
		return toObject(row);
	}

	/** An object is about to be sent. To be on disk before it is. */
	intend(key: string): void {
		this.#intend.run(key);
	}

	/** Whether this mirror has put an object there, or may have. */
	isOwn(key: string): boolean {
		return this.#object.get(key) !== undefined || this.#intended.get(key) !== undefined;
	}

	/** The store has confirmed an object. */
	note(key: string, { size, etag, crc32 }: { size: number; etag: string; crc32?: number | undefined }): void {
		this.#note.run(key, size, bare(etag), crc32 ?? null, Date.now());
		this.#settle.run(key);
	}

	/**
	 * What the store has confirmed since then, all together.
	 * @param time ms since 1970
	 * @param least bytes that each object counts as at least
	 * @param partSize objects that are larger were sent in parts of so many bytes
	 */
	sentSince(time: number, { least, partSize }: { least: number; partSize: number }) {
		const row = this.#db
			.prepare(
				`SELECT count(*) AS objects, coalesce(sum(max(size, :least)), 0) AS bytes,
				coalesce(sum(size > :partSize), 0) AS multipart,
				coalesce(sum(iif(size > :partSize, ceil(size / :partSize), 0)), 0) AS parts
				FROM objects WHERE stored >= :time`,
			)
			.get({ time, least, partSize })!;
		const { objects, bytes, multipart, parts } = row as Record<string, number>;
		return { objects: objects!, bytes: bytes!, multipart: multipart!, parts: parts! };
	}

	forget(key: string): void {
		this.#forget.run(key);
		this.#settle.run(key);
	}

	/** The current version of a name. */
	current(dir: number, name: string): StoredEntry | undefined {
		const row = this.#current.get(dir, toSqlName(name));
		return row && storedEntry(row);
	}

	/** The current version of a path. */
	at(path: string): StoredEntry | undefined {
		const place = this.#place(path);
		return place && this.current(place.dir, place.name);
	}

	#place(path: string): { dir: number; name: string } | undefined {
		const names = path.split('/');
		const name = names.pop()!;
		const find = this.#db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
		let dir = 1;
		for (const folder of names) {
			const row = find.get(dir, toSqlName(folder));
			if (!row) return undefined;
			dir = Number(row.dir);
		}
		return { dir, name };
	}

	/** Paths of the current files beside this one, in the same folder. */
	besides(path: string): string[] {
		const place = this.#place(path);
		if (!place) return [];
		const folder = path.slice(0, path.lastIndexOf('/') + 1);
		const names = this.#db.prepare('SELECT name FROM entries WHERE dir = ? AND last = ? AND name <> ?');
		return names.all(place.dir, CURRENT, toSqlName(place.name)).map(({ name }) => folder + fromSqlName(name));
	}

	/** All current versions with their paths, a folder before what is in it. */
	*entries(): Generator<{ path: string; entry: StoredEntry }> {
		const folders = this.#db.prepare('SELECT dir, name FROM dirs WHERE parent = ? ORDER BY name DESC');
		const stack = [{ dir: 1, path: '' }];
		for (let last = stack.pop(); last; last = stack.pop()) {
			const prefix = last.path === '' ? '' : `${last.path}/`;
			for (const row of this.#entries.all(last.dir)) {
				yield { path: prefix + fromSqlName(row.name), entry: storedEntry(row) };
			}
			for (const { dir, name } of folders.all(last.dir)) {
				stack.push({ dir: Number(dir), path: prefix + fromSqlName(name) });
			}
		}
	}

	/** Whether this run has changed anything. To be asked before dropOld(). */
	hasChanged(run: number): boolean {
		return (
			this.#db.prepare('SELECT 1 FROM entries WHERE first = ? OR last < ? LIMIT 1').get(run, CURRENT) !== undefined
		);
	}

	/** Forgets what sources have no more: a mirror has only what is now. */
	dropOld(): void {
		this.#db.exec(`DELETE FROM entries WHERE last < ${CURRENT}`);
	}

	*#keys(state: number): Generator<string> {
		for (let last = ''; ; ) {
			const keys = this.#page.all(state, last, PAGE).map(({ key }) => String(key));
			yield* keys;
			if (keys.length < PAGE) return;
			last = keys.at(-1)!;
		}
	}
}

function toObject({ size, etag, crc32 }: Record<string, unknown>): KnownObject {
	return { size: Number(size), etag: String(etag), crc32: (crc32 as number | null) ?? undefined };
}

function bare(etag: string): string {
	return etag.replaceAll('"', '');
}
