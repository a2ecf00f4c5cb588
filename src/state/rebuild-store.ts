/**
 * A state database that is being rebuilt from what lies in the store, beside its place: nobody sees it before it is
 * whole. What a crash leaves of it is thrown away, so nothing is synced until the end.
 */

import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { syncFolder } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';
import type { FileProblem } from '../core/task.ts';
import { EntryStore } from './entry-store.ts';
import { toSqlName } from './names.ts';
import { openState } from './open-state.ts';
import { type RunStatus, RunStore } from './run-store.ts';

export interface RebuiltRun {
	run: number;
	id: string;
	started: number;
	status: RunStatus;
	full: boolean;
	/** JSON of a PlainError. */
	error?: string;
	problems: FileProblem[];
	/** Of one that ended as a snapshot. */
	finished?: { at: number; files: number; bytes: number; newFiles: number; newBytes: number; errors: number };
}

export interface RebuiltArchive {
	/** As it was numbered; another one is taken when that is taken already. */
	number: number | undefined;
	run: number;
	sequence: number;
	key: string;
	status: 'stored' | 'missing';
	compression: Compression;
	encrypted: boolean;
	partSize: number;
	ageHeader: Uint8Array | undefined;
	frames: Uint8Array | undefined;
	rawSize: number;
	payloadSize: number;
	size: number;
	crc32: number | undefined;
	etag: string;
	storageClass: string | undefined;
	recipients: string[] | undefined;
	files: number;
	bytes: number;
	stored: number;
}

/** What SQLite puts beside a database. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

export class RebuildStore {
	readonly #file: string;
	readonly #temporary: string;
	readonly #db: DatabaseSync;
	readonly #putRun: StatementSync;
	readonly #putArchive: StatementSync;
	readonly #closeVersion: StatementSync;
	readonly #findDir: StatementSync;
	readonly runs: RunStore;
	readonly entries: EntryStore;

	/** @param file where the database comes when it is whole */
	constructor(file: string) {
		this.#file = file;
		this.#temporary = `${file}.recovering`;
		this.discard();
		this.#db = openState(this.#temporary, 'create');
		this.#db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000');
		this.runs = new RunStore(this.#db);
		this.entries = new EntryStore(this.#db);
		this.#putRun = this.#db.prepare(
			`INSERT OR REPLACE INTO runs (run, id, started, finished, status, full, scanned, files, bytes, new_files, new_bytes, errors, error)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		);
		this.#putArchive = this.#db.prepare(
			`INSERT INTO archives (archive, run, sequence, key, status, compression, encrypted, part_size, age_header, frames,
				raw_size, payload_size, size, crc32, etag, storage_class, recipients, files, bytes, stored, sidecar)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		);
		this.#closeVersion = this.#db.prepare(
			'UPDATE entries SET last = ?4 WHERE dir = ?1 AND name = ?2 AND first = ?3 AND last > ?4',
		);
		this.#findDir = this.#db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
	}

	/** Does all of it or nothing. */
	async atOnce<T>(what: () => T | Promise<T>): Promise<T> {
		this.#db.exec('BEGIN');
		try {
			const result = await what();
			this.#db.exec('COMMIT');
			return result;
		} catch (error) {
			this.#db.exec('ROLLBACK');
			throw error;
		}
	}

	putRun(row: RebuiltRun): void {
		const { run, id, started, status, full, error, problems, finished } = row;
		const { at, files, bytes, newFiles, newBytes, errors } = finished ?? NOTHING;
		const figures = [files, bytes, newFiles, newBytes, errors];
		const isWhole = finished ? 1 : 0;
		this.#putRun.run(run, id, started, at, status, full ? 1 : 0, isWhole, ...figures, error ?? null);
		this.runs.clearProblems(run);
		for (const problem of problems) this.runs.addProblem(run, problem);
	}

	/** What is missing in a snapshot makes it partial. */
	addErrors(run: number, count: number): void {
		this.#db.prepare(`UPDATE runs SET status = 'partial', errors = errors + ? WHERE run = ?`).run(count, run);
	}

	/** @returns the number it has here */
	putArchive(row: RebuiltArchive): number {
		const { lastInsertRowid } = this.#putArchive.run(
			row.number !== undefined && this.#isFree(row.number) ? row.number : null,
			row.run,
			row.sequence,
			row.key,
			row.status,
			row.compression,
			row.encrypted ? 1 : 0,
			row.partSize,
			row.ageHeader ?? null,
			row.frames ?? null,
			row.rawSize,
			row.payloadSize,
			row.size,
			row.crc32 ?? null,
			row.etag,
			row.storageClass ?? null,
			row.recipients ? JSON.stringify(row.recipients) : null,
			row.files,
			row.bytes,
			row.stored,
		);
		return Number(lastInsertRowid);
	}

	/** Ends the version of a path that began with run `first` with run `last`, unless it has ended before. */
	closeVersion(path: string, first: number, last: number): void {
		const at = this.#find(path);
		if (at) this.#closeVersion.run(at.dir, toSqlName(at.name), first, last);
	}

	/** Ends the version of a path that is current, before `run`. */
	close(path: string, run: number): void {
		const at = this.#find(path);
		if (at) this.entries.close(at.dir, at.name, run);
	}

	/** How many runs, archives and versions of files there are. */
	counts(): { runs: number; snapshots: number; archives: number; entries: number } {
		const row = this.#db
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
		const check = this.#db.prepare('PRAGMA integrity_check').get()?.integrity_check;
		if (check !== 'ok') {
			throw new FirnError('STATE_CORRUPT', `The state database that was rebuilt is damaged (${String(check)}).`, {
				guidance: 'See whether the disk is sound, then run firn recover again.',
			});
		}
		this.#db.close();
		const fd = openSync(this.#temporary, 'r');
		try {
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		place(this.#temporary, this.#file);
		syncFolder(dirname(this.#file));
	}

	/** Removes what is unfinished. */
	discard(): void {
		// It is not there yet when the constructor looks after what others have left.
		if (this.#db?.isOpen) this.#db.close();
		for (const ending of COMPANIONS) rmSync(this.#temporary + ending, { force: true });
	}

	#isFree(archive: number): boolean {
		return this.#db.prepare('SELECT 1 FROM archives WHERE archive = ?').get(archive) === undefined;
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
}

const NOTHING = { at: null, files: 0, bytes: 0, newFiles: 0, newBytes: 0, errors: 0 };

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
