/**
 * What AWS would charge for what the log holds, in USD, by the price list of us-east-1 (2026-06). Written from the price
 * list, independent of the program under test.
 */

import type { LogEntry } from './log.ts';
import type { Tier } from './types.ts';

export interface Bill {
	requests: number;
	retrieval: number;
	/** Restore requests by tier; part of neither of the others. */
	restoreRequests: number;
	temporaryCopies: number;
	egress: number;
	earlyDeletion: number;
	total: number;
}

const GB = 1024 ** 3;
const DAY = 86_400_000;
const MONTH = 30 * DAY;

const STORAGE: Record<string, number> = {
	STANDARD: 0.023,
	STANDARD_IA: 0.0125,
	GLACIER_IR: 0.004,
	GLACIER: 0.0036,
	DEEP_ARCHIVE: 0.00099,
};
const PUT: Record<string, number> = { STANDARD_IA: 0.01, GLACIER_IR: 0.02, GLACIER: 0.03, DEEP_ARCHIVE: 0.05 };
const GET: Record<string, number> = { STANDARD_IA: 0.001, GLACIER_IR: 0.01 };
const RETRIEVAL: Record<string, Partial<Record<Tier, { gb: number; thousand: number }>>> = {
	GLACIER: {
		Expedited: { gb: 0.03, thousand: 10 },
		Standard: { gb: 0.01, thousand: 0.05 },
		Bulk: { gb: 0, thousand: 0 },
	},
	DEEP_ARCHIVE: { Standard: { gb: 0.02, thousand: 0.1 }, Bulk: { gb: 0.0025, thousand: 0.025 } },
};
const MINIMUM_DAYS: Record<string, number> = { STANDARD_IA: 30, GLACIER_IR: 90, GLACIER: 90, DEEP_ARCHIVE: 180 };
/** What is charged besides the object itself, in its class and in STANDARD: index and name. */
const OVERHEAD = { own: 32 * 1024, standard: 8 * 1024 };
const MINIMUM_BYTES = 128 * 1024;
const READ_FEE: Record<string, number> = { STANDARD_IA: 0.01, GLACIER_IR: 0.03 };
const WRITES = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload']);
const AT_STANDARD = new Set([
	'CreateMultipartUpload',
	'UploadPart',
	'UploadPartCopy',
	'ListObjectsV2',
	'ListParts',
	'ListMultipartUploads',
]);
const FREE = new Set(['DeleteObject', 'DeleteObjects', 'AbortMultipartUpload']);

/** @param freeEgress GB of the month that are not charged and not used up yet */
export function billOf(entries: readonly LogEntry[], freeEgress = 100): Bill {
	const bill = { requests: 0, retrieval: 0, restoreRequests: 0, temporaryCopies: 0, egress: 0, earlyDeletion: 0 };
	const copies = new Map<string, { size: number; gb: number; from: number; until: number }[]>();
	let bytesOut = 0;
	for (const entry of entries) {
		const { operation, storageClass = 'STANDARD', size = 0, thaw, status } = entry;
		if (operation === 'GetObject') {
			bytesOut += entry.bytesOut;
			bill.retrieval += (entry.bytesOut / GB) * (READ_FEE[storageClass] ?? 0);
		}
		for (const { storageClass: was, size: bytes, stored } of entry.ended ?? []) {
			const left = stored + (MINIMUM_DAYS[was] ?? 0) * DAY - entry.storeTime;
			bill.earlyDeletion += Math.max(0, left / MONTH) * monthOf(was, bytes);
		}
		if (operation === 'RestoreObject') {
			if (!thaw || status >= 400) continue;
			const price = RETRIEVAL[storageClass]?.[thaw.tier];
			if (!price) continue;
			bill.restoreRequests += price.thousand / 1000;
			const mine = copies.get(entry.key) ?? [];
			copies.set(entry.key, mine);
			// A faster tier is charged in place of the one before.
			if (thaw.kind === 'upgrade') mine.pop();
			if (thaw.kind === 'extended') mine.at(-1)!.until = thaw.expires!;
			else mine.push({ size, gb: price.gb, from: thaw.ready, until: thaw.expires ?? thaw.ready });
			continue;
		}
		// Server faults are not charged.
		if (FREE.has(operation) || status >= 500 || status === 0) continue;
		const perThousand = WRITES.has(operation)
			? (PUT[storageClass] ?? 0.005)
			: AT_STANDARD.has(operation)
				? 0.005
				: (GET[storageClass] ?? 0.0004);
		bill.requests += perThousand / 1000;
	}
	for (const { size, gb, from, until } of [...copies.values()].flat()) {
		bill.retrieval += (size / GB) * gb;
		bill.temporaryCopies += (Math.max(0, until - from) / MONTH) * (size / GB) * STORAGE.STANDARD!;
	}
	bill.egress = Math.max(0, bytesOut / GB - freeEgress) * 0.09;
	return { ...bill, total: Object.values(bill).reduce((sum, part) => sum + part, 0) };
}

/** USD that an object costs each month. */
function monthOf(storageClass: string, size: number): number {
	const month = STORAGE[storageClass] ?? 0;
	if (storageClass in RETRIEVAL) {
		return ((size + OVERHEAD.own) / GB) * month + (OVERHEAD.standard / GB) * STORAGE.STANDARD!;
	}
	return ((storageClass in MINIMUM_DAYS ? Math.max(size, MINIMUM_BYTES) : size) / GB) * month;
}
