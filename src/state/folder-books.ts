/** Books for a mirror of plain files, which tells itself what it holds: made of what its folder holds now, and thrown away again. */

import type { DatabaseSync } from 'node:sqlite';
import { EntryStore, type VersionRow } from './entry-store.ts';
import { MirrorCopies } from './mirror-copies.ts';
import { openState } from './open-state.ts';

/** Times come out a little off on some disks. */
const TIME_STEP = 2_000_000_000n;

export class FolderBooks {
	readonly #db: DatabaseSync;
	readonly #entries: EntryStore;
	readonly #run: number;
	/** The job's, for the checksums that files were copied with. */
	readonly #own: DatabaseSync;
	readonly #copies: MirrorCopies;
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
		this.#own = openState(stateFile, 'read');
		this.#copies = new MirrorCopies(this.#own);
		for (const { key, value } of this.#own.prepare('SELECT key, value FROM meta').all()) {
			this.#db.prepare('INSERT INTO meta VALUES (?, ?)').run(String(key), String(value));
		}
		const run = this.#own
			.prepare('SELECT run, id, started, finished, status, full FROM runs ORDER BY run DESC LIMIT 1')
			.get();
		this.#run = Number(run?.run ?? 1);
		if (!run) return;
		this.#db
			.prepare('INSERT INTO runs (run, id, started, finished, status, full) VALUES (?, ?, ?, ?, ?, ?)')
			.run(...(Object.values(run) as (number | string | null)[]));
	}

	/** Number of a folder of the tree. */
	dir(parent: number, name: string): number {
		return this.#entries.dir(parent, name).dir;
	}

	/** @param below where it lies in the mirror */
	add(row: Omit<VersionRow, 'sha256' | 'archive'>, below: string): void {
		if (row.type === 'file' || row.type === 'hardlink') this.#files += 1;
		this.#bytes += row.size;
		this.#entries.insert(this.#run, { ...row, sha256: this.#sha256(row, below), archive: 0 });
	}

	/** That of the copy, unless somebody else has written the file since. */
	#sha256({ type, size, mtimeNs }: Pick<VersionRow, 'type' | 'size' | 'mtimeNs'>, below: string): Buffer | undefined {
		const note = type === 'file' ? this.#copies.at(below) : undefined;
		if (!note || note.size !== size) return undefined;
		const apart = note.mtimeNs - mtimeNs;
		return apart <= TIME_STEP && apart >= -TIME_STEP ? note.sha256 : undefined;
	}

	done(): void {
		this.#db.prepare('UPDATE runs SET files = ?, bytes = ?').run(this.#files, this.#bytes);
		this.#db.exec('COMMIT');
	}

	close(): void {
		this.#own.close();
		this.#db.close();
	}
}
