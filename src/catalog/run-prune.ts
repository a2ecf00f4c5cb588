/** Drops the snapshots of a plan, then deletes its archives: at no time does a snapshot that is offered lack any. */

import { usageError } from '../core/errors.ts';
import { counted } from '../core/sizes.ts';
import { DroppedRuns } from '../state/dropped-runs.ts';
import { allPlanItems, takePlan } from '../state/plan-store.ts';
import { SourceEntries } from '../state/source-entries.ts';
import type { Desk, Ending } from './desk.ts';
import { finishDrops } from './finish-drops.ts';
import { chosenSnapshots, planPrune } from './plan-prune.ts';
import { refuseLosses } from './refuse-losses.ts';
import { deletePlanned } from './run-delete.ts';
import type { PlanPruneWork, PruneWork } from './spec.ts';
import { mustHoldSomething } from './store-empty.ts';

/** @throws FirnError NO_PLAN, PLAN_STALE, WRONG_COUNT, STORE_EMPTY; as the destination does where it cannot be reached */
export async function runPrune(desk: Desk, { plan, dropped, archives }: PruneWork): Promise<Ending> {
	const { db, progress } = desk;
	const { figures } = takePlan(db, plan, 'prune');
	if (figures.dropped !== dropped || figures.archives !== archives) {
		const what = `${counted(Number(figures.dropped), 'snapshot')} and ${counted(Number(figures.archives), 'archive')}`;
		throw usageError(
			'WRONG_COUNT',
			`The plan drops ${what}, and ${dropped} and ${archives} were confirmed.`,
			'Nothing was done. Look at the plan again.',
		);
	}
	progress.total = archives;
	await mustHoldSomething(desk);
	new DroppedRuns(db).drop([...allPlanItems(db, plan, ['snapshot'])].map(({ details }) => Number(details.snapshot)));
	await finishDrops(desk);
	const counts = await deletePlanned(desk, plan);
	const { waiting, waitingBytes } = figures;
	return {
		status: counts.refused > 0 ? 'partial' : 'complete',
		archives: counts.deleted,
		bytes: counts.freed,
		errors: counts.refused,
		details: { dropped, ...counts, waiting: Number(waiting), waitingBytes: Number(waitingBytes) },
	};
}

/**
 * Does at once what the rules say, as after a run, when nobody can be asked: so nothing that costs, or that may be a loss.
 * @throws FirnError SOURCE_LOST_FILES, and as runPrune()
 */
export async function pruneByRules(desk: Desk, work: Omit<PlanPruneWork, 'kind' | 'pay'>): Promise<Ending> {
	const { kept, dropped } = chosenSnapshots(desk.db, work.keep);
	const entries = new SourceEntries(desk.db);
	const whole = kept.filter(({ isComplete }) => isComplete);
	refuseLosses(desk.spec.job, whole, dropped, (source, run) => entries.count(source, run));
	const { archives, details } = await planPrune(desk, { ...work, kind: 'planPrune', pay: false });
	return runPrune(desk, { kind: 'prune', plan: String(details.plan), dropped: Number(details.dropped), archives });
}
