/**
 * The children of one folder in a snapshot, in the order of their names' bytes and a chunk at a time, so that a folder
 * with a million files costs no more memory than another and can be entered anywhere.
 *
 * SQLite sorts all TEXT names before all BLOB ones (state/names.ts); the two are merged here.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { encodePath } from '../core/path-bytes.ts';
import { fromSqlName, toSqlName } from './names.ts';

/** A version of a file system object as lists show it. */
export interface ListedVersion {
	type: number;
	size: number;
	/** mtime is seconds * 10^9 + nanoseconds, both of the same sign. */
	seconds: number;
	nanoseconds: number;
	sha256: Uint8Array | null;
	archive: number;
	first: number;
}

export interface Child {
	name: string;
	/** Absent for a folder that only leads to a source, or that is not in this snapshot any more. */
	version?: ListedVersion;
	/** Set for what has, or had, something below it. */
	dir?: number;
}

type Row = (string | Uint8Array | number | null)[];

const CHUNK = 500;
const VERSION = 'name, type, size, mtime / 1000000000, mtime % 1000000000, sha256, archive, first';

/** The three ways to read a table of names: from the start, and the two kinds of names behind a given one. */
interface Statements {
	start: StatementSync;
	text: StatementSync;
	blob: StatementSync;
}

export class ChildrenReader {
	readonly #entries: Statements;
	readonly #dirs: Statements;
	readonly #version: StatementSync;
	readonly #snapshot: number;

	constructor(db: DatabaseSync, snapshot: number) {
		this.#snapshot = snapshot;
		const bounds = `first <= ?2 AND last >= ?2`;
		this.#entries = prepare(db, `SELECT ${VERSION} FROM entries WHERE dir = ?1 AND ${bounds}`);
		this.#dirs = prepare(db, 'SELECT name, dir FROM dirs WHERE parent = ?1 AND ?2 > 0');
		this.#version = db.prepare(`SELECT ${VERSION} FROM entries WHERE dir = ?1 AND ${bounds} AND name = ?3`);
		this.#version.setReturnArrays(true);
	}

	/** What stands under one name of folder `dir`. */
	version(dir: number, name: string): ListedVersion | undefined {
		const row = this.#version.get(dir, this.#snapshot, toSqlName(name)) as unknown as Row | undefined;
		return row && toVersion(row);
	}

	/** Children of folder `dir` whose names come after `after`. */
	*children(dir: number, after = ''): Generator<Child> {
		const versions = this.#rows(this.#entries, dir, after);
		const dirs = this.#rows(this.#dirs, dir, after);
		let version = versions.next();
		let sub = dirs.next();
		while (!version.done || !sub.done) {
			const order = version.done ? 1 : sub.done ? -1 : compare(version.value[0]!, sub.value[0]!);
			const child: Child = { name: fromSqlName(order <= 0 ? version.value![0] : sub.value![0]) };
			if (order <= 0) {
				child.version = toVersion(version.value!);
				version = versions.next();
			}
			if (order >= 0) {
				child.dir = Number(sub.value![1]);
				sub = dirs.next();
			}
			yield child;
		}
	}

	*#rows(statements: Statements, dir: number, after: string): Generator<Row, undefined> {
		if (after === '') {
			const rows = statements.start.all(dir, this.#snapshot) as unknown as Row[];
			if (rows.length < CHUNK) {
				yield* typeof rows.at(-1)?.[0] === 'string' ? rows : rows.sort((a, b) => compare(a[0]!, b[0]!));
				return;
			}
		}
		const from = encodePath(after);
		const texts = this.#behind(statements.text, dir, from);
		const blobs = this.#behind(statements.blob, dir, from);
		let text = texts.next();
		let blob = blobs.next();
		while (!text.done || !blob.done) {
			if (blob.done || (!text.done && compare(text.value[0]!, blob.value[0]!) < 0)) {
				yield text.value!;
				text = texts.next();
			} else {
				yield blob.value;
				blob = blobs.next();
			}
		}
	}

	*#behind(statement: StatementSync, dir: number, after: Uint8Array): Generator<Row, undefined> {
		let from = after;
		for (;;) {
			const rows = statement.all(dir, this.#snapshot, from) as unknown as Row[];
			yield* rows;
			if (rows.length < CHUNK) return;
			from = bytesOf(rows.at(-1)![0]!);
		}
	}
}

function prepare(db: DatabaseSync, select: string): Statements {
	const arrays = (text: string) => {
		const statement = db.prepare(text);
		statement.setReturnArrays(true);
		return statement;
	};
	const tail = `ORDER BY name LIMIT ${CHUNK}`;
	return {
		start: arrays(`${select} ${tail}`),
		text: arrays(`${select} AND name > CAST(?3 AS TEXT) AND name < x'' ${tail}`),
		blob: arrays(`${select} AND name > ?3 ${tail}`),
	};
}

function toVersion(row: Row): ListedVersion {
	return {
		type: row[1] as number,
		size: row[2] as number,
		seconds: row[3] as number,
		nanoseconds: row[4] as number,
		sha256: row[5] as Uint8Array | null,
		archive: row[6] as number,
		first: row[7] as number,
	};
}

function bytesOf(name: Row[number]): Uint8Array {
	return typeof name === 'string' ? Buffer.from(name) : (name as Uint8Array);
}

/** By bytes. UTF-16 units are in the order of UTF-8 bytes as long as none is a surrogate. */
function compare(a: Row[number], b: Row[number]): number {
	if (a === b) return 0;
	if (typeof a === 'string' && typeof b === 'string' && !SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
	return Buffer.compare(bytesOf(a), bytesOf(b));
}

const SURROGATE = /[\ud800-\udfff]/;
