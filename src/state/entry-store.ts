/**
 * The write side of file versions, and the per-folder listing that a scan is compared with. All of it works one folder
 * at a time, so memory does not grow with the number of files.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ENTRY_TYPES, type EntryType } from '../core/entry.ts';
import { fromSqlName, toSqlName } from './names.ts';
import { CURRENT } from './schema.ts';

export const TYPE_NUMBER = Object.fromEntries(ENTRY_TYPES.map((type, number) => [type, number])) as Record<
	EntryType,
	number
>;

/** The current version of one name, as far as a comparison needs it; times in ns, numbers as the stat calls give them. */
export interface CurrentVersion {
	type: number;
	size: bigint;
	mtime: bigint;
	ctime: bigint;
	ino: bigint;
	first: number;
	link: string;
	archive: number;
}

export interface VersionRow {
	dir: number;
	name: string;
	type: EntryType;
	mode: number;
	uid: number;
	gid: number;
	size: number;
	mtimeNs: bigint;
	ctimeNs: bigint;
	ino: bigint;
	link: string;
	sha256: Uint8Array | undefined;
	archive: number;
	offset: number;
	length: number;
}

export class EntryStore {
	readonly #db: DatabaseSync;
	readonly #findDir: StatementSync;
	readonly #addDir: StatementSync;
	readonly #listDir: StatementSync;
	readonly #childDirs: StatementSync;
	readonly #close: StatementSync;
	readonly #current: StatementSync;
	readonly #insert: StatementSync;

