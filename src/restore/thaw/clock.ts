/** The time that a thaw goes by. */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
	/** ms since 1970. */
	now(): number;
	/** Resolves at that time, or a few seconds after `isOver` says so. @throws the signal's reason */
	until(time: number, signal: AbortSignal, isOver?: () => boolean): Promise<void>;
}

/** A machine that sleeps stops its timers, not its clock: it is looked at again so often. */
const LONGEST_SLEEP = 5000;

/**
 * The machine's clock. With FIRN_CLOCK_FILE in the environment, a file that holds by how many ms it is to be ahead: so
 * that days can be passed in a test.
 */
export function clockFrom(env: Readonly<Record<string, string | undefined>>): Clock {
	const file = env.FIRN_CLOCK_FILE;
	const now = () => Date.now() + (file === undefined ? 0 : Number(readFileSync(file, 'utf8')));
	const longest = file === undefined ? LONGEST_SLEEP : 50;
	return {
		now,
		async until(time, signal, isOver = () => false) {
			for (let left = time - now(); left > 0 && !isOver(); left = time - now()) {
				await sleep(Math.min(left, longest), undefined, { signal }).catch(() => signal.throwIfAborted());
			}
			signal.throwIfAborted();
		},
	};
}
