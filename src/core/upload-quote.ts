/** What a backup costs, as it crosses to clients, and in words. Pure. */

import { formatUsd } from './money.ts';
import { counted } from './sizes.ts';

export interface UploadQuoteAnswer {
	/** Absent where nobody charges, or nobody knows how much. */
	prices?: { region: string; dated: string; proven: boolean };
	storageClass?: string;
	archives: number;
	/** Of a mirror, in place of archives. */
	objects?: number;
	/** USD once, and USD a month as long as it stays. */
	requests: number;
	storageMonth: number;
}

/** One sentence, or '' where nothing is known to cost anything. */
export function uploadQuoteWords({
	prices,
	storageClass,
	archives,
	objects,
	requests,
	storageMonth,
}: UploadQuoteAnswer): string {
	if (!prices) return '';
	const where = storageClass === undefined ? '' : ` in ${storageClass}`;
	const what = objects === undefined ? counted(archives, 'archive') : counted(objects, 'object');
	return `${what}${where}: ${formatUsd(requests)} to send, ${formatUsd(storageMonth)} a month to keep (prices of ${prices.region}, ${prices.dated}).`;
}
