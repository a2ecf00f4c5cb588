/** What deleting archives would free, cost and lose. Nothing is asked of the store. */

import { earlyDeletion } from '../pricing/estimate.ts';
import { chooseDoomed, Losses } from '../state/doomed-archives.ts';
import { booksRevision, PlanDraft } from '../state/plan-store.ts';
import type { Desk, Ending } from './desk.ts';
import type { PlanDeleteWork } from './spec.ts';

/** @throws FirnError (usage) ARCHIVE_UNKNOWN, ARCHIVE_AMBIGUOUS */
export async function planDelete({ db, destination, progress, signal }: Desk, work: PlanDeleteWork): Promise<Ending> {
	const { what, prices } = work;
	const created = Date.now();
	const doomed = chooseDoomed(db, what);
	const draft = new PlanDraft(db, 'delete');
	let [bytes, fee, freeFrom] = [0, 0, 0];
	for (const { archive, key, status, size, files, storageClass, stored } of doomed) {
		const isThere = status === 'stored';
		const early = isThere && prices ? earlyDeletion(prices, { storageClass, size, stored }, created) : undefined;
		if (isThere) bytes += size;
		if (early && early.fee > 0) {
			fee += early.fee;
			freeFrom = Math.max(freeFrom, early.freeFrom);
		}
		const details = { status, files, storageClass: storageClass ?? null, stored, fee: early?.fee ?? null };
		draft.add({ kind: 'archive', key, archive, size, details });
		progress.done += 1;
	}
	const losses = new Losses(db, doomed);
	let [lost, lostBytes, again] = [0, 0, 0];
	try {
		for (const { path, size, current } of losses.files()) {
			signal.throwIfAborted();
			draft.add({ kind: 'lost', key: path, size, details: { current } });
			lost += 1;
			lostBytes += size;
			if (current) again += 1;
		}
		const snapshots = losses.snapshots().length;
		// Nobody charges for a folder; of a store that no table knows nothing is said.
		const isPriced = prices || !destination.url.startsWith('s3:');
		const cost = isPriced ? { fee, ...(fee > 0 ? { freeFrom } : {}) } : {};
		const figures = { archives: doomed.length, bytes, lost, lostBytes, again, snapshots, ...cost };
		draft.finish(created, booksRevision(db), figures);
		const { archives, bytes: freed, ...details } = figures;
		return { status: 'complete', archives, bytes: freed, errors: 0, details: { plan: draft.id, ...details } };
	} finally {
		losses.close();
	}
}
