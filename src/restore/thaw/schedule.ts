/** What a thaw does next, and when. Pure. */

import { type ColdClass, DAY, thawTime } from '../../pricing/estimate.ts';
import type { ThawTier } from '../../pricing/price-table.ts';
import { daysFor } from '../../pricing/quote-restore.ts';
import { isSettled, MOST_ORDERS, type ThawArchive } from './archive-thaw.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Between its earliest and its latest end a thaw is looked at so often, but not oftener or more seldom than this. */
const LOOKS = 36;
const OFTENEST = MINUTE / 2;
const SELDOMEST = HOUR;

/** A copy that ends sooner is not begun to be read. */
const LEAST_WARM = MINUTE;
/** Archives that are fetched before the rest is looked at again. */
export const BATCH = 32;

/**
 * An account may order 1,000 thaws a second in a region, with all its other programs. So many are sent at once, and no
 * more than that in each slice of time.
 */
export const ORDERS_AT_ONCE = 50;
export const ORDER_SLICE_MS = 250;

/** How often the store is asked about a thaw of this class and tier, between its earliest and latest end, in ms. */
export function pollEvery(coldClass: ColdClass, tier: ThawTier): number {
	const [from, to] = thawTime(coldClass, tier) ?? [0, SELDOMEST * LOOKS];
	return Math.min(SELDOMEST, Math.max(OFTENEST, (to - from) / LOOKS));
}

/** How often it is asked in all when the thaw takes as long as it may; the first time is before the order. */
export function pollCount(coldClass: ColdClass, tier: ThawTier): number {
	const [from, to] = thawTime(coldClass, tier)!;
	return 2 + Math.ceil((to - from) / pollEvery(coldClass, tier));
}

/** When the store is to be asked about this archive; undefined: not at all. */
export function pollAt(archive: ThawArchive, lastLook: number): number | undefined {
	// Of what seems warm, reading tells whether it is.
	if (isSettled(archive) || archive.status === 'warm') return undefined;
	if (!archive.looked || archive.status === 'requested') return lastLook;
	if (archive.status !== 'thawing') return undefined;
	const { coldClass = 'DEEP_ARCHIVE', tier = 'bulk', orderedAt = lastLook } = archive;
	const earliest = orderedAt + (thawTime(coldClass, tier)?.[0] ?? 0);
	return Math.max(earliest, lastLook + pollEvery(coldClass, tier));
}

/** Archives to be fetched now: those whose copies end first come first. */
export function toFetch(archives: Iterable<ThawArchive>, now: number, most = BATCH): ThawArchive[] {
	const until = ({ warmUntil = Number.POSITIVE_INFINITY }: ThawArchive) => warmUntil;
	return [...archives]
		.filter((one) => one.status === 'warm' && until(one) > now + LEAST_WARM)
		.sort((a, b) => until(a) - until(b) || a.archive - b.archive)
		.slice(0, most);
}

/** Whether an order is due for it: a first one, one after expiry, or a faster one. */
export function isOrderDue(archive: ThawArchive, wanted: ThawTier, now: number): boolean {
	const { status, looked, retryAt = 0 } = archive;
	if (!looked || retryAt > now) return false;
	if (status === 'planned' || status === 'expired') return archive.orders < MOST_ORDERS;
	return status === 'thawing' && isFaster(tierFor(archive, wanted), archive.tier);
}

/** One that expires time and again: to order it again would only cost. */
export const isHopeless = ({ status, orders }: ThawArchive): boolean => status === 'expired' && orders >= MOST_ORDERS;

/** The tier that is ordered: the wanted one, or the nearest that the class has. */
export function tierFor({ coldClass = 'DEEP_ARCHIVE', refusals, inPlace }: ThawArchive, wanted: ThawTier): ThawTier {
	// Out of Intelligent-Tiering all but expedited thaws cost nothing, and nobody was asked.
	if (wanted === 'expedited' && inPlace) return 'standard';
	// Without capacity for expedited thaws a slower one comes sooner than none.
	if (wanted === 'expedited' && (!thawTime(coldClass, wanted) || refusals >= EXPEDITED_REFUSALS)) return 'standard';
	return wanted;
}

const EXPEDITED_REFUSALS = 3;

/** For how long its copy is ordered, so that everything can be read; undefined where the store takes no days. */
export function orderDays(archive: ThawArchive, tier: ThawTier, now: number, readMs: number): number | undefined {
	if (archive.inPlace) return undefined;
	if (archive.status === 'thawing') return archive.days;
	return daysFor(archive.coldClass ?? 'DEEP_ARCHIVE', tier, now, readMs);
}

/** When a refused order is tried again. */
export function retryAfter(refusals: number, now: number): number {
	return now + Math.min(HOUR, MINUTE * 2 ** refusals);
}

/** When there is something to do again; undefined: never, all is settled. */
export function wakeAt(archives: Iterable<ThawArchive>, wanted: ThawTier, lastLook: number, now: number) {
	let at: number | undefined;
	const sooner = (time: number | undefined) => {
		if (time !== undefined) at = Math.max(now, Math.min(at ?? time, time));
	};
	for (const archive of archives) {
		sooner(pollAt(archive, lastLook));
		if (archive.status === 'warm') {
			const isClosing = archive.warmUntil !== undefined && archive.warmUntil <= now + LEAST_WARM;
			sooner(isClosing ? archive.warmUntil : now);
		}
		if (archive.status === 'planned' || archive.status === 'expired') sooner(archive.retryAt ?? now);
		if (archive.status === 'thawing' && isFaster(tierFor(archive, wanted), archive.tier)) {
			sooner(archive.retryAt ?? now);
		}
	}
	return at;
}

const ORDER: readonly ThawTier[] = ['bulk', 'standard', 'expedited'];
/** An order of somebody else's has no tier that is known: a faster one is not asked for then. */
export const isFaster = (a: ThawTier, b: ThawTier | undefined): boolean =>
	b !== undefined && ORDER.indexOf(a) > ORDER.indexOf(b);

/** When all that is under way is thawed at the latest, as far as that is known. */
export function readyBy(archives: Iterable<ThawArchive>, wanted: ThawTier, now: number): number | undefined {
	let latest: number | undefined;
	for (const archive of archives) {
		if (isSettled(archive) || archive.status === 'warm') continue;
		const { coldClass = 'DEEP_ARCHIVE', tier = wanted, status, orderedAt } = archive;
		const from = status === 'thawing' ? (orderedAt ?? now) : now;
		const [, longest] = thawTime(coldClass, tier) ?? thawTime(coldClass, 'bulk') ?? [0, 2 * DAY];
		latest = Math.max(latest ?? 0, from + longest);
	}
	return latest;
}

/** Pages of a list of a run's folder. Beside each archive lies its sidecar, and there are some more. */
export const pagesOf = (stored: number): number => Math.ceil((stored * 2 + 2) / 1000);

/** How the states of a run's archives are asked for: the cheaper way. */
export function lookBy(wanted: number, stored: number): 'list' | 'head' {
	return wanted > pagesOf(stored) * HEADS_A_LIST ? 'list' : 'head';
}

/** A list of 1,000 keys costs as much as so many questions by name. */
const HEADS_A_LIST = 12.5;
