/**
 * Requests of a run beside those that store its archives or objects, as far as they are charged for: writes and lists,
 * all at the rate of STANDARD. Giving up and deleting cost nothing, and reading a tenth.
 */

import type { Prices } from './price-table.ts';

interface Besides {
	requests: number;
	/** USD. */
	cost: number;
}

/** The look at the store: a list, and a probe (an upload begun, a part of it, and the list that shows it given up). */
const LOOK = 4;
/** Of unfinished uploads: those of the job, of probes, and of the note. */
const UPLOAD_LISTS = 3;

/** @param isFirst of its job: it writes the note on how to get everything back */
export function archiveRun(prices: Prices, isFirst: boolean): Besides {
	const manifest = 1;
	return atStandard(prices, LOOK + UPLOAD_LISTS + manifest + (isFirst ? 1 : 0));
}

/** What a run of a mirror asks of its store. */
export interface MirrorLook {
	/** Pairs of source and folder. */
	pairs: number;
	/** Requests that list what the mirror holds. */
	lists: number;
	/** It stores a new list of all that objects cannot hold, and looks for older ones. */
	hasChanged: boolean;
}

export function mirrorRun(prices: Prices, { pairs, lists, hasChanged }: MirrorLook): Besides {
	// Unfinished uploads of each pair, of lists and of probes.
	return atStandard(prices, LOOK + pairs + 2 + lists + (hasChanged ? 2 : 0));
}

function atStandard(prices: Prices, requests: number): Besides {
	return { requests, cost: (requests * prices.classes.STANDARD!.put) / 1000 };
}
