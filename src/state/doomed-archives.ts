/** What a deletion of archives would take away. The database is only read, but for temporary tables. */

import type { DatabaseSync } from 'node:sqlite';
import { usageError } from '../core/errors.ts';
import { FolderPaths } from './folder-paths.ts';
import { CURRENT } from './schema.ts';

/** Which archives: by number or key, all, or those that no snapshot needs. */
export type DeleteWhat =
	| { archives: string[] }
	| { all: true }
	/** `without`: as if the snapshots of these runs were dropped. */
	| { unneeded: true; without?: number[] };

export interface DoomedArchive {
	archive: number;
	key: string;
	status: 'stored' | 'missing';
	size: number;
	files: number;
	storageClass: string | undefined;
	/** ms since 1970. */
	stored: number;
}

/** A version of a file of which nothing is left. */
export interface LostFile {
	path: string;
	size: number;
	/** The newest snapshot has it: if it is unchanged, the next run stores it again. */
	current: boolean;
}

const IS_THERE = `status IN ('stored', 'missing')`;
const IS_SNAPSHOT = `status IN ('complete', 'partial')`;
/** A version counts when a snapshot has it, or the next run may take it over. */
const isNeeded = (and = '') => `e.last >= e.first AND (e.last = ${CURRENT} OR EXISTS (
	SELECT 1 FROM runs WHERE run BETWEEN e.first AND e.last AND ${IS_SNAPSHOT}${and}))`;

/**
 * The archives that are meant, in order.
 * @throws FirnError (usage) ARCHIVE_UNKNOWN, ARCHIVE_AMBIGUOUS
 */
export function chooseDoomed(db: DatabaseSync, what: DeleteWhat): DoomedArchive[] {
	if ('archives' in what) {
		const named = new Set(what.archives.map((name) => findNamed(db, name)));
		return read(db, 'archive IN (SELECT value FROM json_each(?))', JSON.stringify([...named]));
	}
	if ('all' in what) return read(db, IS_THERE);
	// What an unfinished run has stored is there to go on from.
	return read(
		db,
		`${IS_THERE} AND archive NOT IN (
			SELECT DISTINCT archive FROM entries AS e WHERE ${isNeeded(' AND run NOT IN (SELECT value FROM json_each(?))')})
		AND run NOT IN (SELECT run FROM runs WHERE status IN ('running', 'stopped', 'failed'))`,
		JSON.stringify(what.without ?? []),
	);
}

function read(db: DatabaseSync, where: string, ...values: string[]): DoomedArchive[] {
	return db
		.prepare(
			`SELECT archive, key, status, coalesce(size, 0) AS size, files, storage_class, coalesce(stored, 0) AS stored
			FROM archives WHERE ${where} ORDER BY archive`,
		)
		.all(...values)
		.map((row) => ({
			archive: Number(row.archive),
			key: String(row.key),
			status: row.status as DoomedArchive['status'],
			size: Number(row.size),
			files: Number(row.files),
			storageClass: (row.storage_class as string | null) ?? undefined,
			stored: Number(row.stored),
		}));
}

/** By number, key, or the end of a key from a slash on. */
function findNamed(db: DatabaseSync, name: string): number {
	const isNumber = /^\d{1,15}$/.test(name);
	const rows = db
		.prepare(
			isNumber
				? `SELECT archive, status FROM archives WHERE archive = ?`
				: `SELECT archive, status FROM archives WHERE key = ?1 OR substr(key, -length(?1) - 1) = '/' || ?1 LIMIT 2`,
		)
		.all(isNumber ? Number(name) : name);
	const [found] = rows;
	if (rows.length > 1)
		throw usageError('ARCHIVE_AMBIGUOUS', `Several archives are called ${name}.`, 'Give the number or the whole key.');
	if (!found || (found.status !== 'stored' && found.status !== 'missing')) {
		const why = found?.status === 'deleted' ? ' (any more: it was deleted)' : '';
		throw usageError('ARCHIVE_UNKNOWN', `There is no archive ${name}${why}.`, 'firn show JOB --archives lists them.');
	}
	return Number(found.archive);
}

/** What else goes with archives: files that lie nowhere else, and the snapshots that are no longer whole. */
export class Losses {
	readonly #db: DatabaseSync;

	constructor(db: DatabaseSync, doomed: readonly DoomedArchive[]) {
		this.#db = db;
		this.close();
		db.exec('CREATE TEMP TABLE doomed (archive INTEGER PRIMARY KEY)');
		const put = db.prepare('INSERT INTO doomed VALUES (?)');
		// What the store has lost already is not lost by deleting it.
		for (const { archive, status } of doomed) if (status === 'stored') put.run(archive);
		db.exec(
			`CREATE TEMP TABLE dying AS SELECT dir, name, first, last, size, sha256 FROM entries AS e
				WHERE archive IN (SELECT archive FROM doomed) AND type = 0 AND ${isNeeded()};
			CREATE INDEX temp.dying_content ON dying (sha256, size);
			CREATE TEMP TABLE copied AS SELECT DISTINCT e.sha256, e.size FROM entries AS e
				JOIN archives AS a ON a.archive = e.archive AND a.status = 'stored'
				WHERE e.type = 0 AND e.archive NOT IN (SELECT archive FROM doomed)
				AND EXISTS (SELECT 1 FROM dying AS d WHERE d.sha256 = e.sha256 AND d.size = e.size);
			DELETE FROM dying WHERE (sha256, size) IN (SELECT sha256, size FROM copied)`,
		);
	}

	/** All versions that lie nowhere else. */
	*files(): Generator<LostFile> {
		const paths = new FolderPaths(this.#db);
		for (const row of this.#db.prepare('SELECT dir, name, last, size FROM dying ORDER BY dir, name, first').iterate()) {
			yield { path: paths.path(Number(row.dir), row.name), size: Number(row.size), current: row.last === CURRENT };
		}
	}

	/** Numbers of the snapshots that lose a file. */
	snapshots(): number[] {
		return this.#db
			.prepare(
				`SELECT run FROM runs WHERE ${IS_SNAPSHOT} AND EXISTS (
					SELECT 1 FROM dying WHERE run BETWEEN first AND last) ORDER BY run`,
			)
			.all()
			.map(({ run }) => Number(run));
	}

	close(): void {
		this.#db.exec(
			'DROP TABLE IF EXISTS temp.doomed; DROP TABLE IF EXISTS temp.dying; DROP TABLE IF EXISTS temp.copied',
		);
	}
}
