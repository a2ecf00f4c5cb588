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
	/** Archives are compressed, which may make all of it cheaper. */
	isMost?: boolean;
}

/** Whether somebody has to agree to what sending costs. Where nothing is new, what is left are the looks at the store. */
export function asksFor(quote: UploadQuoteAnswer): boolean {
	return quote.prices !== undefined && storesSome(quote) && quote.requests > CENT;
}

/** Whether the run would store anything. */
export function storesSome({ archives, objects = archives }: UploadQuoteAnswer): boolean {
	return objects > 0;
}

/** `$0.42 to send, $0.01 a month to keep`, or '' where nothing is known to cost anything. */
export function uploadPriceWords({ prices, requests, storageMonth }: UploadQuoteAnswer): string {
	return prices ? `${formatUsd(requests)} to send, ${formatUsd(storageMonth)} a month to keep` : '';
}

/** `3 archives in DEEP_ARCHIVE, 2.10 GiB`, and where those go that are too small for it. */
export function storedWords({
	storageClass,
	archives,
	bytes,
	warm = 0,
	warmBytes,
	objects,
}: UploadQuoteAnswer): string {
	const where = storageClass === undefined ? '' : ` in ${storageClass}`;
	const much = (size: number | undefined) => (size === undefined ? '' : `, ${formatSize(size)}`);
	if (objects !== undefined) return `${counted(objects, 'object')}${where}${much(bytes)}`;
	if (warm === 0) return `${counted(archives, 'archive')}${where}${much(bytes)}`;
	if (warm === archives) {
		return `${counted(archives, 'archive')} in STANDARD${much(bytes)} (too small for ${storageClass})`;
	}
	const cold = bytes === undefined || warmBytes === undefined ? undefined : bytes - warmBytes;
	const big = `${counted(archives - warm, 'archive')}${where}${much(cold)}`;
	return `${big}; ${formatCount(warm)} too small for it in STANDARD${much(warmBytes)}`;
}

/** A quote in lines, for somebody who is to agree to it; none where nothing is known to cost anything. */
export function uploadQuoteLines(quote: UploadQuoteAnswer): string[] {
	const { prices, sent, requests, storageMonth, isMost = false } = quote;
	if (!prices) return [];
	const early = earlyDeletionWords(quote);
	const proven = prices.proven ? '' : ', not compared with the price list anew';
	const much = (amount: number) => (isMost && amount >= CENT ? `at most ${formatUsd(amount)}` : formatUsd(amount));
	return [
		`Stored    ${storedWords(quote)}`,
		`To send   ${much(requests)}${sent === undefined ? '' : ` for ${counted(sent, 'request')}`}`,
		`To keep   ${much(storageMonth)} a month`,
		'',
		...(early === '' ? [] : [early, '']),
		`Prices of ${prices.region}, ${prices.dated}${proven}.${isMost ? ' What compression saves is not known yet.' : ''}`,
	];
}

/** `2 files, 4.00 KiB`: what a dry run has found. */
export function newWords({ files, bytes }: { files: number; bytes: number }): string {
	return `${counted(files, 'file')}, ${formatSize(bytes)}`;
}

/** What deleting early costs, in one sentence; '' where the class does not charge for that. */
export function earlyDeletionWords({ storageClass, least }: UploadQuoteAnswer): string {
	if (!least) return '';
	return `${storageClass ?? 'The store'} charges for at least ${counted(least.days, 'day')} (${formatUsd(least.cost)}): what is deleted or replaced sooner costs the rest of them all the same.`;
}
