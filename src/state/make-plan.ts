/** Chooses the entries of a restore and copies them into its plan. */

import { DatabaseSync } from 'node:sqlite';
import { ENTRY_TYPES } from '../core/entry.ts';
import { usageError } from '../core/errors.ts';
import { chooseCopies, type Preference } from './choose-copies.ts';
import { fromSqlName, toSqlName } from './names.ts';
import { PLAN_SCHEMA, RestorePlan } from './restore-plan.ts';
import { dirId, SnapshotWalk, split } from './snapshot-walk.ts';
import type { Snapshot } from './snapshots.ts';

export interface PlanOptions {
	/** The job's state database, already opened as such (open-state.ts), and its file. */
	state: DatabaseSync;
	stateFile: string;
	/** The plan's file; does not exist yet. */
	file: string;
	snapshot: Snapshot;
	/** As in RestoreSpec. */
	paths: readonly string[];
	/** Where content may be taken from, if not from where the snapshot has it. */
	prefer?: Preference;
}

const ITEM_COLUMNS = 'archive, offset, length, type, mode, uid, gid, size, mtime, sha256, dir, name';
const HARDLINK = ENTRY_TYPES.indexOf('hardlink');

/**
 * Makes the plan of a restore.
 * @throws FirnError PATH_MISSING
 */
export function makePlan(options: PlanOptions): RestorePlan {
	const { stateFile, snapshot, paths } = options;
	const db = new DatabaseSync(options.file);
	try {
		db.exec(PLAN_SCHEMA);
		db.prepare('ATTACH DATABASE ? AS state').run(stateFile);
		db.exec('BEGIN');
		if (paths.length > 0) choose(db, options);
		copyEntries(db, snapshot, paths.length === 0);
		const adopted = paths.length > 0 && adoptLinks(db, options);
		const moved = options.prefer !== undefined && chooseCopies(db, options.prefer);
		if (adopted || moved) sortItems(db);
		db.exec('COMMIT');
		db.exec('DETACH DATABASE state');
		return new RestorePlan(db);
	} catch (error) {
		db.close();
		throw error;
	}
}

function choose(db: DatabaseSync, { state, snapshot, paths }: PlanOptions): void {
	const walk = new SnapshotWalk(state, snapshot);
	const one = db.prepare('INSERT OR IGNORE INTO chosen VALUES (?, ?)');
	const below = db.prepare(
		`WITH RECURSIVE below (dir) AS (
			VALUES (?)
			UNION ALL
			SELECT d.dir FROM below JOIN state.dirs AS d ON d.parent = below.dir)
		INSERT OR IGNORE INTO chosen_dirs SELECT dir FROM below`,
	);
	for (const path of paths) {
		if (!walk.has(path)) throw pathMissing(path, snapshot.number);
		const { parent, name } = split(path);
		if (path !== '') one.run(dirId(state, parent)!, toSqlName(name));
		const dir = dirId(state, path);
		if (dir !== undefined) below.run(dir);
	}
}

function copyEntries(db: DatabaseSync, snapshot: Snapshot, all: boolean): void {
	db.exec('INSERT INTO dirs SELECT dir, parent, name FROM state.dirs');
	const chosen = all
		? 'TRUE'
		: '(e.dir IN (SELECT dir FROM chosen_dirs) OR (e.dir, e.name) IN (SELECT dir, name FROM chosen))';
	// Of an unfinished run, only what lies in archives that are stored can be read; what a mirror has lies in none.
	const valid = `e.first <= ?1 AND e.last >= ?1
		AND e.archive IN (SELECT 0 UNION ALL SELECT archive FROM state.archives WHERE status NOT IN ('open', 'abandoned')) AND ${chosen}`;
	db.prepare(
		`INSERT INTO items (${ITEM_COLUMNS}) SELECT ${ITEM_COLUMNS} FROM state.entries AS e
		WHERE type IN (0, 5, 6) AND ${valid} ORDER BY archive, offset`,
	).run(snapshot.number);
	db.prepare(
		`INSERT INTO others (own, type, mode, uid, gid, mtime, link, dir, name)
		SELECT iif(type = 1, (SELECT d.dir FROM state.dirs AS d WHERE d.parent = e.dir AND d.name = e.name), NULL),
			type, mode, uid, gid, mtime, link, dir, name FROM state.entries AS e WHERE type IN (1, 2, 3, 4) AND ${valid}`,
	).run(snapshot.number);
	addLeading(db, snapshot);
}

