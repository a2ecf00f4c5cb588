/** What keeping snapshots by rules would drop, delete, free and cost. Nothing is asked of the store. */

import { usageError } from '../core/errors.ts';
import { hasRules, type KeepRules, keptSnapshots } from '../core/retention.ts';
import { earlyDeletion } from '../pricing/estimate.ts';
import { pricesOf, priceTableWith } from '../pricing/price-table.ts';
import { chooseDoomed } from '../state/doomed-archives.ts';
import { DroppedRuns, type SnapshotRow } from '../state/dropped-runs.ts';
import { booksRevision, PlanDraft } from '../state/plan-store.ts';
import type { Desk, Ending } from './desk.ts';
import type { PlanPruneWork } from './spec.ts';

/** What the rules say of each snapshot now, the oldest first. */
export function chosenSnapshots(db: Desk['db'], keep: KeepRules): { kept: SnapshotRow[]; dropped: SnapshotRow[] } {
	const snapshots = new DroppedRuns(db).snapshots();
	const stay = keptSnapshots(snapshots, keep, Intl.DateTimeFormat().resolvedOptions().timeZone);
	return {
		kept: snapshots.filter(({ run }) => stay.has(run)),
		dropped: snapshots.filter(({ run }) => !stay.has(run)),
	};
}

/** @throws FirnError (usage) NOTHING_TO_KEEP */
export async function planPrune({ db, destination, progress }: Desk, work: PlanPruneWork): Promise<Ending> {
	const { keep, pay, prices } = work;
	if (!hasRules(keep)) {
		throw usageError('NOTHING_TO_KEEP', 'No rule says which snapshots to keep.', 'Give one, such as --keep-last 5.');
	}
	const created = Date.now();
	const { kept, dropped } = chosenSnapshots(db, keep);
	const draft = new PlanDraft(db, 'prune');
	for (const { run, id, started, files, bytes } of dropped)
		draft.add({ kind: 'snapshot', key: id, size: bytes, details: { snapshot: run, started, files } });
	const figures = {
		dropped: dropped.length,
		kept: kept.length,
		partial: kept.filter(({ isComplete }) => !isComplete).length,
		archives: 0,
		bytes: 0,
		waiting: 0,
		waitingBytes: 0,
	};
	const isBucket = destination.url.startsWith('s3:');
	// Where no table knows the store, the usual least times still say what had better wait.
	const usual = prices ?? pricesOf(priceTableWith(undefined), 'us-east-1')!;
	let [fee, waitingFee, freeFrom] = [0, 0, 0];
	for (const doomed of chooseDoomed(db, { unneeded: true, without: dropped.map(({ run }) => run) })) {
		const { archive, key, status, size, files, storageClass, stored } = doomed;
		const isThere = status === 'stored';
		const early = isThere && isBucket ? earlyDeletion(usual, { storageClass, size, stored }, created) : undefined;
		const costs = early !== undefined && early.fee > 0;
		const waits = costs && !pay;
		const details = {
			status,
			files,
			storageClass: storageClass ?? null,
			stored,
			fee: early && prices ? early.fee : null,
			freeFrom: costs ? early.freeFrom : null,
		};
		draft.add({ kind: waits ? 'waiting' : 'archive', key, archive, size, details });
		if (waits) {
			figures.waiting += 1;
			figures.waitingBytes += size;
			waitingFee += early.fee;
			freeFrom = Math.max(freeFrom, early.freeFrom);
		} else {
			figures.archives += 1;
			if (isThere) figures.bytes += size;
			if (costs) fee += early.fee;
		}
		progress.done += 1;
	}
	const isPriced = prices !== undefined || !isBucket;
	const all = {
		...figures,
		...(isPriced ? { fee, waitingFee } : {}),
		...(figures.waiting > 0 ? { freeFrom } : {}),
	};
	draft.finish(created, booksRevision(db), all);
	const { archives, bytes, ...details } = all;
	return { status: 'complete', archives, bytes, errors: 0, details: { plan: draft.id, ...details } };
}
