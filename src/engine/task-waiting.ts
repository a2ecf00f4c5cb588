/** What is told of a task that waits for its store, and whether it still does. Pure. */

import { totalsOf } from '../core/pace.ts';
import { isCatalog, type TaskProgress, type TimedEvent } from '../core/task.ts';

const WAITING_AGAIN_MS = 30_000;

/** Parts that wait in turn, each with a sentence of its own, are told once in a while: the task itself says the newest. */
export function isRepeated(events: readonly TimedEvent[], event: TimedEvent): boolean {
	if (event.event !== 'waiting') return false;
	return events.some(
		(one) => one.event === 'waiting' && one.code === event.code && event.at - one.at < WAITING_AGAIN_MS,
	);
}

/** How far a task is, to be compared. */
export function placeOf(progress: TaskProgress): string {
	const { moved, finished } = totalsOf(progress);
	const done = isCatalog(progress) ? progress.done : 0;
	return [progress.phase, moved, finished, done].join();
}

/** A backup tells itself whether it waits; other work does so until it has come further. */
export function stillWaits(progress: TaskProgress, stoodAt: string | undefined): boolean {
	if (progress.kind === 'backup') {
		return progress.waiting === true || progress.workers.some((row) => row.state === 'retry');
	}
	return progress.phase === 'thaw' || placeOf(progress) === stoodAt;
}
