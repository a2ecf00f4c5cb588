import { coldClassOf } from '../pricing/estimate.ts';
import type { Desk } from './desk.ts';

export interface QueuedArchive {
	archive: number;
	key: string;
	size: number;
	storageClass: string | undefined;
}

/**
 * The archives to be read to prove `share` percent of the bytes that can be read without a thaw: those never proven
 * first, then those whose proof is oldest. Cold ones stand where they would come; whoever reads may find them thawed.
 */
export function readQueue(db: Desk['db'], share: number): QueuedArchive[] {
	if (share === 0) return [];
	const rows = db
		.prepare(
			`SELECT archive, key, size, storage_class FROM archives WHERE status = 'stored'
			ORDER BY proven IS NOT NULL, proven, archive`,
		)
		.all()
		.map((row) => ({
			archive: Number(row.archive),
			key: String(row.key),
			size: Number(row.size),
			storageClass: (row.storage_class as string | null) ?? undefined,
		}));
	const isWarm = ({ storageClass }: QueuedArchive) => coldClassOf(storageClass) === undefined;
	const wanted = (rows.filter(isWarm).reduce((sum, { size }) => sum + size, 0) * share) / 100;
	let bytes = 0;
	const queue: QueuedArchive[] = [];
	for (const row of rows) {
		if (share < 100 && wanted > 0 && bytes >= wanted) break;
		queue.push(row);
		if (isWarm(row)) bytes += row.size;
	}
	return queue;
}
