import { leastKept, quoteUpload } from './estimate.ts';
import type { Prices } from './price-table.ts';

/** Archives that are stored alike. */
export interface SentArchives {
	count: number;
	/** Of each. */
	size: number;
	partSize: number;
	storageClass: string | undefined;
}

export interface ArchivesQuote {
	/** Requests that are charged for, those of the sidecars included, and what they cost. */
	sent: number;
	requests: number;
	storageMonth: number;
	/** What the classes charge for in any case. */
	least: number;
}

/** What sending archives and their sidecars costs, and keeping the archives. */
export function quoteArchives(prices: Prices, archives: readonly SentArchives[]): ArchivesQuote {
	const quote: ArchivesQuote = { sent: 0, requests: 0, storageMonth: 0, least: 0 };
	for (const { count, size, partSize, storageClass } of archives) {
		const isOne = size <= partSize;
		const parts = isOne ? 0 : count * Math.ceil(size / partSize);
		// An upload in parts is begun with one request and completed with another, which stands for the archive.
		const multipart = isOne ? 0 : count;
		const work = { storageClass, archives: count, bytes: count * size, parts, multipart, companions: count };
		const { requests, storageMonth } = quoteUpload(prices, work);
		quote.sent += count + parts + multipart + count;
		quote.requests += requests;
		quote.storageMonth += storageMonth;
		quote.least += leastKept(prices, storageClass, storageMonth).cost;
	}
	return quote;
}
