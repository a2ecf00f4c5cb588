/** Lists of the files of a snapshot, a page at a time. */

import type { DatabaseSync } from 'node:sqlite';
import { ENTRY_TYPES, type EntryType } from '../core/entry.ts';
import { usageError } from '../core/errors.ts';
import type { ListedVersion } from './folder-children.ts';
import { SnapshotWalk, type WalkRow } from './snapshot-walk.ts';
import { resolveSnapshot } from './snapshots.ts';

/** One row of `show`. */
export interface FileListing {
	path: string;
	type: EntryType;
	size: number;
	/** ISO 8601 in UTC with nanoseconds. */
	mtime: string;
	/** Hex; null for all but regular files. */
	sha256: string | null;
	archive: number;
	status: string;
}

export interface Page<Row> {
	rows: Row[];
	/** Gives the next page; absent with the last. */
	cursor?: string;
}

/**
 * What lies at `path` and below it in a snapshot, depth-first, each folder in the order of its names' bytes. The cursor
 * holds the snapshot, so a run that finishes meanwhile does not disturb the pages.
 * @throws FirnError SNAPSHOT_MISSING, BAD_CURSOR
 */
export function listFiles(
	db: DatabaseSync,
	options: { snapshot?: number; path?: string; cursor?: string; limit: number },
): Page<FileListing> {
	const from = options.cursor === undefined ? undefined : decodeCursor(options.cursor);
	const snapshot = resolveSnapshot(db, from?.snapshot ?? options.snapshot, true);
	const path = from?.top ?? options.path ?? '';
	const rows: FileListing[] = [];
	for (const row of new SnapshotWalk(db, snapshot).rows(path, from?.after)) {
		if (rows.length === options.limit) {
			return { rows, cursor: encodeCursor({ snapshot: snapshot.number, top: path, after: rows.at(-1)!.path }) };
		}
		rows.push(toListing(row));
	}
	return { rows };
}

/**
 * The first of some paths that leads to anything in the snapshot; a person's `docs` may mean `home/u/docs` or `docs`.
 * @throws FirnError SNAPSHOT_MISSING
 */
export function resolvePath(
	db: DatabaseSync,
	snapshot: number | undefined,
	candidates: readonly string[],
): string | undefined {
	const walk = new SnapshotWalk(db, resolveSnapshot(db, snapshot, true));
	return candidates.find((path) => walk.has(path));
}

function toListing({ path, version, status }: WalkRow): FileListing {
	const { size, sha256, archive } = version;
	return {
		path,
		type: ENTRY_TYPES[version.type]!,
		size,
		mtime: isoTime(version),
		sha256: sha256 && Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString('hex'),
		archive,
		status,
	};
}

function isoTime({ seconds, nanoseconds }: ListedVersion): string {
	const borrow = nanoseconds < 0 ? 1 : 0;
	const whole = new Date((seconds - borrow) * 1000).toISOString().slice(0, -5);
	return `${whole}.${String(nanoseconds + borrow * 1e9).padStart(9, '0')}Z`;
}

interface Cursor {
	snapshot: number;
	top: string;
	after: string;
}

// JSON writes lone surrogates as escapes, so odd bytes in names survive.
function encodeCursor({ snapshot, top, after }: Cursor): string {
	return Buffer.from(JSON.stringify([snapshot, top, after])).toString('base64url');
}

function decodeCursor(cursor: string): Cursor {
	try {
		const [snapshot, top, after] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
		if (typeof snapshot === 'number' && typeof top === 'string' && typeof after === 'string') {
			return { snapshot, top, after };
		}
	} catch {
		// Told below.
	}
	throw usageError('BAD_CURSOR', `"${cursor}" is no place in a list.`, 'Start again from the first page.');
}
