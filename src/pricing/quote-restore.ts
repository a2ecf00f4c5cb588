/** What a restore will cost with each tier, before anything is asked of the store that costs. Pure. */

import type { WorkCost } from '../core/history.ts';
import { type ColdClass, coldClassOf, copyDays, copyEnd, DAY, egress, GB, TIERS, thawTime } from './estimate.ts';
import type { Prices, ThawTier } from './price-table.ts';

/** An archive that a restore reads. */
export interface WantedArchive {
	size: number;
	storageClass: string | undefined;
	/** Of Intelligent-Tiering. */
	accessTier?: string | undefined;
	fetchBytes: number;
	requests: number;
	/** A thaw that is ordered already, or a copy that is there until then (ms since 1970). */
	thawed?: 'ongoing' | number | undefined;
}

export interface RestoreWork {
	archives: readonly WantedArchive[];
	/** When the thaw is ordered, ms since 1970. */
	now: number;
	/** How fast it is expected to be read. */
	bytesPerSecond: number;
	/** How often the store is asked how far the thaw is: by lists, and by name. */
	polls: (tier: ThawTier) => { lists: number; heads: number };
}

export interface TierQuote {
	tier: ThawTier;
	/** Archives that must be thawed, and their bytes. */
	archives: number;
	bytes: number;
	/** Days that the copies are ordered for. */
	days: number;
	/** When all is thawed, from now: ms, at the earliest and at the latest. */
	readyMs: readonly [number, number];
	/** USD; undefined when the prices are not known. */
	cost?: Cost;
}

export interface Cost {
	retrieval: number;
	thawRequests: number;
	/** Copies in STANDARD for as long as they are ordered. */
	temporaryCopy: number;
	/** Reading, and asking how far the thaw is. */
	requests: number;
	egress: number;
	total: number;
}

/** Time left for an engine that is off, or slower than expected. */
const RESERVE_MS = DAY / 2;

/** What stays the same whatever the tier: a restore that thaws nothing. */
export function quoteReading(
	prices: Prices | undefined,
	{ archives }: Pick<RestoreWork, 'archives'>,
): Cost | undefined {
	if (!prices) return undefined;
	let requests = 0;
	let retrieval = 0;
	let bytes = 0;
	for (const one of archives) {
		const { get, retrievalGB } = prices.classes[one.storageClass ?? 'STANDARD'] ?? prices.classes.STANDARD!;
		requests += (one.requests * get) / 1000;
		retrieval += (one.fetchBytes / GB) * retrievalGB;
		bytes += one.fetchBytes;
	}
	return sum({ retrieval, thawRequests: 0, temporaryCopy: 0, requests, egress: egress(prices, bytes) });
}

/**
 * What a restore that thawed nothing has cost: as much of its quote as it has read; undefined if it has read nothing.
 * What was read twice is charged twice.
 */
export function quoteRead(
	{ region, dated }: Prices,
	{ total: quoted }: Pick<Cost, 'total'>,
	{ planned, fetched }: { planned: number; fetched: number },
): WorkCost | undefined {
	if (planned === 0 || fetched === 0) return undefined;
	const total = quoted * (fetched / planned);
	return { requests: total, storageMonth: 0, total, region, dated };
}

/** One quote for each tier that all the cold archives have; none when nothing has to be thawed. */
export function quoteTiers(prices: Prices | undefined, work: RestoreWork): TierQuote[] {
	const cold = work.archives.flatMap((archive) => {
		const coldClass = coldClassOf(archive.storageClass, archive.accessTier);
		return coldClass && archive.thawed === undefined ? [{ ...archive, coldClass }] : [];
	});
	if (cold.length === 0) return [];
	return TIERS.flatMap((tier) => {
		const times = cold.map(({ coldClass }) => thawTime(coldClass, tier));
		if (times.includes(undefined)) return [];
		const latest = Math.max(...times.map((time) => time![1]));
		const readMs = expectedReadMs(work);
		const days = copyDays(work.now, latest, readMs + RESERVE_MS);
		return {
			tier,
			archives: cold.length,
			bytes: cold.reduce((total, { size }) => total + size, 0),
			days,
			readyMs: [Math.min(...times.map((time) => time![0])), latest] as const,
			...costOf(prices, work, cold, tier, days),
		};
	});
}

/** How long it takes to read what is wanted. */
export function expectedReadMs({ archives, bytesPerSecond }: Pick<RestoreWork, 'archives' | 'bytesPerSecond'>): number {
	return (archives.reduce((total, { fetchBytes }) => total + fetchBytes, 0) / bytesPerSecond) * 1000;
}

/** The days that copies of this class and tier are to be ordered for. */
export function daysFor(coldClass: ColdClass, tier: ThawTier, now: number, readMs: number): number {
	return copyDays(now, thawTime(coldClass, tier)![1], readMs + RESERVE_MS);
}

function costOf(
	prices: Prices | undefined,
	work: RestoreWork,
	cold: (WantedArchive & { coldClass: ColdClass })[],
	tier: ThawTier,
	days: number,
): { cost?: Cost } {
	const reading = quoteReading(prices, work);
	if (!prices || !reading) return {};
	let { retrieval } = reading;
	let thawRequests = 0;
	let temporaryCopy = 0;
	for (const one of cold) {
		const order = orderCost(prices, { ...one, inPlace: one.accessTier !== undefined }, { tier, days, now: work.now });
		retrieval += order.retrieval;
		thawRequests += order.thawRequests;
		temporaryCopy += order.temporaryCopy;
	}
	const { lists, heads } = work.polls(tier);
	const { put, get } = prices.classes.STANDARD!;
	const requests = reading.requests + (lists * put + heads * get) / 1000;
	return { cost: sum({ retrieval, thawRequests, temporaryCopy, requests, egress: reading.egress }) };
}

/** What an order says, and when it is given (ms since 1970). */
export interface OrderTerms {
	tier: ThawTier;
	/** Absent where the store takes none. */
	days: number | undefined;
	now: number;
}

/** What one order of a thaw costs, if the copy is there at the latest and stays until it ends. */
export function orderCost(
	prices: Prices,
	{ size, coldClass, inPlace }: { size: number; coldClass: ColdClass; inPlace?: boolean | undefined },
	{ tier, days = 0, now }: OrderTerms,
): Pick<Cost, 'retrieval' | 'thawRequests' | 'temporaryCopy'> {
	// An archive tier of Intelligent-Tiering thaws in place, without a copy and for nothing unless expedited.
	if (inPlace && tier !== 'expedited') return { retrieval: 0, thawRequests: 0, temporaryCopy: 0 };
	const price = prices.classes[inPlace ? 'GLACIER' : coldClass]?.thaw?.[tier] ?? { gb: 0, thousand: 0 };
	const copyMs = inPlace ? 0 : Math.max(0, copyEnd(now, days) - now - thawTime(coldClass, tier)![1]);
	return {
		retrieval: (size / GB) * price.gb,
		thawRequests: price.thousand / 1000,
		temporaryCopy: (size / GB) * prices.classes.STANDARD!.storage * (copyMs / DAY / 30),
	};
}

function sum(parts: Omit<Cost, 'total'>): Cost {
	return { ...parts, total: Object.values(parts).reduce((total, part) => total + part, 0) };
}