	constructor(db: DatabaseSync) {
		this.#db = db;
		this.#findDir = db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
		this.#addDir = db.prepare('INSERT INTO dirs (parent, name) VALUES (?, ?)');
		this.#listDir = db.prepare(
			`SELECT name, type, size, mtime, ctime, ino, first, link, archive FROM entries WHERE dir = ? AND last = ${CURRENT}`,
		);
		this.#listDir.setReadBigInts(true);
		this.#listDir.setReturnArrays(true);
		this.#childDirs = db.prepare('SELECT dir, name FROM dirs WHERE parent = ?');
		this.#close = db.prepare(
			`UPDATE entries SET last = ? WHERE dir = ? AND name = ? AND last = ${CURRENT} AND first <= ?`,
		);
		this.#current = db.prepare(
			`SELECT type, archive, ino FROM entries WHERE dir = ? AND name = ? AND last = ${CURRENT}`,
		);
		this.#current.setReadBigInts(true);
		// A later archive of the same run supersedes what an earlier one holds of the file.
		this.#insert = db.prepare(
			`INSERT INTO entries VALUES (?, ?, ?, ${CURRENT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (dir, name, first) DO UPDATE SET last = excluded.last, type = excluded.type, mode = excluded.mode,
				uid = excluded.uid, gid = excluded.gid, size = excluded.size, mtime = excluded.mtime, ctime = excluded.ctime,
				ino = excluded.ino, link = excluded.link, sha256 = excluded.sha256, archive = excluded.archive,
				offset = excluded.offset, length = excluded.length
			WHERE excluded.archive >= archive`,
		);
	}

	/** Id of the folder `name` in `parent`, and whether it was made just now. */
	dir(parent: number, name: string): { dir: number; isNew: boolean } {
		const sqlName = toSqlName(name);
		const row = this.#findDir.get(parent, sqlName);
		if (row) return { dir: Number(row.dir), isNew: false };
		return { dir: Number(this.#addDir.run(parent, sqlName).lastInsertRowid), isNew: true };
	}

	/** The current versions in a folder, by name. */
	list(dir: number): Map<string, CurrentVersion> {
		const versions = new Map<string, CurrentVersion>();
		for (const row of this.#listDir.all(dir) as unknown as (string | Uint8Array | bigint | null)[][]) {
			versions.set(typeof row[0] === 'string' ? row[0] : fromSqlName(row[0]), {
				type: Number(row[1]),
				size: row[2] as bigint,
				mtime: row[3] as bigint,
				ctime: row[4] as bigint,
				ino: row[5] as bigint,
				first: Number(row[6]),
				link: row[7] === null ? '' : fromSqlName(row[7]),
				archive: Number(row[8]),
			});
		}
		return versions;
	}

	childDirs(dir: number): { dir: number; name: string }[] {
		return this.#childDirs.all(dir).map((row) => ({ dir: Number(row.dir), name: fromSqlName(row.name) }));
	}

	/** Ends the current version of a name before `run`: it is gone. */
	close(dir: number, name: string, run: number): void {
		this.#close.run(run - 1, dir, toSqlName(name), run);
	}

	/**
	 * Ends the version that earlier runs have of a name, as `run` has a newer one. What `run` itself has stays: it may be
	 * newer still, from a later archive that was done sooner.
	 */
	supersede(dir: number, name: string, run: number): void {
		this.#close.run(run - 1, dir, toSqlName(name), run - 1);
	}

	/** Ends all current versions below a folder (not the folder's own) before `run`. */
	closeBelow(dir: number, run: number): void {
		this.#db
			.prepare(
				`WITH RECURSIVE below (dir) AS (VALUES (?) UNION ALL SELECT dirs.dir FROM dirs JOIN below ON dirs.parent = below.dir)
				UPDATE entries SET last = ? WHERE dir IN (SELECT dir FROM below) AND last = ${CURRENT}`,
			)
			.run(dir, run - 1);
	}

	/** How many current versions lie below a folder. */
	countBelow(dir: number): number {
		return Number(
			this.#db
				.prepare(
					`WITH RECURSIVE below (dir) AS (VALUES (?) UNION ALL SELECT dirs.dir FROM dirs JOIN below ON dirs.parent = below.dir)
					SELECT count(*) AS n FROM entries WHERE dir IN (SELECT dir FROM below) AND last = ${CURRENT}`,
				)
				.get(dir)?.n,
		);
	}

	/**
	 * Takes hard links that `run` has stored and that lead nowhere out of the snapshot: their first name is not in it, or in
	 * a later archive, where tar would look for it in vain, or it is among `lost`, whose present content was not stored.
	 * Their versions end before they begin, so that the manifest can tell those of the sidecars that do not count.
	 * @returns their paths
	 */
	dropLooseLinks(run: number, lost: ReadonlySet<string>): string[] {
		const links = this.#db
			.prepare(`SELECT dir, name, link, archive FROM entries WHERE type = ? AND first = ? AND last = ${CURRENT}`)
			.all(TYPE_NUMBER.hardlink, run);
		const end = this.#db.prepare('UPDATE entries SET last = first - 1 WHERE dir = ? AND name = ? AND first = ?');
		const loose = links.filter(({ link, archive }) => {
			const path = fromSqlName(link);
			const target = lost.has(path) ? undefined : this.current(path);
			return target?.type !== TYPE_NUMBER.file || Number(target.archive) > Number(archive);
		});
		for (const { dir, name } of loose) end.run(dir as number, name as string, run);
		return this.#paths(loose);
	}

	/** The current version of a path. */
	current(path: string): { type: number; archive: number; ino: bigint } | undefined {
		const at = this.#find(path);
		const row = at && this.#current.get(at.dir, toSqlName(at.name));
		return row && { type: Number(row.type), archive: Number(row.archive), ino: row.ino as bigint };
	}

	#find(path: string): { dir: number; name: string } | undefined {
		const names = path.split('/');
		const name = names.pop()!;
		let dir = 1;
		for (const folder of names) {
			const row = this.#findDir.get(dir, toSqlName(folder));
			if (!row) return undefined;
			dir = Number(row.dir);
		}
		return { dir, name };
	}

	/**
	 * The versions that the runs behind `after`, up to `run`, have ended, and for which none that counts has a newer one:
	 * path, first and last run. One that no snapshot has any more does not count, as its archive may be gone. Where last lies before first, it was stored but is in no snapshot.
	 */
	closed(after: number, run: number): [path: string, first: number, last: number][] {
		const rows = this.#db
			.prepare(
				`SELECT dir, name, first, last FROM entries AS old
				WHERE last >= ? AND last < ? AND (last < first OR NOT EXISTS (
					SELECT 1 FROM entries AS now WHERE now.dir = old.dir AND now.name = old.name AND now.first = old.last + 1
						AND (now.last >= ? OR EXISTS (
							SELECT 1 FROM runs WHERE run BETWEEN now.first AND now.last AND dropped IS NULL))))`,
			)
			.all(after, run, run);
		return this.#paths(rows).map((path, at) => [path, Number(rows[at]!.first), Number(rows[at]!.last)]);
	}

	/**
	 * Hard links that lead to content they do not share any more: what they lead to, in one of `folders` (archive paths),
	 * is gone or another file.
	 * @returns their paths
	 */
	staleLinks(folders: string[]): string[] {
		const links = this.#db.prepare(`SELECT dir, name, link, ino FROM entries WHERE type = ? AND last = ${CURRENT}`);
		links.setReadBigInts(true);
		const stale: Record<string, unknown>[] = [];
		for (const row of links.iterate(TYPE_NUMBER.hardlink)) {
			const path = fromSqlName(row.link);
			if (!folders.some((folder) => folder === '' || folder === path || path.startsWith(`${folder}/`))) continue;
			const target = this.current(path);
			if (target?.type !== TYPE_NUMBER.file || target.ino !== row.ino) stale.push(row);
		}
		return this.#paths(stale);
	}

	/** Ends the current version of a path before `run`. */
	closePath(path: string, run: number): void {
		const at = this.#find(path);
		if (at) this.close(at.dir, at.name, run);
	}

	/** Ends, before `run`, current versions in these archives that lie where `isMeant` says. */
	closeIn(archives: ReadonlySet<number>, run: number, isMeant: (path: string) => boolean): void {
		const rows = this.#db
			.prepare(`SELECT dir, name FROM entries WHERE last = ${CURRENT} AND archive IN (SELECT value FROM json_each(?))`)
			.all(JSON.stringify([...archives]));
		for (const path of this.#paths(rows)) if (isMeant(path)) this.closePath(path, run);
	}

	/** How many files the snapshot has that the current versions make, and their bytes. */
	totals(): { files: number; bytes: number } {
		const row = this.#db
			.prepare(`SELECT count(*) AS files, total(size) AS bytes FROM entries WHERE type IN (?, ?) AND last = ${CURRENT}`)
			.get(TYPE_NUMBER.file, TYPE_NUMBER.hardlink)!;
		return { files: Number(row.files), bytes: Number(row.bytes) };
	}

	#paths(rows: Record<string, unknown>[]): string[] {
		const paths = new Map<number, string>();
		return rows.map((row) => {
			const folder = this.#pathOf(Number(row.dir), paths);
			const name = fromSqlName(row.name);
			return folder === '' ? name : `${folder}/${name}`;
		});
	}

	#pathOf(dir: number, known: Map<number, string>): string {
		if (dir === 1) return '';
		const path = known.get(dir);
		if (path !== undefined) return path;
		const row = this.#db.prepare('SELECT parent, name FROM dirs WHERE dir = ?').get(dir)!;
		const parent = this.#pathOf(Number(row.parent), known);
		const name = fromSqlName(row.name);
		const made = parent === '' ? name : `${parent}/${name}`;
		known.set(dir, made);
		return made;
	}

	/** Adds the version that `run` has stored; an older current version must have been closed. */
	insert(run: number, row: VersionRow): void {
		this.#insert.run(
			row.dir,
			toSqlName(row.name),
			run,
			TYPE_NUMBER[row.type],
			row.mode,
			row.uid,
			row.gid,
			row.size,
			row.mtimeNs,
			row.ctimeNs,
			row.ino,
			row.link === '' ? null : toSqlName(row.link),
			row.sha256 ?? null,
			row.archive,
			row.offset,
			row.length,
		);
	}
}
