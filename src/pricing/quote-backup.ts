import { leastKept, quoteUpload, type UploadQuote } from './estimate.ts';
import { objectClass, warmBelowOf } from './object-class.ts';
import type { Prices } from './price-table.ts';

/** TAR header, PAX records and padding of a file, about; companions of a run beside those of its archives. */
const FILE_OVERHEAD = 1536;
const RUN_COMPANIONS = 3;

/** How a job packs. */
export interface Packing {
	storageClass: string | undefined;
	/** TAR bytes of an archive, bytes of an upload part. */
	splitSize: number;
	partSize: number;
}

export interface BackupQuote extends UploadQuote {
	archives: number;
	/** Of the archives, those that are too small for the class and go to STANDARD. */
	warm: number;
	/** Requests that send it, those left out that read and list. */
	sent: number;
	/** What the class charges for in any case: for so many days, which cost so many USD. */
	least?: { days: number; cost: number };
}

/** What storing so many files costs, in USD: as if nothing became smaller by compression. */
export function quoteBackup(
	prices: Prices,
	{ storageClass, splitSize, partSize }: Packing,
	{ files, bytes }: { files: number; bytes: number },
): BackupQuote {
	const all = bytes + files * FILE_OVERHEAD;
	const full = Math.floor(all / splitSize);
	const rest = all - full * splitSize;
	const warmBelow = warmBelowOf(prices, storageClass);
	const quote = { archives: 0, warm: 0, sent: 0, requests: 0, storageMonth: 0 };
	let least = 0;
	for (const [archives, size] of [
		[full, splitSize],
		[rest > 0 ? 1 : 0, rest],
	] as const) {
		if (archives === 0) continue;
		const isOne = size <= partSize;
		const own = objectClass(storageClass, warmBelow, isOne ? size : undefined);
		const parts = isOne ? 0 : archives * Math.ceil(size / partSize);
		// The beginning and the end of an upload in parts are one request each.
		const multipart = isOne ? 0 : archives * 2;
		const work = { storageClass: own, archives, bytes: archives * size, parts, multipart, companions: archives };
		const { requests, storageMonth } = quoteUpload(prices, work);
		quote.archives += archives;
		if (own !== storageClass) quote.warm += archives;
		quote.sent += archives + parts + multipart + archives;
		quote.requests += requests;
		quote.storageMonth += storageMonth;
		least += leastKept(prices, own, storageMonth).cost;
	}
	if (quote.archives > 0) {
		quote.sent += RUN_COMPANIONS;
		quote.requests += (RUN_COMPANIONS * prices.classes.STANDARD!.put) / 1000;
	}
	return { ...quote, ...withLeast(prices, storageClass, least) };
}

/** What storing so many files as an object each costs, in USD. */
export function quoteMirror(
	prices: Prices,
	{ storageClass, partSize }: Omit<Packing, 'splitSize'>,
	{ files, bytes }: { files: number; bytes: number },
): BackupQuote {
	// Which files are sent in parts is not known; the fewest requests that these bytes take are.
	const parts = Math.floor(bytes / partSize);
	const work = { storageClass, archives: files, bytes, parts, multipart: 0, companions: files > 0 ? 1 : 0 };
	const quote = quoteUpload(prices, work);
	const { cost } = leastKept(prices, storageClass, quote.storageMonth);
	const sent = files + parts + work.companions;
	return { ...quote, archives: 0, warm: 0, sent, ...withLeast(prices, storageClass, cost) };
}

function withLeast(prices: Prices, storageClass: string | undefined, cost: number): Pick<BackupQuote, 'least'> {
	return cost > 0 ? { least: { days: leastKept(prices, storageClass, 0).days, cost } } : {};
}
