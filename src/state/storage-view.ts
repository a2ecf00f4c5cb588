import type { DatabaseSync } from 'node:sqlite';
import type { StorageView } from '../core/browse.ts';

/** An archive that a restore has had thawed: still under way, or until when it is warm (ms since 1970). */
export interface Thawed {
	archive: number;
	state: 'ongoing' | number;
}

/** Where the archives from `first` to `last` lie that are still stored, and which of the thawed are among them. */
export function storageView(db: DatabaseSync, first: number, last: number, thawed: readonly Thawed[]): StorageView {
	const classes = db
		.prepare(
			`SELECT storage_class, count(*) AS archives FROM archives
			WHERE archive BETWEEN ? AND ? AND status = 'stored' GROUP BY storage_class ORDER BY archives DESC, storage_class`,
		)
		.all(first, last)
		.map((row) => ({
			storageClass: row.storage_class === null ? null : String(row.storage_class),
			archives: Number(row.archives),
		}));
	const stored = db.prepare(`SELECT 1 FROM archives WHERE archive = ? AND status = 'stored'`);
	const states = thawed
		.filter(({ archive }) => archive >= first && archive <= last && stored.get(archive))
		.map(({ state }) => state);
	const ends = states.filter((state) => state !== 'ongoing');
	const until = ends.length > 0 ? { warmUntil: Math.min(...ends) } : {};
	return { classes, thawing: states.length - ends.length, warm: ends.length, ...until };
}
