/** Deletes what a plan says, archive by archive, each noted before and after. */

import { usageError } from '../core/errors.ts';
import { counted } from '../core/sizes.ts';
import { ArchiveFates } from '../state/archive-fates.ts';
import { allPlanItems, takePlan } from '../state/plan-store.ts';
import type { Desk, Ending } from './desk.ts';
import { deleteObjects, finishDeletes } from './finish-deletes.ts';
import { finishDrops } from './finish-drops.ts';
import type { DeleteWork } from './spec.ts';

/** How many archives and bytes are gone, and how many the store would not let go. */
export type DeleteCounts = Record<'deleted' | 'freed' | 'refused', number>;

/** @throws FirnError NO_PLAN, PLAN_STALE, WRONG_COUNT; as the destination does where it cannot be reached */
export async function runDelete(desk: Desk, { plan, archives }: DeleteWork): Promise<Ending> {
	const { db, progress } = desk;
	const { figures } = takePlan(db, plan, 'delete');
	if (figures.archives !== archives) {
		throw usageError(
			'WRONG_COUNT',
			`The plan deletes ${counted(Number(figures.archives), 'archive')}, and ${archives} were confirmed.`,
			'Nothing was deleted. Look at the plan again.',
		);
	}
	progress.total = archives;
	await finishDrops(desk);
	const counts = await deletePlanned(desk, plan);
	return {
		status: counts.refused > 0 ? 'partial' : 'complete',
		archives: counts.deleted,
		bytes: counts.freed,
		errors: counts.refused,
		details: counts,
	};
}

/** Deletes the archives of a plan, and sees earlier deletions to their end. @returns what came of it */
export async function deletePlanned(desk: Desk, plan: string): Promise<DeleteCounts> {
	const { db, signal, progress } = desk;
	const fates = new ArchiveFates(db);
	const counts = { ...(await finishDeletes(desk)), refused: 0 };
	for (const { key, archive, size, details } of allPlanItems(db, plan, ['archive'])) {
		signal.throwIfAborted();
		if (!fates.beginDelete(archive!)) continue;
		if (await deleteObjects(desk, { archive: archive!, key, size: size! })) {
			counts.deleted += 1;
			if (details.status === 'stored') counts.freed += size!;
		} else counts.refused += 1;
		progress.done += 1;
		progress.errors = counts.refused;
	}
	return counts;
}
