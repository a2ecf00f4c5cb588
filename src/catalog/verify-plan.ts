/** What a verify would read, and what that costs. Only the listing is asked of the store. */

import { coldClassOf } from '../pricing/estimate.ts';
import { quoteReading } from '../pricing/quote-restore.ts';
import { knownObjects } from '../state/known-objects.ts';
import type { Desk, Ending } from './desk.ts';
import { mergeJoin } from './merge-join.ts';
import { readQueue } from './read-queue.ts';
import type { PlanVerifyWork } from './spec.ts';

/** @throws FirnError STORE_ORDER, and as the destination does */
export async function planVerify(desk: Desk, { share, prices }: PlanVerifyWork): Promise<Ending> {
	const { db, destination, spec, signal, progress } = desk;
	let [archives, bytes, sidecars, sidecarBytes] = [0, 0, 0, 0];
	for await (const { known, stored } of mergeJoin(knownObjects(db), destination.list(`${spec.job.id}/`, { signal }))) {
		progress.done += 1;
		if (!known || !stored || known.status !== 'stored') continue;
		if (known.kind === 'archive') {
			archives += 1;
			bytes += stored.size;
		} else {
			sidecars += 1;
			sidecarBytes += stored.size;
		}
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
