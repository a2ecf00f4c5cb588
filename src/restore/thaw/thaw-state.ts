/** How far a thaw is, and what a faster one would cost. Pure. */

import type { ThawProgress } from '../../core/task.ts';
import type { Prices, ThawTier } from '../../pricing/price-table.ts';
import { orderCost } from '../../pricing/quote-restore.ts';
import { isSettled, type ThawArchive } from './archive-thaw.ts';
import { isFaster, tierFor } from './schedule.ts';
import type { ThawState } from './thaw-run.ts';

/** What is told of a thaw while it goes on. */
export function progressOf({ archives, sleep }: ThawState): ThawProgress {
	const count = (of: (one: ThawArchive) => boolean) => archives.filter(of).length;
	return {
		archives: archives.length,
		settled: count(isSettled),
		failed: count(({ status }) => status === 'failed'),
		warm: count(({ status }) => status === 'warm'),
		thawing: count(({ status }) => status === 'thawing' || status === 'requested'),
		...(sleep ? { until: sleep.until } : {}),
		...(sleep?.readyBy === undefined ? {} : { readyBy: sleep.readyBy }),
	};
}

/**
 * What a faster tier costs more, for the archives that it can still make faster.
 * @returns USD; undefined when the prices are not known
 */
export function upgradeCost(
	archives: readonly ThawArchive[],
	tier: ThawTier,
	prices: Prices | undefined,
	now: number,
): { archives: number; bytes: number; cost: number | undefined } {
	const faster = archives.filter((one) => isOpen(one) && isFaster(tierFor(one, tier), one.tier ?? 'bulk'));
	const bytes = faster.reduce((sum, { size }) => sum + size, 0);
	if (!prices) return { archives: faster.length, bytes, cost: undefined };
	const costOf = (one: ThawArchive, of: ThawTier) => {
		const { size, coldClass = 'DEEP_ARCHIVE', inPlace, days } = one;
		const { retrieval, thawRequests } = orderCost(prices, { size, coldClass, inPlace }, { tier: of, days, now });
		return retrieval + thawRequests;
	};
	// The faster tier is charged instead of the slower one; that the copy is there for longer is charged as well.
	const cost = faster.reduce((sum, one) => {
		const longer = one.days === undefined ? 0 : copyGain(one, tierFor(one, tier), prices, now);
		return sum + costOf(one, tierFor(one, tier)) - costOf(one, one.tier ?? 'bulk') + longer;
	}, 0);
	return { archives: faster.length, bytes, cost: Math.max(0, cost) };
}

const isOpen = (one: ThawArchive): boolean => !isSettled(one) && one.status !== 'warm';

function copyGain(one: ThawArchive, tier: ThawTier, prices: Prices, now: number): number {
	const { size, coldClass = 'DEEP_ARCHIVE', inPlace, days, orderedAt = now } = one;
	const copyOf = (of: ThawTier, from: number) =>
		orderCost(prices, { size, coldClass, inPlace }, { tier: of, days, now: from }).temporaryCopy;
	// Both end at the same midnight; the faster one begins when it is ordered and ready.
	return Math.max(0, copyOf(tier, orderedAt) - copyOf(one.tier ?? 'bulk', orderedAt));
}
