/** Searches a snapshot below a folder, folder by folder in depth-first order and for a short time at once. */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { BrowseRow } from '../core/browse.ts';
import { usageError } from '../core/errors.ts';
import type { FileFilter, FileStatus } from '../core/file-filter.ts';
import { archiveStatuses } from './archive-list.ts';
import { DIR, passes, toBrowseRow } from './browse-rows.ts';
import type { FolderTotals } from './folder-totals.ts';
import { fromSqlName, toSqlName } from './names.ts';
import { join } from './snapshot-walk.ts';
import type { Snapshot } from './snapshots.ts';

type Name = string | Uint8Array;
type Row = [name: Name, type: number, size: number, time: number, archive: number, first: number];

/** Where a search goes on: in this folder behind this name. */
interface Place {
	dir: number;
	after: string;
}

export interface Search {
	filter: FileFilter;
	/** Id of the folder to search below. */
	top: number;
	cursor?: string | undefined;
	limit: number;
	/** Stops after about this long even when nothing was found. */
	milliseconds: number;
}

/** Names of one folder that are looked at between two looks at the clock. */
const CHUNK = 20_000;

/** @throws FirnError BAD_CURSOR */
export function findFiles(
	db: DatabaseSync,
	snapshot: Snapshot,
	totals: FolderTotals,
	search: Search,
): { rows: BrowseRow[]; cursor?: string; searched: number } {
	const { tree } = totals;
	const { filter, limit } = search;
	const begin = tree.position(search.top);
	if (begin === undefined) return { rows: [], searched: 1 };
	const end = tree.ends[begin]!;
	const from = search.cursor === undefined ? undefined : decodeCursor(search.cursor);
	const start = from ? tree.position(from.dir) : begin;
	if (start === undefined || start < begin || start >= end) throw badCursor(search.cursor!);

	const read = reader(db, snapshot, filter);
	const statuses = archiveStatuses(db);
	const pathOf = folderPaths(db, totals);
	const dirOf = db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?');
	const rows: BrowseRow[] = [];
	const deadline = performance.now() + search.milliseconds;
	const pause = (position: number, after: string) => ({
		rows,
		cursor: encodeCursor({ dir: tree.dirs[position]!, after }),
		searched: (position - begin) / (end - begin),
	});

	let after = from?.after ?? '';
	for (let position = start; position < end; ) {
		// Nothing of this snapshot here or below.
		if (totals.entriesAt(position) === 0) {
			position = tree.ends[position]!;
			continue;
		}
		const dir = tree.dirs[position]!;
		for (;;) {
			const chunk = read(dir, after, totals.directAt(position));
			for (const [sqlName, type, size, time, archive, first] of chunk.rows) {
				const known = statuses.get(archive) as FileStatus | undefined;
				if (known === undefined) continue;
				const name = fromSqlName(sqlName);
				const status = !snapshot.finished && first === snapshot.number && known === 'stored' ? 'running' : known;
				const below = type === DIR ? Number(dirOf.get(dir, sqlName as string)?.dir ?? 0) : 0;
				const found = { name, path: join(pathOf(position), name), type, size, time, archive, status, dir: below };
				const row = toBrowseRow(found, totals);
				if (!passes(filter, row)) continue;
				if (rows.length === limit) return pause(position, after);
				rows.push(row);
				after = name;
			}
			if (chunk.next === undefined) break;
			after = chunk.next;
			if (performance.now() > deadline) return pause(position, after);
		}
		after = '';
		position += 1;
		if (performance.now() > deadline && position < end) return pause(position, '');
	}
	return { rows, searched: 1 };
}

/** Reads a folder, or of a large one the next names; what it gives is to be filtered once more. */
function reader(db: DatabaseSync, snapshot: Snapshot, filter: FileFilter) {
	const { conditions, values } = toSql(filter);
	const all = ['dir = ?', 'first <= ?', 'last >= ?', 'name > ?', ...conditions].join(' AND ');
	const columns = 'name, type, size, mtime / 1000000, archive, first';
	const rest = db.prepare(`SELECT ${columns} FROM entries WHERE ${all} ORDER BY name`);
	const part = db.prepare(`SELECT ${columns} FROM entries WHERE ${all} AND name <= ? ORDER BY name`);
	const bound = db.prepare(
		`SELECT name FROM entries WHERE dir = ? AND name > ? ORDER BY name LIMIT 1 OFFSET ${CHUNK - 1}`,
	);
	for (const statement of [rest, part]) statement.setReturnArrays(true);
	return (dir: number, after: string, size: number): { rows: Row[]; next?: string } => {
		const behind = toSqlName(after);
		const given = [dir, snapshot.number, snapshot.number, behind, ...values];
		const until = size > CHUNK ? (bound.get(dir, behind)?.name as Name | undefined) : undefined;
		if (until === undefined) return { rows: rest.all(...given) as unknown as Row[] };
		return { rows: part.all(...given, until) as unknown as Row[], next: fromSqlName(until) };
	};
}

/** Conditions that let through at least what the filter does. */
function toSql(filter: FileFilter): { conditions: string[]; values: SQLInputValue[] } {
	const conditions: string[] = [];
	const values: SQLInputValue[] = [];
	for (const word of filter.words) {
		// LIKE knows no case of letters beyond ASCII; whatever stands there is compared afterwards.
		conditions.push(`name LIKE ? ESCAPE '\\'`);
		values.push(`%${word.replace(/[\\%_]/g, '\\$&').replace(/[^ -~]+/g, '%')}%`);
	}
	const ofFiles: string[] = [];
	if (filter.minSize > 0) ofFiles.push(`size >= ${filter.minSize}`);
	if (filter.maxSize < Number.MAX_SAFE_INTEGER) ofFiles.push(`size <= ${filter.maxSize}`);
	if (Number.isFinite(filter.from)) ofFiles.push(`mtime >= ${BigInt(filter.from - 1) * 1_000_000n}`);
	if (Number.isFinite(filter.before)) ofFiles.push(`mtime < ${BigInt(filter.before) * 1_000_000n}`);
	if (filter.archives) ofFiles.push(`archive BETWEEN ${filter.archives.from} AND ${filter.archives.to}`);
	if (ofFiles.length > 0) {
		const of = ofFiles.join(' AND ');
		conditions.push(filter.types.includes('dir') ? `(type = ${DIR} OR (${of}))` : `(type <> ${DIR} AND ${of})`);
	}
	return { conditions, values };
}

/** Path of the folder at a position. */
function folderPaths(db: DatabaseSync, { tree }: FolderTotals): (position: number) => string {
	const names = db.prepare('SELECT name FROM dirs WHERE dir = ?');
	const known = new Map<number, string>([[0, '']]);
	const pathOf = (position: number): string => {
		const path = known.get(position);
		if (path !== undefined) return path;
		const name = fromSqlName(names.get(tree.dirs[position]!)!.name);
		const made = join(pathOf(tree.parents[position]!), name);
		known.set(position, made);
		return made;
	};
	return pathOf;
}

function encodeCursor({ dir, after }: Place): string {
	return Buffer.from(JSON.stringify([dir, after])).toString('base64url');
}

function decodeCursor(cursor: string): Place {
	try {
		const [dir, after] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
		if (typeof dir === 'number' && typeof after === 'string') return { dir, after };
	} catch {
		// Told below.
	}
	throw badCursor(cursor);
}

function badCursor(cursor: string) {
	return usageError('BAD_CURSOR', `"${cursor}" is no place in this search.`, 'Start it again.');
}
