import type { WorkCost } from '../core/history.ts';
import { quoteUpload, type UploadQuote } from './estimate.ts';
import type { Prices } from './price-table.ts';
import { quoteArchives } from './quote-archives.ts';
import { archiveRun, type MirrorLook, mirrorRun } from './run-requests.ts';

/** An archive that was sent. */
interface Sent {
	size: number;
	partSize: number;
	storageClass: string | null;
}

/**
 * What a run has cost by these prices, requests that had to be repeated left out; undefined if it has sent nothing.
 * @param isFirst of its job
 */
export function quoteRun(prices: Prices, archives: readonly Sent[], isFirst: boolean): WorkCost | undefined {
	if (archives.length === 0) return undefined;
	const sent = archives.map(({ size, partSize, storageClass }) => {
		return { count: 1, size, partSize, storageClass: storageClass ?? undefined };
	});
	const { requests, storageMonth } = quoteArchives(prices, sent);
	return workCost(prices, { requests: requests + archiveRun(prices, isFirst).cost, storageMonth });
}

/** The objects that a run of a mirror sends, all together. */
export interface SentObjects {
	objects: number;
	/** Of those sent in parts. */
	multipart: number;
	parts: number;
	/** Each counted as what the class charges for at least (leastBytes). */
	bytes: number;
}

/**
 * What a run of a mirror costs.
 * @param look what is asked of the store besides
 */
export function quoteObjects(
	prices: Prices,
	storageClass: string | undefined,
	{ objects, multipart, parts, bytes }: SentObjects,
	look: MirrorLook,
): UploadQuote & { sent: number } {
	const besides = mirrorRun(prices, look);
	// The beginning of an upload in parts is a request, and its end is the one that stands for the object.
	const work = { storageClass, archives: objects, bytes, parts, multipart, companions: 0 };
	const { requests, storageMonth } = quoteUpload(prices, work);
	return {
		sent: objects + parts + multipart + besides.requests,
		requests: requests + besides.cost,
		storageMonth,
	};
}

/** What a run of a mirror has cost by these prices, requests that had to be repeated left out; undefined if it has sent nothing. */
export function quoteMirrorRun(
	prices: Prices,
	storageClass: string | undefined,
	sent: SentObjects,
	look: MirrorLook,
): WorkCost | undefined {
	return sent.objects === 0 ? undefined : workCost(prices, quoteObjects(prices, storageClass, sent, look));
}

function workCost({ region, dated }: Prices, { requests, storageMonth }: UploadQuote): WorkCost {
	return { requests, storageMonth, total: requests + storageMonth, region, dated };
}
