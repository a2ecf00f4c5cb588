import type { DatabaseSync } from 'node:sqlite';
import { ENTRY_TYPES, type EntryType } from '../core/entry.ts';
import { FolderPaths } from './folder-paths.ts';
import { fromSqlName } from './names.ts';

/** An entry as a sidecar tells it (archive/sidecar.ts). */
export interface ArchiveEntry {
	path: string;
	type: EntryType;
	mode: number;
	uid: number;
	gid: number;
	size: number;
	mtimeNs: bigint;
	ctimeNs: bigint;
	ino: bigint;
	link: string;
	sha256: Uint8Array | undefined;
	offset: number;
	length: number;
}

/** What some archives hold, archive by archive, in the order in which it lies there. All entries are gone through once. */
export function* archiveEntries(
	db: DatabaseSync,
	archives: readonly number[],
): Generator<{ archive: number; entry: ArchiveEntry }> {
	const paths = new FolderPaths(db);
	const statement = db.prepare(
		`SELECT archive, offset, length, dir, name, type, mode, uid, gid, size, mtime, ctime, ino, link, sha256 FROM entries
		WHERE archive IN (SELECT value FROM json_each(?)) ORDER BY archive, offset`,
	);
	statement.setReadBigInts(true);
	for (const row of statement.iterate(JSON.stringify(archives))) {
		const entry = {
			path: paths.path(Number(row.dir), row.name),
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
		yield { archive: Number(row.archive), entry };
	}
}
