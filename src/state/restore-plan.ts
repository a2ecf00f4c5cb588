/**
 * What a restore has to do, in a database of its own that lives as long as the restore: the chosen entries in the order
 * in which they lie in the archives. Memory does not grow with their number, all threads of the restore can read it, and
 * a restore that takes days holds no transaction open in the job's database.
 */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ENTRY_TYPES, type EntryType } from '../core/entry.ts';
import { fromSqlName } from './names.ts';
import { join } from './snapshot-walk.ts';

export const PLAN_SCHEMA = `
	PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
	-- dirs as in the state database
	CREATE TABLE dirs (dir INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name ANY NOT NULL) STRICT;
	-- what lies in archives: files, and devices, whose numbers stand in the TAR header only; numbered in order of place
	CREATE TABLE items (
		item INTEGER PRIMARY KEY, archive INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
		type INTEGER NOT NULL, mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, size INTEGER NOT NULL,
		mtime INTEGER NOT NULL, sha256 BLOB, dir INTEGER NOT NULL, name ANY NOT NULL,
		stored ANY -- path in the archive, where it is another
	) STRICT;
	-- what the state database knows all about: folders (own is their id in dirs), symlinks, hard links, FIFOs
	CREATE TABLE others (
		other INTEGER PRIMARY KEY, own INTEGER, type INTEGER NOT NULL, mode INTEGER NOT NULL, uid INTEGER NOT NULL,
		gid INTEGER NOT NULL, mtime INTEGER NOT NULL, link ANY, dir INTEGER NOT NULL, name ANY NOT NULL
	) STRICT;
	-- folders on the way to all these that are not among them, with their metadata if the snapshot has them
	CREATE TABLE leading (dir INTEGER PRIMARY KEY, mode INTEGER, uid INTEGER, gid INTEGER, mtime INTEGER) STRICT;
	-- what was asked for: folders with all in them, and single names
	CREATE TABLE chosen_dirs (dir INTEGER PRIMARY KEY) STRICT;
	CREATE TABLE chosen (dir INTEGER NOT NULL, name ANY NOT NULL, PRIMARY KEY (dir, name)) STRICT, WITHOUT ROWID;
`;

export interface Metadata {
	mode: number;
	uid: number;
	gid: number;
	mtimeNs: bigint;
}

export interface PlanItem extends Metadata {
	path: string;
	/** Path in the TAR header; another one where a hard link takes the content of a name that is not wanted. */
	storedPath: string;
	type: EntryType;
	size: number;
	/** In hexadecimal: a string is far less work for the garbage collector than bytes. */
	sha256: string | undefined;
	/** TAR bytes [offset, offset + length) of the archive. */
	offset: number;
	length: number;
}

/** Where an item lies. */
export interface ItemPlace {
	item: number;
	archive: number;
	offset: number;
	length: number;
	size: number;
	type: EntryType;
}

export interface PlainObject extends Metadata {
	path: string;
	/** Target of a symlink, archive path of the first name of a hard link; else ''. */
	link: string;
}

export type PlainType = 'dir' | 'symlink' | 'hardlink' | 'fifo';

export interface LeadingFolder {
	path: string;
	metadata: Metadata | undefined;
}

type Row = (number | string | Uint8Array | null)[];

const METADATA = 'mode, uid, gid, mtime / 1000000000, mtime % 1000000000';
/** Folders whose paths are remembered. */
const PATHS_KNOWN = 20_000;

export class RestorePlan {
	readonly #db: DatabaseSync;
	readonly #items: StatementSync;
	readonly #parent: StatementSync;
	readonly #paths = new Map<number, string>();

