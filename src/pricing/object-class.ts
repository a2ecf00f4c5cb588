/** In which class an object is stored: one that is too small for a cold class to pay goes to STANDARD. Pure. */

import { paysFrom } from './estimate.ts';
import type { Prices } from './price-table.ts';

/** The size below which `storageClass` does not pay; 0 where that is not known. */
export function warmBelowOf(prices: Prices | undefined, storageClass: string | undefined): number {
	const isPriced = prices !== undefined && storageClass !== undefined && storageClass in prices.classes;
	return isPriced ? paysFrom(prices, storageClass) : 0;
}

/**
 * The class of an archive.
 * @param whole its size, where it goes up in one piece; what goes up in parts is given its class before its size is known
 */
export function objectClass(
	storageClass: string | undefined,
	warmBelow: number,
	whole: number | undefined,
): string | undefined {
	return whole !== undefined && whole < warmBelow ? 'STANDARD' : storageClass;
}
