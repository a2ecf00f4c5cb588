/**
 * Whether a run is paused: one word of memory that all its threads look at. A part that is under way is sent to its
 * end, for a request that stands still would be cut off by the store; the next one waits here.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** A gate is looked at this often while it is closed. */
const LOOK_MS = 100;

export function createGate(): SharedArrayBuffer {
	return new SharedArrayBuffer(4);
}

export function setGate(gate: SharedArrayBuffer, closed: boolean): void {
	Atomics.store(new Int32Array(gate), 0, closed ? 1 : 0);
}

/** Resolves as soon as the gate is open, or the signal aborts. */
export async function passGate(gate: SharedArrayBuffer, signal: AbortSignal): Promise<void> {
	const closed = new Int32Array(gate);
	while (Atomics.load(closed, 0) === 1 && !signal.aborted) await sleep(LOOK_MS);
}
