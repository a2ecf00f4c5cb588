/** Books for a mirror of plain files, which keeps none: made of what its folder holds now, and thrown away again. */

import type { DatabaseSync } from 'node:sqlite';
import { EntryStore, type VersionRow } from './entry-store.ts';
import { openState } from './open-state.ts';

export class FolderBooks {
	readonly #db: DatabaseSync;
	readonly #entries: EntryStore;
	readonly #run: number;
	#files = 0;
	#bytes = 0;

	/**
	 * @param file does not exist yet
	 * @param stateFile of the job: its newest run is the one that these books are of
	 * @throws FirnError as openState()
	 */
	constructor(file: string, stateFile: string) {
		this.#db = openState(file, 'create');
		this.#db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN');
		this.#entries = new EntryStore(this.#db);
		const own = openState(stateFile, 'read');
		try {
			for (const { key, value } of own.prepare('SELECT key, value FROM meta').all()) {
				this.#db.prepare('INSERT INTO meta VALUES (?, ?)').run(String(key), String(value));
			}
			const run = own
				.prepare('SELECT run, id, started, finished, status, full FROM runs ORDER BY run DESC LIMIT 1')
				.get();
			this.#run = Number(run?.run ?? 1);
			if (run) {
				this.#db
					.prepare('INSERT INTO runs (run, id, started, finished, status, full) VALUES (?, ?, ?, ?, ?, ?)')
					.run(...(Object.values(run) as (number | string | null)[]));
			}
		} finally {
			own.close();
		}
	}

	/** Number of a folder of the tree. */
	dir(parent: number, name: string): number {
		return this.#entries.dir(parent, name).dir;
	}

	add(row: Omit<VersionRow, 'sha256' | 'archive'>): void {
		if (row.type === 'file' || row.type === 'hardlink') this.#files += 1;
		this.#bytes += row.size;
		this.#entries.insert(this.#run, { ...row, sha256: undefined, archive: 0 });
	}

	done(): void {
		this.#db.prepare('UPDATE runs SET files = ?, bytes = ?').run(this.#files, this.#bytes);
		this.#db.exec('COMMIT');
	}

	close(): void {
		this.#db.close();
	}
}
