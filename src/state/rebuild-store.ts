/**
 * A state database that is being rebuilt from what lies in the store, beside its place: nobody sees it before it is
 * whole. What a crash leaves of it is thrown away, so nothing is synced until the end.
 */

import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { syncFolder } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { MirrorStore } from './mirror-store.ts';
import { openState } from './open-state.ts';
import { TakenIn } from './taken-in.ts';

/** What SQLite puts beside a database. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

export class RebuildStore extends TakenIn {
	readonly #file: string;
	readonly #temporary: string;

	/** @param file where the database comes when it is whole */
	constructor(file: string) {
		const temporary = `${file}.recovering`;
		super(openFresh(temporary));
		this.#file = file;
		this.#temporary = temporary;
	}

	/** The newest run; `isWhole` when it ended as a snapshot. */
	newestRun(): { run: number; id: string; files: number; bytes: number; isWhole: boolean } | undefined {
		const row = this.db
			.prepare(
				`SELECT run, id, files, bytes, status IN ('complete', 'partial') AS isWhole FROM runs ORDER BY run DESC LIMIT 1`,
			)
			.get();
		return row && { ...(row as ReturnType<RebuildStore['newestRun']> & object), isWhole: row.isWhole === 1 };
	}

	/** How many runs, archives and versions of files there are. */
	counts(): { runs: number; snapshots: number; archives: number; entries: number } {
		const row = this.db
			.prepare(
				`SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM archives) AS archives,
				(SELECT count(*) FROM runs WHERE status IN ('complete', 'partial')) AS snapshots,
				(SELECT count(*) FROM entries) AS entries`,
			)
			.get()!;
		const { runs, snapshots, archives, entries } = row as Record<string, number>;
		return { runs: runs!, snapshots: snapshots!, archives: archives!, entries: entries! };
	}

	/**
	 * Checks it, and puts it in its place, on disk.
	 * @throws FirnError STATE_CORRUPT, STATE_EXISTS when there is one by now
	 */
	publish(): void {
		const check = this.db.prepare('PRAGMA integrity_check').get()?.integrity_check;
		if (check !== 'ok') {
			throw new FirnError('STATE_CORRUPT', `The state database that was rebuilt is damaged (${String(check)}).`, {
				guidance: 'See whether the disk is sound, then run firn recover again.',
			});
		}
		this.db.close();
		const fd = openSync(this.#temporary, 'r');
		try {
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		place(this.#temporary, this.#file);
		syncFolder(dirname(this.#file));
	}

	/** The objects of a mirror. */
	mirror(): MirrorStore {
		return new MirrorStore(this.db);
	}

	/** Removes what is unfinished. */
	discard(): void {
		if (this.db.isOpen) this.db.close();
		removeAll(this.#temporary);
	}
}

/** An empty database, in place of what others may have left there. */
function openFresh(file: string): DatabaseSync {
	removeAll(file);
	const db = openState(file, 'create');
	db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000');
	return db;
}

function removeAll(file: string): void {
	for (const ending of COMPANIONS) rmSync(file + ending, { force: true });
}

/** Never takes the place of another file: link(2) refuses that, unlike rename(2). */
function place(temporary: string, file: string): void {
	try {
		linkSync(temporary, file);
		rmSync(temporary, { force: true });
	} catch (error) {
		const code = errnoCode(error);
		// File systems without hard links.
		const cannot = code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP';
		if (!cannot && code !== 'EEXIST') throw error;
		if (!cannot || existsSync(file)) {
			throw usageError('STATE_EXISTS', `There is a state database ${file} by now.`, 'firn jobs lists the jobs.');
		}
		renameSync(temporary, file);
	}
}
