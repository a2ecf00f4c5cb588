import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { fromSqlName, toSqlName } from './names.ts';
import type { Metadata } from './restore-plan.ts';

/**
 * What an extraction without a state database has to remember: the paths it has made, and what its folders are to be
 * like in the end. In a temporary database, so that memory does not grow with the number of files.
 */
export class ExtractNotes {
	readonly #db: DatabaseSync;
	readonly #has: StatementSync;
	readonly #add: StatementSync;
	readonly #addFolder: StatementSync;

	constructor() {
		// Without a name SQLite makes a file that nobody else sees, and only when it must.
		this.#db = new DatabaseSync('');
		this.#db.exec(`
			PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
			CREATE TABLE made (path ANY PRIMARY KEY) STRICT, WITHOUT ROWID;
			CREATE TABLE folders (
				path ANY PRIMARY KEY, depth INTEGER NOT NULL, mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,
				mtime INTEGER NOT NULL
			) STRICT, WITHOUT ROWID;
			BEGIN;
		`);
		this.#has = this.#db.prepare('SELECT 1 FROM made WHERE path = ?');
		this.#add = this.#db.prepare('INSERT OR IGNORE INTO made VALUES (?)');
		this.#addFolder = this.#db.prepare('INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?, ?)');
	}

	/** Whether this extraction has made what is at the path. */
	has(path: string): boolean {
		return this.#has.get(toSqlName(path)) !== undefined;
	}

	add(path: string): void {
		this.#add.run(toSqlName(path));
	}

	addFolder(path: string, { mode, uid, gid, mtimeNs }: Metadata): void {
		this.#addFolder.run(toSqlName(path), path.split('/').length, mode, uid, gid, mtimeNs);
	}

	/** Something else has taken the place of a folder. */
	dropFolder(path: string): void {
		this.#db.prepare('DELETE FROM folders WHERE path = ?').run(toSqlName(path));
	}

	/** All folders, each after those in it. */
	*folders(): Generator<Metadata & { path: string }> {
		const statement = this.#db.prepare('SELECT path, mode, uid, gid, mtime FROM folders ORDER BY depth DESC, path');
		statement.setReadBigInts(true);
		for (const row of statement.iterate()) {
			const { mode, uid, gid, mtime } = row as Record<string, bigint>;
			yield { path: fromSqlName(row.path), mode: Number(mode), uid: Number(uid), gid: Number(gid), mtimeNs: mtime! };
		}
	}

	close(): void {
		this.#db.close();
	}
}
