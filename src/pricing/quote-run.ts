import type { WorkCost } from '../core/history.ts';
import { quoteUpload } from './estimate.ts';
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
	const { region, dated } = prices;
	return { requests, storageMonth, total: requests + storageMonth, region, dated };
}
