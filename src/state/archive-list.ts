/** The read side of archives. */

import type { DatabaseSync } from 'node:sqlite';
import type { Compression } from '../core/object-names.ts';

/** One row of `show --archives`. */
export interface ArchiveListing {
	archive: number;
	key: string;
	bytes: number;
	files: number;
	status: string;
	storageClass: string | null;
	/** ISO 8601: last found in the store as it was sent, and last read and proven as a whole. */
	seen: string | null;
	proven: string | null;
	/** The page at which the store shows it; null where there is none, or the archive is gone. */
	link: string | null;
}

/** What is needed to read an archive. */
export interface ArchiveRecord {
	archive: number;
	key: string;
	status: 'open' | 'stored' | 'abandoned' | 'missing' | 'deleted';
	compression: Compression;
	encrypted: boolean;
	/** age header and nonce. */
	ageHeader: Uint8Array | undefined;
	/** archive/frame-table.ts */
	frames: Uint8Array | undefined;
	payloadSize: number;
	size: number;
	crc32: number | undefined;
	storageClass: string | undefined;
	/** age recipients; undefined where nobody wrote them down. */
	recipients: string[] | undefined;
}

/**
 * Archives in order of their numbers, a page at a time.
 * @param after number of the last one of the page before
 */
export function listArchives(
	db: DatabaseSync,
	options: { after?: number; limit?: number } = {},
): { rows: ArchiveListing[]; cursor?: string } {
	const { after = 0, limit = 1000 } = options;
	const rows = db
		.prepare(
			`SELECT archive, key, size, files, status, storage_class, iif(status = 'stored', link, NULL) AS link, ${provenColumns(db)} FROM archives
			WHERE archive > ? AND status <> 'abandoned' ORDER BY archive LIMIT ?`,
		)
		.all(after, limit)
		.map((row) => ({
			archive: Number(row.archive),
			key: String(row.key),
			bytes: Number(row.size ?? 0),
			files: Number(row.files),
			status: String(row.status),
			storageClass: row.storage_class === null ? null : String(row.storage_class),
			seen: isoTime(row.seen),
			proven: isoTime(row.proven),
			link: row.link as string | null,
		}));
	return { rows, ...(rows.length === limit ? { cursor: String(rows.at(-1)!.archive) } : {}) };
}

const isoTime = (ms: unknown) => (ms === null ? null : new Date(Number(ms)).toISOString());

/** A database that an older Firn wrote last has no such columns. */
function provenColumns(db: DatabaseSync): string {
	const has = db.prepare(`SELECT 1 FROM pragma_table_info('archives') WHERE name = 'proven'`).get();
	return has ? 'seen, proven' : 'NULL AS seen, NULL AS proven';
}

/** All that is known of an archive. */
export function readArchive(db: DatabaseSync, archive: number): ArchiveRecord | undefined {
	const row = db.prepare('SELECT * FROM archives WHERE archive = ?').get(archive);
	return row && toRecord(row);
}

/** The encrypted archive that was stored last, if there is one. */
export function newestEncrypted(db: DatabaseSync): ArchiveRecord | undefined {
	const row = db
		.prepare(`SELECT * FROM archives WHERE status = 'stored' AND encrypted = 1 ORDER BY archive DESC LIMIT 1`)
		.get();
	return row && toRecord(row);
}

/** How many archives are stored of each of the runs that these are of, by the folder of the run. */
export function storedByRun(db: DatabaseSync, archives: readonly ArchiveRecord[]): Record<string, number> {
	const stored = new Map(
		db
			.prepare(`SELECT run, count(*) AS stored FROM archives WHERE status = 'stored' GROUP BY run`)
			.all()
			.map((row) => [Number(row.run), Number(row.stored)]),
	);
	const runOf = db.prepare('SELECT run FROM archives WHERE archive = ?');
	const counts: Record<string, number> = {};
	for (const { archive, key } of archives) {
		counts[key.slice(0, key.lastIndexOf('/') + 1)] = stored.get(Number(runOf.get(archive)!.run)) ?? 0;
	}
	return counts;
}

/** The archive that is stored under a key ending in `suffix` (`<run id>/000001.tar.age`), if there is exactly one. */
export function findArchive(db: DatabaseSync, suffix: string): ArchiveRecord | undefined {
	const rows = db
		.prepare(`SELECT * FROM archives WHERE status = 'stored' AND substr(key, -length(?1)) = ?1 LIMIT 2`)
		.all(suffix);
	return rows.length === 1 ? toRecord(rows[0]!) : undefined;
}

/** Status of each archive, for lists of files. `open` becomes undefined: its files are not to be shown. */
export function archiveStatuses(db: DatabaseSync): Map<number, string | undefined> {
	// What a mirror has lies in no archive (schema.ts: archive 0).
	const statuses = new Map<number, string | undefined>([[0, 'stored']]);
	for (const row of db.prepare('SELECT archive, status FROM archives').all()) {
		const gone = row.status === 'open' || row.status === 'abandoned';
		statuses.set(Number(row.archive), gone ? undefined : String(row.status));
	}
	return statuses;
}

/** When each stored archive was last read and proven, in ms since 1970; those that never were are left out. */
export function archiveProofs(db: DatabaseSync): Map<number, number> {
	const rows = db.prepare(`SELECT archive, ${provenColumns(db)} FROM archives WHERE status = 'stored'`).all();
	return new Map(rows.flatMap(({ archive, proven }) => (proven === null ? [] : [[Number(archive), Number(proven)]])));
}

function toRecord(row: Record<string, unknown>): ArchiveRecord {
	return {
		archive: Number(row.archive),
		key: String(row.key),
		status: row.status as ArchiveRecord['status'],
		compression: row.compression as Compression,
		encrypted: row.encrypted === 1,
		ageHeader: (row.age_header as Uint8Array | null) ?? undefined,
		frames: (row.frames as Uint8Array | null) ?? undefined,
		payloadSize: Number(row.payload_size ?? 0),
		size: Number(row.size ?? 0),
		crc32: row.crc32 === null ? undefined : Number(row.crc32),
		storageClass: (row.storage_class as string | null) ?? undefined,
		// A database that an older Firn wrote last has no such column.
		recipients: typeof row.recipients === 'string' ? JSON.parse(row.recipients) : undefined,
	};
}
