import { ENTRY_TYPES, type StoredEntry } from '../core/entry.ts';
import { fromSqlName } from './names.ts';

/** Columns of `entries` that make a StoredEntry. */
export const STORED_ENTRY = 'type, mode, uid, gid, size, mtime, ctime, ino, link, sha256, offset, length';

/** A row with them, its integers read as BigInts. */
export function storedEntry(row: Record<string, unknown>): StoredEntry {
	return {
		type: ENTRY_TYPES[Number(row.type)]!,
		mode: Number(row.mode),
		uid: Number(row.uid),
		gid: Number(row.gid),
		size: Number(row.size),
		mtimeNs: row.mtime as bigint,
		ctimeNs: row.ctime as bigint,
		ino: row.ino as bigint,
		link: row.link === null ? '' : fromSqlName(row.link),
		sha256: (row.sha256 as Uint8Array | null) ?? undefined,
		offset: Number(row.offset),
		length: Number(row.length),
	};
}
