/** What work on a store will cost, in USD. Pure arithmetic; GB are 2^30 bytes and months have 30 days, as on the bill. */

import type { ClassPrice, Prices, ThawTier } from './price-table.ts';

export const GB = 1024 ** 3;
export const DAY = 86_400_000;
const HOUR = 3_600_000;
const MONTH_DAYS = 30;

export const TIERS: readonly ThawTier[] = ['bulk', 'standard', 'expedited'];

/** How long a thaw takes, in ms: from, and at the latest. */
const THAW_TIMES: Record<string, Partial<Record<ThawTier, readonly [number, number]>>> = {
	GLACIER: {
		bulk: [5 * HOUR, 12 * HOUR],
		standard: [3 * HOUR, 5 * HOUR],
		expedited: [HOUR / 60, HOUR / 12],
	},
	DEEP_ARCHIVE: { bulk: [12 * HOUR, 48 * HOUR], standard: [3 * HOUR, 12 * HOUR] },
};

/** The class whose thawing rules hold, or undefined when the object can be read at once. */
export type ColdClass = 'GLACIER' | 'DEEP_ARCHIVE';

/**
 * Intelligent-Tiering keeps the times of the classes, and charges nothing but expedited requests.
 * @param accessTier where Intelligent-Tiering has moved the object
 */
export function coldClassOf(storageClass: string | undefined, accessTier?: string): ColdClass | undefined {
	if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') return storageClass;
	if (accessTier === 'ARCHIVE_ACCESS') return 'GLACIER';
	return accessTier === 'DEEP_ARCHIVE_ACCESS' ? 'DEEP_ARCHIVE' : undefined;
}

/** How long a tier takes, or undefined when the class does not have it. */
export function thawTime(coldClass: ColdClass, tier: ThawTier): readonly [number, number] | undefined {
	return THAW_TIMES[coldClass]?.[tier];
}

/**
 * For how many days a thawed copy must be ordered. The copy ends at the midnight (UTC) that follows the order by so many
 * days; by then the slowest thaw must have ended, and everything must have been read.
 * @param now when it is ordered, ms since 1970
 * @param thawMs the longest that the thaw may take
 * @param readMs how long the reading takes
 */
export function copyDays(now: number, thawMs: number, readMs: number): number {
	const needed = now + thawMs + readMs;
	let days = 1;
	while (copyEnd(now, days) < needed) days += 1;
	return days;
}

/** When a copy ordered `now` for so many days is gone. */
export function copyEnd(now: number, days: number): number {
	return Math.ceil((now + days * DAY) / DAY) * DAY;
}

const classOf = (prices: Prices, name: string | undefined): ClassPrice =>
	prices.classes[name ?? 'STANDARD'] ?? prices.classes.STANDARD!;

/** What an object counts as at least, in bytes. */
export function leastBytes(prices: Prices, storageClass: string | undefined): number {
	return classOf(prices, storageClass).minimumBytes;
}

/** USD a month for an object of `size` bytes. */
export function storageMonth(prices: Prices, storageClass: string | undefined, size: number): number {
	const { storage, minimumBytes, overhead } = classOf(prices, storageClass);
	const own = Math.max(size, minimumBytes) + overhead.own;
	return (own / GB) * storage + (overhead.standard / GB) * prices.classes.STANDARD!.storage;
}

export interface UploadWork {
	storageClass: string | undefined;
	archives: number;
	bytes: number;
	/** Requests that send a part, and those that begin an upload in parts; what completes one stands for the archive. */
	parts: number;
	multipart: number;
	/** Small objects beside the archives: sidecars, manifests. */
	companions: number;
}

export interface UploadQuote {
	requests: number;
	/** Of what is sent, as long as it stays. */
	storageMonth: number;
}

/** What sending archives costs. Parts and the beginning of an upload are charged at the rate of STANDARD. */
export function quoteUpload(prices: Prices, work: UploadWork): UploadQuote {
	const { archives, bytes, parts, multipart, companions, storageClass } = work;
	const standard = prices.classes.STANDARD!;
	const atStandard = parts + multipart + companions;
	const each = archives === 0 ? 0 : bytes / archives;
	return {
		requests: (archives * classOf(prices, storageClass).put + atStandard * standard.put) / 1000,
		storageMonth: archives * storageMonth(prices, storageClass, each),
	};
}

/**
 * The size from which an object costs less in `storageClass` than in STANDARD, over the time that it is charged for in
 * any case. Smaller ones are not put there.
 */
export function paysFrom(prices: Prices, storageClass: string): number {
	const { put, minimumDays, storage, minimumBytes } = classOf(prices, storageClass);
	const standard = prices.classes.STANDARD!;
	const months = Math.max(1, minimumDays / MONTH_DAYS);
	const cost = (size: number) => put / 1000 + months * storageMonth(prices, storageClass, size);
	const warm = (size: number) => standard.put / 1000 + months * storageMonth(prices, 'STANDARD', size);
	if (storage >= standard.storage) return 0;
	// Both are straight lines above the smallest size that is charged.
	const [from, to] = [minimumBytes, minimumBytes + GB];
	const gap = cost(from) - warm(from);
	if (gap > 0) return Math.ceil(from + (gap * GB) / (gap - (cost(to) - warm(to))));
	// Below that size the cold class costs the same whatever the size.
	return Math.max(0, Math.ceil(((cost(0) - standard.put / 1000) / (months * standard.storage)) * GB));
}

/** For how long a class charges in any case, and what that costs for objects that cost so much a month. */
export function leastKept(
	prices: Prices,
	storageClass: string | undefined,
	month: number,
): { days: number; cost: number } {
	const { minimumDays } = classOf(prices, storageClass);
	return { days: minimumDays, cost: (minimumDays / MONTH_DAYS) * month };
}

/** What deleting (or overwriting) an object now costs for the time that it was to stay. */
export function earlyDeletion(
	prices: Prices,
	object: { storageClass: string | undefined; size: number; stored: number },
	now: number,
): { fee: number; freeFrom: number } {
	const { minimumDays } = classOf(prices, object.storageClass);
	const freeFrom = object.stored + minimumDays * DAY;
	const months = Math.max(0, freeFrom - now) / DAY / MONTH_DAYS;
	return { fee: months * storageMonth(prices, object.storageClass, object.size), freeFrom };
}

/** USD for `bytes` that leave the store, when `before` bytes have left in the month already. */
export function egress(prices: Prices, bytes: number, before = 0): number {
	const { freeGB, tiers } = prices.egress;
	// The free GB shift the tiers.
	const from = Math.max(0, before / GB - freeGB);
	const to = Math.max(0, (before + bytes) / GB - freeGB);
	let cost = 0;
	let start = 0;
	for (const { upToGB = Number.POSITIVE_INFINITY, gb } of tiers) {
		cost += Math.max(0, Math.min(to, upToGB) - Math.max(from, start)) * gb;
		start = upToGB;
	}
	return cost;
}
