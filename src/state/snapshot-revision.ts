import type { DatabaseSync } from 'node:sqlite';
import type { Snapshot } from './snapshots.ts';

/**
 * Changes when a snapshot does. A finished one stays as it is but for its archives, which may be deleted or found
 * missing; an unfinished one grows with every archive that is stored.
 */
export function snapshotRevision(db: DatabaseSync, { number, run, finished }: Snapshot): string {
	const statuses = db
		.prepare('SELECT status, count(*) AS n, sum(archive) AS sum FROM archives WHERE run <= ? GROUP BY status')
		.all(number)
		.map(({ status, n, sum }) => `${status}:${n}:${sum}`);
	return [run, finished, ...statuses].join(' ');
}
