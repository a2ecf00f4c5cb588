/** What a backup costs, as it crosses to clients, and in words. Pure. */

import { formatUsd } from './money.ts';
import { counted, formatCount, formatSize } from './sizes.ts';

/** What is sent without asking costs at most this, in USD. */
const CENT = 0.01;

export interface UploadQuoteAnswer {
	/** Absent where nobody charges, or nobody knows how much. */
	prices?: { region: string; dated: string; proven: boolean };
	storageClass?: string;
	archives: number;
	/** Of all that is stored, about: what compression saves is not counted. */
	bytes?: number;
	/** Of the archives, those that are too small for the class and go to STANDARD, and their bytes. */
	warm?: number;
	warmBytes?: number;
	/** Of a mirror, in place of archives. */
	objects?: number;
	/** Requests that are charged for: what is read or deleted is left out. */
	sent?: number;
	/** USD once, and USD a month as long as it stays. */
	requests: number;
	storageMonth: number;
	/** What the class charges for in any case: for so many days, which cost so many USD. */
	least?: { days: number; cost: number };
}

/** Whether somebody has to agree to what sending costs. Where nothing is new, what is left are the looks at the store. */
export function asksFor({ prices, requests, archives, objects = archives }: UploadQuoteAnswer): boolean {
	return prices !== undefined && objects > 0 && requests > CENT;
}

/** One sentence, or '' where nothing is known to cost anything. */
export function uploadQuoteWords(quote: UploadQuoteAnswer): string {
	const { prices } = quote;
	if (!prices) return '';
	return `${storedWords(quote)}: ${uploadPriceWords(quote)} (prices of ${prices.region}, ${prices.dated}).`;
}

/** `$0.42 to send, $0.01 a month to keep`, or '' where nothing is known to cost anything. */
export function uploadPriceWords({ prices, requests, storageMonth }: UploadQuoteAnswer): string {
	return prices ? `${formatUsd(requests)} to send, ${formatUsd(storageMonth)} a month to keep` : '';
}

/** `3 archives in DEEP_ARCHIVE`, and where those go that are too small for it. */
export function storedWords({ storageClass, archives, warm = 0, objects }: UploadQuoteAnswer): string {
	const where = storageClass === undefined ? '' : ` in ${storageClass}`;
	if (objects !== undefined) return `${counted(objects, 'object')}${where}`;
	if (warm === 0) return `${counted(archives, 'archive')}${where}`;
	if (warm < archives) return `${counted(archives - warm, 'archive')}${where}, ${formatCount(warm)} in STANDARD`;
	return `${counted(archives, 'archive')} in STANDARD (too small for ${storageClass})`;
}

/** A quote in lines, for somebody who is to agree to it. */
export function uploadQuoteLines(
	quote: UploadQuoteAnswer,
	{ files, bytes }: { files: number; bytes: number },
): string[] {
	const { prices, sent, requests, storageMonth } = quote;
	if (!prices) return [];
	const early = earlyDeletionWords(quote);
	const proven = prices.proven ? '' : ', not compared with the price list anew';
	return [
		`New       ${counted(files, 'file')}, ${formatSize(bytes)}`,
		`Stored    ${storedWords(quote)}`,
		`To send   ${formatUsd(requests)}${sent === undefined ? '' : ` for ${counted(sent, 'request')}`}`,
		`To keep   ${formatUsd(storageMonth)} a month`,
		'',
		...(early === '' ? [] : [early, '']),
		`Prices of ${prices.region}, ${prices.dated}${proven}; what compression saves is not counted.`,
	];
}

/** What deleting early costs, in one sentence; '' where the class does not charge for that. */
export function earlyDeletionWords({ storageClass, least }: UploadQuoteAnswer): string {
	if (!least) return '';
	return `${storageClass ?? 'The store'} charges for at least ${counted(least.days, 'day')} (${formatUsd(least.cost)}): what is deleted or replaced sooner costs the rest of them all the same.`;
}