	constructor(db: DatabaseSync) {
		this.#db = db;
		this.#items = this.#arrays(
			`SELECT ${METADATA}, type, size, lower(hex(sha256)), offset, length, dir, name, stored FROM items WHERE item >= ? AND item < ? ORDER BY item`,
		);
		this.#parent = this.#arrays('SELECT parent, name FROM dirs WHERE dir = ?');
	}

	/** Opens a plan that another thread has made. */
	static open(file: string): RestorePlan {
		const db = new DatabaseSync(file, { readOnly: true });
		db.exec('PRAGMA cache_size = -4000');
		return new RestorePlan(db);
	}

	/** Regular files and hard links, their bytes, and the rest. */
	totals(): { files: number; bytes: number; others: number } {
		const row = this.#db
			.prepare(
				`SELECT (SELECT count(*) FROM items WHERE type = 0) + (SELECT count(*) FROM others WHERE type = 3) AS files,
					(SELECT coalesce(sum(size), 0) FROM items) AS bytes,
					(SELECT count(*) FROM items WHERE type <> 0) + (SELECT count(*) FROM others WHERE type <> 3) AS others`,
			)
			.get()!;
		return { files: Number(row.files), bytes: Number(row.bytes), others: Number(row.others) };
	}

	/** Archives that hold items. */
	archives(): number[] {
		return this.#db
			.prepare('SELECT DISTINCT archive FROM items ORDER BY archive')
			.all()
			.map((row) => Number(row.archive));
	}

	/** Where all items lie, in that order. */
	*places(): Generator<ItemPlace> {
		const rows = this.#arrays('SELECT item, archive, offset, length, size, type FROM items ORDER BY item').iterate();
		for (const row of rows as unknown as Iterable<number[]>) {
			const type = ENTRY_TYPES[row[5]!]!;
			yield { item: row[0]!, archive: row[1]!, offset: row[2]!, length: row[3]!, size: row[4]!, type };
		}
	}

	/** Items [from, to). */
	items(from: number, to: number): PlanItem[] {
		return (this.#items.all(from, to) as unknown as Row[]).map((row) => {
			const path = this.path(row[10] as number, row[11]);
			const { mode, uid, gid, mtimeNs } = metadata(row);
			return {
				mode,
				uid,
				gid,
				mtimeNs,
				path,
				storedPath: row[12] === null ? path : fromSqlName(row[12]),
				type: ENTRY_TYPES[row[5] as number]!,
				size: row[6] as number,
				sha256: (row[7] as string) || undefined,
				offset: row[8] as number,
				length: row[9] as number,
			};
		});
	}

	/** All objects of one type; folders after all that is in them. */
	*others(type: PlainType): Generator<PlainObject> {
		const order = type === 'dir' ? 'own IS NOT NULL, own DESC' : 'other';
		// A folder is always entered into dirs after its parent.
		const statement = this.#arrays(`SELECT ${METADATA}, link, dir, name FROM others WHERE type = ? ORDER BY ${order}`);
		for (const row of statement.iterate(ENTRY_TYPES.indexOf(type)) as unknown as Iterable<Row>) {
			yield {
				...metadata(row),
				link: row[5] === null ? '' : fromSqlName(row[5]),
				path: this.path(row[6] as number, row[7]),
			};
		}
	}

	/** Folders on the way to what is chosen, parents first. */
	leading(): LeadingFolder[] {
		const rows = this.#arrays(`SELECT ${METADATA}, dir FROM leading ORDER BY dir`).all() as unknown as Row[];
		return rows.map((row) => ({
			path: this.#folder(row[5] as number),
			metadata: row[0] === null ? undefined : metadata(row),
		}));
	}

	/** Archive path of `name` in folder `dir`. */
	path(dir: number, name: unknown): string {
		return join(this.#folder(dir), fromSqlName(name));
	}

	close(): void {
		this.#db.close();
	}

	#folder(dir: number): string {
		if (dir === 1) return '';
		const known = this.#paths.get(dir);
		if (known !== undefined) return known;
		const [parent, name] = this.#parent.get(dir) as unknown as [number, unknown];
		const path = this.path(parent, name);
		if (this.#paths.size >= PATHS_KNOWN) this.#paths.clear();
		this.#paths.set(dir, path);
		return path;
	}

	#arrays(sql: string): StatementSync {
		const statement = this.#db.prepare(sql);
		statement.setReturnArrays(true);
		return statement;
	}
}

function metadata(row: Row): Metadata {
	return {
		mode: row[0] as number,
		uid: row[1] as number,
		gid: row[2] as number,
		mtimeNs: BigInt(row[3] as number) * 1_000_000_000n + BigInt(row[4] as number),
	};
}
