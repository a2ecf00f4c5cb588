/** How fast a task goes, and when it will be done. Pure. */

import { isCatalog, type TaskProgress } from './task.ts';

/** Samples kept: ten minutes. */
const KEPT = 600;
/** Samples that say how fast it goes now. */
const NOW = 10;
/** Samples that the estimate rests on. */
const WINDOW = 120;
/** Neighbouring seconds are alike: so many of them count as one independent look. */
const ALIKE = 5;
/** Fewer say nothing. */
const LEAST = 5;

export interface Pace {
	/** Bytes moved in each second, oldest first: what went over the wire. */
	moved: number[];
	/** Content bytes finished in each second: what the estimate counts in. */
	finished: number[];
	/** Totals at the last sample. */
	last: { at: number; moved: number; finished: number } | undefined;
}

export const NO_PACE: Pace = { moved: [], finished: [], last: undefined };

/** Takes the totals at a time (ms); at most one sample a second. */
export function addSample(pace: Pace, at: number, moved: number, finished: number): Pace {
	const { last } = pace;
	if (!last) return { ...pace, last: { at, moved, finished } };
	const seconds = Math.floor((at - last.at) / 1000);
	if (seconds < 1) return pace;
	// A gap (a suspended client) is spread over its seconds.
	const each = (now: number, before: number) =>
		Array(Math.min(seconds, KEPT)).fill(Math.max(0, now - before) / seconds);
	return {
		moved: [...pace.moved, ...each(moved, last.moved)].slice(-KEPT),
		finished: [...pace.finished, ...each(finished, last.finished)].slice(-KEPT),
		last: { at: last.at + seconds * 1000, moved, finished },
	};
}

/** Bytes over the wire, and content bytes finished; `total`: of the content, once it is known. */
export function totalsOf(progress: TaskProgress): { moved: number; finished: number; total: number | undefined } {
	if (progress.kind === 'backup') {
		const total = progress.scanDone ? progress.plannedBytes : undefined;
		return { moved: progress.sentBytes, finished: progress.finishedBytes, total };
	}
	if (isCatalog(progress)) {
		const { bytesDone, bytes } = progress;
		return { moved: bytesDone, finished: bytesDone, total: bytes === 0 ? undefined : bytes };
	}
	const total = progress.phase === 'plan' ? undefined : progress.bytes;
	return { moved: progress.fetchedBytes, finished: progress.bytesDone, total };
}

/** Bytes a second now; undefined until there is enough to tell. */
export function rateNow(values: readonly number[]): number | undefined {
	const recent = values.slice(-NOW);
	return recent.length < 2 ? undefined : mean(recent);
}

export interface Eta {
	/** Seconds from now. */
	seconds: number;
	/** It may as well be this much sooner or later, in seconds. */
	margin: number;
}

/**
 * When `remaining` bytes will be done, from the newest seconds; two standard errors of the mean are its margin.
 * Undefined while nothing moves or too little is known.
 */
export function etaOf(values: readonly number[], remaining: number): Eta | undefined {
	const recent = values.slice(-WINDOW);
	if (recent.length < LEAST || remaining <= 0) return undefined;
	const average = mean(recent);
	if (average <= 0) return undefined;
	const variance = recent.reduce((sum, value) => sum + (value - average) ** 2, 0) / recent.length;
	const error = Math.sqrt(variance / Math.max(1, recent.length / ALIKE));
	const slow = Math.max(average / 4, average - 2 * error);
	return { seconds: remaining / average, margin: remaining / slow - remaining / average };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
