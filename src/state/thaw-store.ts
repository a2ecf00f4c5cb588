/**
 * The record of one restore out of cold storage: what was asked for, and how far each archive has come. A file of its own
 * beside the state databases, so that it is written whatever a backup does to these, and outlives the engine for as many
 * days as the store takes. What was written is on the disk when a call returns.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError } from '../core/errors.ts';
import { describe } from './open-state.ts';

/** "FirT" in ASCII. */
const APPLICATION_ID = 0x46697254;

const SCHEMA = `
	CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), data TEXT NOT NULL) STRICT;
	CREATE TABLE archives (archive INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
	PRAGMA application_id = ${APPLICATION_ID};
	PRAGMA user_version = 1;
`;
const NAME = /^([0-9a-f]{10})\.sqlite3$/;

/** `Head` and `Archive` are plain data, kept as JSON. */
export class ThawStore<Head extends object, Archive extends { archive: number }> {
	readonly #db: DatabaseSync;
	readonly #file: string;

	private constructor(db: DatabaseSync, file: string) {
		this.#db = db;
		this.#file = file;
	}

	/** Makes the record; the folder as well. @throws FirnError STATE_… */
	static create<Head extends object, Archive extends { archive: number }>(
		file: string,
		head: Head,
		archives: readonly Archive[],
	): ThawStore<Head, Archive> {
		// Makes the folder and the file's name durable, which SQLite does not.
		writeDurably(file, '');
		const store = new ThawStore<Head, Archive>(connect(file), file);
		store.#write(() => {
			store.#db.exec(SCHEMA);
			store.#db.prepare('INSERT INTO head VALUES (1, ?)').run(JSON.stringify(head));
			store.#put(archives);
		});
		return store;
	}

	/** @throws FirnError STATE_CORRUPT when it is none, or was never finished */
	static open<Head extends object, Archive extends { archive: number }>(file: string): ThawStore<Head, Archive> {
		const db = connect(file);
		try {
			if (Number(db.prepare('PRAGMA application_id').get()?.application_id) === APPLICATION_ID) {
				return new ThawStore<Head, Archive>(db, file);
			}
		} catch (error) {
			db.close();
			throw describe(error, file);
		}
		db.close();
		throw new FirnError('STATE_CORRUPT', `${file} is not the record of a thaw.`, { kind: 'usage' });
	}

	get head(): Head {
		return this.#guard(() => JSON.parse(String(this.#db.prepare('SELECT data FROM head').get()!.data)) as Head);
	}

	archives(): Archive[] {
		return this.#guard(() =>
			this.#db
				.prepare('SELECT data FROM archives ORDER BY archive')
				.all()
				.map((row) => JSON.parse(String(row.data)) as Archive),
		);
	}

	/** Changes the head, and archives with it. */
	save(change: Partial<Head>, archives: readonly Archive[] = []): void {
		this.#write(() => {
			if (Object.keys(change).length > 0) {
				this.#db.prepare('UPDATE head SET data = ?').run(JSON.stringify({ ...this.head, ...change }));
			}
			this.#put(archives);
		});
	}

	close(): void {
		this.#db.close();
	}

	#put(archives: readonly Archive[]): void {
		const put = this.#db.prepare('INSERT OR REPLACE INTO archives VALUES (?, ?)');
		for (const archive of archives) put.run(archive.archive, JSON.stringify(archive));
	}

	#write(change: () => void): void {
		this.#guard(() => {
			this.#db.exec('BEGIN IMMEDIATE');
			try {
				change();
				this.#db.exec('COMMIT');
			} catch (error) {
				this.#db.exec('ROLLBACK');
				throw error;
			}
		});
	}

	#guard<T>(act: () => T): T {
		try {
			return act();
		} catch (error) {
			throw describe(error, this.#file);
		}
	}
}

/** The ids of the records in a folder, with their files. */
export function listThaws(folder: string): { id: string; file: string }[] {
	try {
		return readdirSync(folder)
			.flatMap((name) => NAME.exec(name)?.[1] ?? [])
			.sort()
			.map((id) => ({ id, file: thawFile(folder, id) }));
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return [];
		throw error;
	}
}

export const thawFile = (folder: string, id: string): string => join(folder, `${id}.sqlite3`);

function connect(file: string): DatabaseSync {
	const db = new DatabaseSync(file, { timeout: 10_000 });
	try {
		db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -4000');
		return db;
	} catch (error) {
		db.close();
		throw describe(error, file);
	}
}
