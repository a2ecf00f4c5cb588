import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredEntry } from '../core/entry.ts';
import { toSqlName } from './names.ts';
import { STORED_ENTRY, storedEntry } from './stored-entry.ts';

/** What the books say of an object that a run has stored. */
export type KnownEntry = StoredEntry & { archive: number };

/** Folders whose ids are remembered. */
const KNOWN = 10_000;

/** Finds entries by the path and the run that stored them. */
export class EntryLookup {
	readonly #folder: StatementSync;
	readonly #entry: StatementSync;
	readonly #counts: StatementSync;
	readonly #dirs = new Map<string, number | undefined>();
	#entries: Map<number, number> | undefined;

	constructor(db: DatabaseSync) {
		this.#folder = db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
		this.#entry = db.prepare(
			`SELECT archive, ${STORED_ENTRY} FROM entries
			WHERE dir = ? AND name = ? AND first = ?`,
		);
		this.#entry.setReadBigInts(true);
		this.#counts = db.prepare('SELECT archive, count(*) AS n FROM entries GROUP BY archive');
	}

	find(path: string, run: number): KnownEntry | undefined {
		const slash = path.lastIndexOf('/');
		const dir = this.#dir(slash === -1 ? '' : path.slice(0, slash));
		const row = dir === undefined ? undefined : this.#entry.get(dir, toSqlName(path.slice(slash + 1)), run);
		if (!row) return undefined;
		return { archive: Number(row.archive), ...storedEntry(row) };
	}

	/** How many entries the books have in an archive; all archives are counted at once. */
	countIn(archive: number): number {
		this.#entries ??= new Map(this.#counts.all().map((row) => [Number(row.archive), Number(row.n)]));
		return this.#entries.get(archive) ?? 0;
	}

	#dir(path: string): number | undefined {
		if (path === '') return 1;
		if (this.#dirs.has(path)) return this.#dirs.get(path);
		const slash = path.lastIndexOf('/');
		const parent = this.#dir(slash === -1 ? '' : path.slice(0, slash));
		const row = parent === undefined ? undefined : this.#folder.get(parent, toSqlName(path.slice(slash + 1)));
		if (this.#dirs.size >= KNOWN) this.#dirs.clear();
		this.#dirs.set(path, row && Number(row.dir));
		return row && Number(row.dir);
	}
}
