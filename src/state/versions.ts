import type { DatabaseSync } from 'node:sqlite';
import type { VersionRow } from '../core/browse.ts';
import { ENTRY_TYPES } from '../core/entry.ts';
import type { FileStatus } from '../core/file-filter.ts';
import { toSqlName } from './names.ts';
import { CURRENT } from './schema.ts';
import { dirId, split } from './snapshot-walk.ts';

/**
 * All versions of what lies, or lay, at a path; the newest first. Those of archives that were never finished, and
 * those that came into no snapshot, or into none that is kept, are left out.
 */
export function listVersions(db: DatabaseSync, path: string): VersionRow[] {
	const { parent, name } = split(path);
	const dir = dirId(db, parent);
	if (dir === undefined) return [];
	return db
		.prepare(
			`WITH seen AS (
				SELECT *, (SELECT min(run) FROM runs WHERE run BETWEEN first AND last AND dropped IS NULL) AS first_kept,
					iif(last = ${CURRENT}, last, (SELECT max(run) FROM runs WHERE run BETWEEN first AND last AND dropped IS NULL)) AS last_kept
				FROM entries WHERE dir = ? AND name = ? AND last >= first)
			SELECT first_kept AS first, last_kept AS last, type, e.size, mtime / 1000000 AS time, sha256, archive, key, storage_class, a.status, iif(a.status = 'stored', a.link, NULL) AS link,
				r.status IN ('complete', 'partial', 'abandoned') AS finished, r.started AS first_time,
				(SELECT started FROM runs WHERE run = e.last_kept) AS last_time
			FROM seen AS e JOIN archives AS a USING (archive) JOIN runs AS r ON r.run = e.first_kept
			WHERE a.status NOT IN ('open', 'abandoned') ORDER BY e.first DESC`,
		)
		.all(dir, toSqlName(name))
		.map((row) => ({
			first: Number(row.first),
			last: row.last === CURRENT ? null : Number(row.last),
			firstTime: Number(row.first_time),
			lastTime: row.last_time === null ? null : Number(row.last_time),
			type: ENTRY_TYPES[Number(row.type)]!,
			size: Number(row.size),
			time: Number(row.time),
			sha256: row.sha256 === null ? null : Buffer.from(row.sha256 as Uint8Array).toString('hex'),
			archive: Number(row.archive),
			key: String(row.key),
			storageClass: row.storage_class === null ? null : String(row.storage_class),
			link: row.link as string | null,
			status: row.finished === 0 && row.status === 'stored' ? 'running' : (row.status as FileStatus),
		}));
}
