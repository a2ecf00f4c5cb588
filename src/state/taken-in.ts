/** Writes what manifests and sidecars tell into a state database: one that is rebuilt, or one that lacks some runs. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Compression } from '../core/object-names.ts';
import type { FileProblem } from '../core/task.ts';
import { EntryStore } from './entry-store.ts';
import { toSqlName } from './names.ts';
import { type RunScope, type RunStatus, RunStore } from './run-store.ts';

export interface RebuiltRun {
	run: number;
	id: string;
	started: number;
	status: RunStatus;
	full: boolean;
	scope?: RunScope | undefined;
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
	link: string | undefined;
}

export class TakenIn {
	protected readonly db: DatabaseSync;
	readonly #putRun: StatementSync;
	readonly #putArchive: StatementSync;
	readonly #closeVersion: StatementSync;
	readonly #findDir: StatementSync;
	readonly runs: RunStore;
	readonly entries: EntryStore;

	constructor(db: DatabaseSync) {
		this.db = db;
		this.runs = new RunStore(db);
		this.entries = new EntryStore(db);
		this.#putRun = this.db.prepare(
			`INSERT OR REPLACE INTO runs (run, id, started, finished, status, full, scanned, files, bytes, new_files, new_bytes, errors, error, scope)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		);
		this.#putArchive = this.db.prepare(
			`INSERT INTO archives (archive, run, sequence, key, status, compression, encrypted, part_size, age_header, frames,
				raw_size, payload_size, size, crc32, etag, storage_class, recipients, files, bytes, stored, link, sidecar)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		);
		this.#closeVersion = this.db.prepare(
			'UPDATE entries SET last = ?4 WHERE dir = ?1 AND name = ?2 AND first = ?3 AND last > ?4',
		);
		this.#findDir = this.db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
	}

	/** Does all of it or nothing; also within another one. */
	async atOnce<T>(what: () => T | Promise<T>): Promise<T> {
		this.db.exec('SAVEPOINT taken_in');
		try {
			const result = await what();
			this.db.exec('RELEASE taken_in');
			return result;
		} catch (error) {
			this.db.exec('ROLLBACK TO taken_in; RELEASE taken_in');
			throw error;
		}
	}

	putRun(row: RebuiltRun): void {
		const { run, id, started, status, full, scope, error, problems, finished } = row;
		const { at, files, bytes, newFiles, newBytes, errors } = finished ?? NOTHING;
		const figures = [files, bytes, newFiles, newBytes, errors];
		const isWhole = finished ? 1 : 0;
		const json = scope ? JSON.stringify(scope) : null;
		this.#putRun.run(run, id, started, at, status, full ? 1 : 0, isWhole, ...figures, error ?? null, json);
		this.runs.clearProblems(run);
		for (const problem of problems) this.runs.addProblem(run, problem);
	}

	/** What is missing in a snapshot makes it partial. */
	addErrors(run: number, count: number): void {
		this.db.prepare(`UPDATE runs SET status = 'partial', errors = errors + ? WHERE run = ?`).run(count, run);
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
			row.link ?? null,
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

	#isFree(archive: number): boolean {
		return this.db.prepare('SELECT 1 FROM archives WHERE archive = ?').get(archive) === undefined;
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
