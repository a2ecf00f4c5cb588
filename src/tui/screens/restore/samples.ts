/** How fast a restore or decrypt goes: the newest samples of what is done. Pure. */

export interface Samples {
	/** What was done at which time, oldest first; at least a second apart. */
	points: { at: number; bytes: number }[];
}

export const NO_SAMPLES: Samples = { points: [] };

/** A minute of seconds. */
const KEPT = 60;
const APART_MS = 1000;
/** The rate is that of the last so many seconds. */
const WINDOW = 10;

export function withSample({ points }: Samples, at: number, bytes: number): Samples {
	const last = points.at(-1);
	if (last && at - last.at < APART_MS) return { points };
	return { points: [...points.slice(1 - KEPT), { at, bytes }] };
}

/** Bytes a second, newest last. */
export function ratesOf({ points }: Samples): number[] {
	return points.slice(1).map(({ at, bytes }, index) => {
		const before = points[index]!;
		return Math.max(0, ((bytes - before.bytes) * 1000) / (at - before.at));
	});
}

/** Bytes a second lately; undefined while too little is known. */
export function rateOf({ points }: Samples): number | undefined {
	const last = points.at(-1);
	const first = points[Math.max(0, points.length - 1 - WINDOW)];
	if (!last || !first || last.at === first.at) return undefined;
	return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at));
}
