import type { WorkCost } from '../core/history.ts';
import { quoteUpload, type UploadQuote } from './estimate.ts';
import type { Prices } from './price-table.ts';

/** Manifest, note for recovery and the look at the store. */
const RUN_COMPANIONS = 3;

/** An archive that was sent. */
interface Sent {
	size: number;
	partSize: number;
	storageClass: string | null;
}

/** What a run has cost by these prices, requests that had to be repeated left out; undefined if it has sent nothing. */
export function quoteRun(prices: Prices, archives: readonly Sent[]): WorkCost | undefined {
	if (archives.length === 0) return undefined;
	let requests = (RUN_COMPANIONS * prices.classes.STANDARD!.put) / 1000;
	let storageMonth = 0;
	for (const { size, partSize, storageClass } of archives) {
		const isOne = size <= partSize;
		const quote = quoteUpload(prices, {
			storageClass: storageClass ?? undefined,
			archives: 1,
			bytes: size,
			parts: isOne ? 0 : Math.ceil(size / partSize),
			multipart: isOne ? 0 : 2,
			companions: 1,
		});
		requests += quote.requests;
		storageMonth += quote.storageMonth;
	}
	return workCost(prices, { requests, storageMonth });
}

/** The objects that a run of a mirror has sent, all together. */
interface SentObjects {
	objects: number;
	/** Of those sent in parts. */
	multipart: number;
	parts: number;
	/** Each counted as what the class charges for at least (leastBytes). */
	bytes: number;
}

/** What a run of a mirror has cost by these prices, requests that had to be repeated left out; undefined if it has sent nothing. */
export function quoteMirrorRun(
	prices: Prices,
	storageClass: string | undefined,
	{ objects, multipart, parts, bytes }: SentObjects,
): WorkCost | undefined {
	if (objects === 0) return undefined;
	// The list of all that objects cannot hold.
	const companions = 1;
	const work = { storageClass, archives: objects, bytes, parts, multipart: multipart * 2, companions };
	return workCost(prices, quoteUpload(prices, work));
}

function workCost({ region, dated }: Prices, { requests, storageMonth }: UploadQuote): WorkCost {
	return { requests, storageMonth, total: requests + storageMonth, region, dated };
}
