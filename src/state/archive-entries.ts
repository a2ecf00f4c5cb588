import type { DatabaseSync } from 'node:sqlite';
import type { StoredEntry } from '../core/entry.ts';
import { FolderPaths } from './folder-paths.ts';
import { STORED_ENTRY, storedEntry } from './stored-entry.ts';

/** An entry as a sidecar tells it (archive/sidecar.ts). */
export type ArchiveEntry = StoredEntry & { path: string };

/** What some archives hold, archive by archive, in the order in which it lies there. All entries are gone through once. */
export function* archiveEntries(
	db: DatabaseSync,
	archives: readonly number[],
): Generator<{ archive: number; entry: ArchiveEntry }> {
	const paths = new FolderPaths(db);
	const statement = db.prepare(
		`SELECT archive, dir, name, ${STORED_ENTRY} FROM entries
		WHERE archive IN (SELECT value FROM json_each(?)) ORDER BY archive, offset`,
	);
	statement.setReadBigInts(true);
	for (const row of statement.iterate(JSON.stringify(archives))) {
		const entry = { path: paths.path(Number(row.dir), row.name), ...storedEntry(row) };
		yield { archive: Number(row.archive), entry };
	}
}