/** The folders on the way that are not chosen themselves. */
function addLeading(db: DatabaseSync, snapshot: Snapshot): void {
	db.prepare(
		`WITH RECURSIVE used (dir) AS (
			SELECT dir FROM items UNION SELECT dir FROM others
			UNION
			SELECT d.parent FROM used JOIN dirs AS d ON d.dir = used.dir)
		INSERT INTO leading
		SELECT d.dir, e.mode, e.uid, e.gid, e.mtime FROM used JOIN dirs AS d ON d.dir = used.dir
		LEFT JOIN state.entries AS e ON e.dir = d.parent AND e.name = d.name AND e.type = 1 AND e.first <= ?1 AND e.last >= ?1
		WHERE d.dir > 1 AND d.dir NOT IN (SELECT own FROM others WHERE own IS NOT NULL)`,
	).run(snapshot.number);
}

/**
 * A hard link may be chosen without the name that its content is stored under. Then it takes the content itself, and
 * further names of the same content become links to it.
 */
function adoptLinks(db: DatabaseSync, { state, snapshot }: PlanOptions): boolean {
	const links = db.prepare(
		`SELECT other, link, dir, name FROM others WHERE type = ${HARDLINK} AND other > ? ORDER BY other LIMIT 1000`,
	);
	let after = 0;
	let adopted = false;
	for (let rows = links.all(after); rows.length > 0; rows = links.all(after)) {
		if (after === 0) {
			db.exec(
				'CREATE INDEX by_name ON items (dir, name); CREATE INDEX by_place ON items (archive, offset); CREATE INDEX by_stored ON items (stored)',
			);
		}
		after = Number(rows.at(-1)!.other);
		for (const row of rows) adopted = adopt(db, state, snapshot, row) || adopted;
	}
	return adopted;
}

/** New and moved items must stand where they lie. */
function sortItems(db: DatabaseSync): void {
	db.exec(
		`CREATE TABLE sorted AS SELECT ${ITEM_COLUMNS}, stored FROM items ORDER BY archive, offset;
		DELETE FROM items;
		INSERT INTO items (${ITEM_COLUMNS}, stored) SELECT ${ITEM_COLUMNS}, stored FROM sorted ORDER BY rowid;
		DROP TABLE sorted`,
	);
}

/** @returns true when the link became an item of its own */
function adopt(db: DatabaseSync, state: DatabaseSync, snapshot: Snapshot, row: Record<string, unknown>): boolean {
	const { parent, name } = split(fromSqlName(row.link));
	const dir = dirId(state, parent);
	if (dir === undefined) return false;
	const sqlName = toSqlName(name);
	if (db.prepare('SELECT 1 FROM items WHERE dir = ? AND name = ?').get(dir, sqlName)) return false;
	const source = state
		.prepare('SELECT archive, offset FROM entries WHERE dir = ? AND name = ? AND first <= ? AND last >= ? AND type = 0')
		.get(dir, sqlName, snapshot.number, snapshot.number);
	if (!source) return false;
	// In a mirror each file is an object of its own, which its path tells.
	const heir =
		Number(source.archive) === 0
			? db.prepare('SELECT dir, name FROM items WHERE stored = ?').get(row.link as string)
			: db
					.prepare('SELECT dir, name FROM items WHERE archive = ? AND offset = ?')
					.get(Number(source.archive), Number(source.offset));
	const other = Number(row.other);
	if (heir) {
		const path = new RestorePlan(db).path(Number(heir.dir), heir.name);
		db.prepare('UPDATE others SET link = ? WHERE other = ?').run(toSqlName(path), other);
		return false;
	}
	db.prepare(
		`INSERT INTO items (${ITEM_COLUMNS}, stored)
		SELECT archive, offset, length, type, mode, uid, gid, size, mtime, sha256, ?, ?, ? FROM state.entries
		WHERE dir = ? AND name = ? AND first <= ? AND last >= ? AND type = 0`,
	).run(row.dir as number, row.name as string, row.link as string, dir, sqlName, snapshot.number, snapshot.number);
	db.prepare('DELETE FROM others WHERE other = ?').run(other);
	return true;
}

function pathMissing(path: string, snapshot: number) {
	return usageError(
		'PATH_MISSING',
		`There is no "/${path}" in snapshot ${snapshot}.`,
		'firn show lists what there is; --snapshot N takes another one.',
	);
}
