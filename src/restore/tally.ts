/** What a restore has done so far; the sums of its threads. */

export interface Tally {
	/** Regular files and hard links that are right now, and their content. */
	files: number;
	bytes: number;
	/** Those of them that were right before. */
	alreadyRight: number;
	/** Kept because something else was there. */
	skipped: number;
	errors: number;
	/** Files whose content did not have the recorded hash. */
	mismatches: number;
	fetchedBytes: number;
	requests: number;
}

export function emptyTally(): Tally {
	return { files: 0, bytes: 0, alreadyRight: 0, skipped: 0, errors: 0, mismatches: 0, fetchedBytes: 0, requests: 0 };
}

export function sumTallies(tallies: Iterable<Tally>): Tally {
	const sum = emptyTally();
	for (const tally of tallies) {
		for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
	}
	return sum;
}
