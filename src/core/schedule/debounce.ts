/** When changes have come to rest. Pure. */

/** Changes that no run has taken yet, in ms since 1970. */
export interface Pending {
	first: number;
	last: number;
}

export interface Debounce {
	/** A run begins when nothing has changed for so many ms… */
	quiet: number;
	/** …and at the latest so many ms after the first change. */
	atMost: number;
}

/** With a change at `now`. A clock that was set back must not put anything off. */
export function withChange(pending: Pending | undefined, now: number): Pending {
	return { first: Math.min(pending?.first ?? now, now), last: now };
}

/** When the run for these changes is due; undefined while there are none. */
export function dueAt(pending: Pending | undefined, { quiet, atMost }: Debounce): number | undefined {
	return pending && Math.min(pending.last + quiet, pending.first + atMost);
}
