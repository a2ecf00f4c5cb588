/** What a verify would read, and what that costs. Only the listing is asked of the store. */

import { parseObjectKey } from '../core/object-names.ts';
import { coldClassOf } from '../pricing/estimate.ts';
import { quoteReading } from '../pricing/quote-restore.ts';
import type { Desk, Ending } from './desk.ts';
import { readQueue } from './read-queue.ts';
import type { PlanVerifyWork } from './spec.ts';

/** @throws FirnError as the destination does */
export async function planVerify(desk: Desk, { share, prices }: PlanVerifyWork): Promise<Ending> {
	const { db, destination, spec, signal, progress } = desk;
	const { archives, bytes } = db
		.prepare(`SELECT count(*) AS archives, coalesce(sum(size), 0) AS bytes FROM archives WHERE status = 'stored'`)
		.get() as { archives: number; bytes: number };
	let [sidecars, sidecarBytes] = [0, 0];
	for await (const { key, size } of destination.list(`${spec.job.id}/`, { signal })) {
		progress.done += 1;
		if (parseObjectKey(key)?.kind !== 'sidecar') continue;
		sidecars += 1;
		sidecarBytes += size;
	}
	const queue = readQueue(db, share);
	const warm = queue.filter(({ storageClass }) => coldClassOf(storageClass) === undefined);
	const readBytes = warm.reduce((sum, { size }) => sum + size, 0);
	const wanted = [
		{ size: 0, storageClass: undefined, fetchBytes: sidecarBytes, requests: sidecars + archives },
		...warm.map(({ size, storageClass }) => ({ size, storageClass, fetchBytes: size, requests: 1 })),
	];
	const cost = prices ? quoteReading(prices, { archives: wanted })?.total : undefined;
	return {
		status: 'complete',
		archives,
		bytes,
		errors: 0,
		details: {
			dryRun: 1,
			sidecarBytes,
			read: warm.length,
			readBytes,
			cold: queue.length - warm.length,
			...(cost === undefined ? {} : { cost }),
		},
	};
}
