import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { fromSqlName } from './names.ts';
import { join } from './snapshot-walk.ts';

/** Folders whose paths are remembered. */
const KNOWN = 20_000;

/** Paths by the ids of folders. */
export class FolderPaths {
	readonly #parent: StatementSync;
	readonly #paths = new Map<number, string>();

	constructor(db: DatabaseSync) {
		this.#parent = db.prepare('SELECT parent, name FROM dirs WHERE dir = ?');
	}

	/** Archive path of `name`, as SQLite holds it, in folder `dir`. */
	path(dir: number, name: unknown): string {
		return join(this.#folder(dir), fromSqlName(name));
	}

	#folder(dir: number): string {
		if (dir === 1) return '';
		const known = this.#paths.get(dir);
		if (known !== undefined) return known;
		const row = this.#parent.get(dir)!;
		const path = this.path(Number(row.parent), row.name);
		if (this.#paths.size >= KNOWN) this.#paths.clear();
		this.#paths.set(dir, path);
		return path;
	}
}
