/** Restores units out of cold storage: those of each archive as soon as it can be read. */

import { FirnError, type PlainError } from '../../core/errors.ts';
import type { ThawProgress } from '../../core/task.ts';
import { openDestination } from '../../destinations/open-destination.ts';
import { counting } from '../../destinations/request-count.ts';
import { type RetryNotice, withRetry } from '../../destinations/with-retry.ts';
import { coldClassOf } from '../../pricing/estimate.ts';
import { ThawStore } from '../../state/thaw-store.ts';
import { syncTarget } from '../finish.ts';
import type { OpenedArchive } from '../opened-archive.ts';
import type { Unit } from '../plan-units.ts';
import type { UnopenedPlan } from '../plan-unopened.ts';
import { type RunUnitsOptions, runUnits } from '../run-units.ts';
import type { Tally } from '../tally.ts';
import type { ThawArchive } from './archive-thaw.ts';
import { clockFrom } from './clock.ts';
import { coldStore } from './cold-store.ts';
import { TIERING } from './quote.ts';
import type { ThawHead, ThawRecord } from './record.ts';
import { ThawRun } from './thaw-run.ts';
import { progressOf } from './thaw-state.ts';

export interface ThawUnitsOptions extends RunUnitsOptions {
	record: ThawRecord;
	planned: UnopenedPlan;
	/** The sums of all units that have come to an end. */
	tally: () => Tally;
	onThaw: (progress: ThawProgress) => void;
	onRetry: (notice: RetryNotice) => void;
}

export const openThaw = (file: string): ThawRecord => ThawStore.open<ThawHead, ThawArchive>(file);

/**
 * Writes down which archives are to be thawed, when a restore begins.
 * @throws FirnError PLAN_MOVED when that is not what was agreed to
 */
export function beginThaw(record: ThawRecord, { plan, records, units }: UnopenedPlan): void {
	const { head } = record;
	if (head.spec.archives) return;
	const warm = new Set(head.spec.warm);
	const isCold = ({ key, status, storageClass }: (typeof records)[number]) =>
		status === 'stored' && coldClassOf(storageClass) !== undefined && !warm.has(key);
	const cold = records.filter(isCold);
	const bytes = cold.reduce((sum, { size }) => sum + size, 0);
	if (cold.length !== head.expected.archives || bytes !== head.expected.bytes) {
		throw new FirnError('PLAN_MOVED', 'What has to be thawed has changed since the restore was priced.', {
			kind: 'usage',
			guidance: 'Begin it again to see what it costs now.',
		});
	}
	const fetchBytes = new Map<number, number>();
	for (const unit of units) fetchBytes.set(unit.archive, (fetchBytes.get(unit.archive) ?? 0) + unit.fetchBytes);
	const archives = records.map((one): ThawArchive => {
		const coldClass = one.status === 'stored' ? coldClassOf(one.storageClass) : undefined;
		return {
			archive: one.archive,
			key: one.key,
			size: one.size,
			fetchBytes: fetchBytes.get(one.archive) ?? 0,
			status: coldClass || one.storageClass === TIERING ? 'planned' : 'warm',
			coldClass,
			orders: 0,
			refusals: 0,
			coldReads: 0,
		};
	});
	record.save({ spec: { ...head.spec, archives: plan.archives() } }, archives);
}

/** As runUnits(), for as many days as it takes. What is settled already is not done again. */
export async function thawUnits(options: ThawUnitsOptions): Promise<void> {
	const { record, units, archives, signal, planned } = options;
	const byArchive = Map.groupBy(units, ({ archive }) => archive);
	const done = new Set<Unit>();
	const { onRetry } = options;
	const destination = withRetry(
		await openDestination(options.lane.destination, process.env, counting(options.lane.requestCount)),
		{ signal, onRetry },
	);
	const run = async (some: Unit[], opened: ReadonlyMap<number, OpenedArchive>) => {
		const cold = new Map<number, PlainError>();
		const onUnit = (unit: Unit, error?: FirnError) => {
			if (error) cold.set(unit.archive, error.toPlain());
			else done.add(unit);
		};
		const lane = { ...options.lane, throwsCold: true };
		await runUnits({ ...options, lane, units: some.filter((unit) => !done.has(unit)), archives: opened, onUnit });
		return cold;
	};
	try {
		await new ThawRun({
			record,
			store: coldStore(destination, planned.stored, signal),
			clock: clockFrom(process.env),
			signal,
			fetch: (numbers) =>
				run(
					[...numbers].flatMap((archive) => byArchive.get(archive) ?? []),
					archives,
				),
			sync: () => syncTarget(options.lane.target),
			giveUp: (archive, error) => {
				const opened = { ...archives.get(archive)!, unreadable: error };
				return run(byArchive.get(archive) ?? [], new Map([[archive, opened]]));
			},
			tally: options.tally,
			onState: (state) => options.onThaw(progressOf(state)),
		}).run();
	} finally {
		await destination.close();
	}
}
