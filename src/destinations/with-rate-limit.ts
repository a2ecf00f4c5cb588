/**
 * One upload limit for all threads of a run, changeable while it goes on. The limit is a clock in shared memory: the
 * time at which the next byte may leave. Whoever wants to send moves it on by what the bytes cost and waits until then.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination, Pace } from './destination.ts';

/** Slots of 8 bytes: bytes a second (0: no limit), and the clock in nanoseconds of the monotonic time. */
const RATE = 0;
const NEXT = 1;
/** Idle time does not pile up to more than this burst. */
const BURST_NS = 100_000_000n;
/** A change of the limit is noticed within this. */
const STEP_MS = 200;

/** @param bytesPerSecond 0 is no limit */
export function createRateLimit(bytesPerSecond: number): SharedArrayBuffer {
	const shared = new SharedArrayBuffer(16);
	setRateLimit(shared, bytesPerSecond);
	return shared;
}

/** Changes the limit for all threads at once; who waits under the old one, waits anew. */
export function setRateLimit(shared: SharedArrayBuffer, bytesPerSecond: number): void {
	const slots = new BigInt64Array(shared);
	Atomics.store(slots, RATE, BigInt(Math.max(0, Math.round(bytesPerSecond))));
	Atomics.store(slots, NEXT, 0n);
}

/** The pace that the shared limit dictates. The promise ends when the bytes may go, or when the signal aborts. */
export function paceOf(shared: SharedArrayBuffer, signal?: AbortSignal): Pace {
	const slots = new BigInt64Array(shared);
	return (bytes) => (Atomics.load(slots, RATE) === 0n ? undefined : wait(slots, BigInt(bytes), signal));
}

async function wait(slots: BigInt64Array, bytes: bigint, signal?: AbortSignal): Promise<void> {
	for (;;) {
		const rate = Atomics.load(slots, RATE);
		if (rate === 0n) return;
		const until = reserve(slots, (bytes * 1_000_000_000n) / rate);
		for (;;) {
			if (signal?.aborted) return;
			const ms = Number(until - process.hrtime.bigint()) / 1e6;
			if (ms <= 0) return;
			await sleep(Math.min(ms, STEP_MS));
			if (Atomics.load(slots, RATE) !== rate) break;
		}
	}
}

/** Moves the clock on and gives the time at which the caller's turn is. */
function reserve(slots: BigInt64Array, cost: bigint): bigint {
	for (;;) {
		const before = Atomics.load(slots, NEXT);
		const earliest = process.hrtime.bigint() - BURST_NS;
		const turn = before > earliest ? before : earliest;
		if (Atomics.compareExchange(slots, NEXT, before, turn + cost) === before) return turn;
	}
}

/** The same destination, whose bodies leave no faster than the shared limit allows. */
export function withRateLimit(destination: Destination, shared: SharedArrayBuffer): Destination {
	return {
		url: destination.url,
		limits: destination.limits,
		...(destination.archiveClass === undefined ? {} : { archiveClass: destination.archiveClass }),
		check: (options) => destination.check(options),
		...(destination.prepare ? { prepare: (prefix, options) => destination.prepare!(prefix, options) } : {}),
		put: (key, body, options) => destination.put(key, body, { ...options, pace: paceOf(shared, options?.signal) }),
		beginUpload: (key, options) => destination.beginUpload(key, options),
		uploadPart: (upload, part, options) =>
			destination.uploadPart(upload, part, { ...options, pace: paceOf(shared, options?.signal) }),
		listParts: (upload, options) => destination.listParts(upload, options),
		completeUpload: (upload, parts, options) => destination.completeUpload(upload, parts, options),
		abortUpload: (upload) => destination.abortUpload(upload),
		uploads: (prefix, options) => destination.uploads(prefix, options),
		head: (key, options) => destination.head(key, options),
		get: (key, options) => destination.get(key, options),
		thaw: (key, options) => destination.thaw(key, options),
		list: (prefix, options) => destination.list(prefix, options),
		...(destination.move ? { move: (from, to, options) => destination.move!(from, to, options) } : {}),
		...(destination.freeSpace ? { freeSpace: (options) => destination.freeSpace!(options) } : {}),
		delete: (key) => destination.delete(key),
		close: () => destination.close(),
	};
}
