/**
 * Repeats what failed for a passing reason, for ever: a network comes back some day, and giving up would cost the person
 * the whole night. A refusal is passed on at once, but for credentials that have worked before: they have expired or were
 * rotated, and somebody will log in again.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { FirnError } from '../core/errors.ts';
import type { Waiting } from '../core/task.ts';
import type { Destination, OpenUpload } from './destination.ts';
import { DRIVE_DAILY_LIMIT } from './gdrive/daily-limit.ts';
import { isBehind } from './keys.ts';
import { DEST_FULL } from './refusals.ts';

export interface RetryNotice {
	operation: string;
	key: string;
	/** 1 for the first repetition. */
	attempt: number;
	delayMs: number;
	error: FirnError;
}

export interface RetryOptions {
	/** Told before each wait, for the live display. */
	onRetry?: (notice: RetryNotice) => void;
	/** Told when all that had to be repeated has succeeded. */
	onOver?: () => void;
	/** Ends the waiting of all operations; that of a single one is in its own options. */
	signal?: AbortSignal;
	/** Longest wait before the first repetition; doubles with each. */
	firstMs?: number;
	longestMs?: number;
	/** 0 to 1. */
	random?: () => number;
	/** The run has proved already that these credentials are good. */
	proven?: boolean;
	/** Waits for room, too, where somebody can make some while it does. Not for work that deletes: it would wait for itself. */
	untilRoom?: boolean;
	/** Ends all waits at once: something has changed that may help. */
	nudge?: EventTarget;
}

/** The event of `nudge`. */
export const NUDGE = 'nudge';

/** What a task tells of a repetition. */
export function waitingFor({ error }: RetryNotice): Waiting {
	const { message, code, guidance, goesOn = 'once that works again' } = error;
	const help = guidance === undefined ? {} : { guidance };
	if (passesByItself(error)) return { reason: message, code, ...help };
	return { reason: `${message} It goes on by itself ${goesOn}.`, code, byHand: true, ...help };
}

/** A store that somebody else can make room in; a disk that is full ends the run, which can be resumed. */
function isOutOfRoom({ code, goesOn }: FirnError): boolean {
	return code === DEST_FULL && goesOn !== undefined;
}

/** Nobody has to mend anything. */
function passesByItself({ retry, code }: FirnError): boolean {
	return retry === 'now' || code === DRIVE_DAILY_LIMIT;
}

/**
 * What is refused all of a sudden was not always meant to be. Reads are not among them: where nobody may list, a store
 * denies what is not there.
 */
const WRITES = ['begin', 'part', 'put'];

/** How often a wall is tried that stands until tomorrow. */
const WALL_MS = { first: 5 * 60_000, longest: 60 * 60_000 };

/** How often a store is tried that is full until somebody makes room. */
const ROOM_MS = { first: 60_000, longest: 15 * 60_000 };

/** Data that arrives damaged time and again is no passing fault. */
const MISMATCH_ATTEMPTS = 5;

/**
 * The same destination with repetitions: capped exponential back-off with full jitter, so that many threads that failed
 * together do not come back together. `get` goes on where the stream broke, `list` behind the last key.
 */
export function withRetry(destination: Destination, options: RetryOptions = {}): Destination {
	const { onRetry, onOver, firstMs = 500, longestMs = 60_000, random = Math.random, nudge } = options;
	/** Operations that the credentials were good for once. */
	const allowed = new Set<string>();

	let troubled = 0;
	/** Counts an operation as troubled from its first fault to its success or its end. */
	function trouble() {
		let isTroubled = false;
		const met = () => {
			if (!isTroubled) troubled += 1;
			isTroubled = true;
		};
		const over = () => {
			if (!isTroubled) return;
			isTroubled = false;
			troubled -= 1;
			if (troubled === 0) onOver?.();
		};
		return { met, over };
	}

	/** Whether waiting may help: the fault passes, there will be room, or what was allowed is refused all of a sudden. */
	function passes(error: FirnError, operation: string): boolean {
		if (passesByItself(error)) return true;
		const { code } = error;
		if (isOutOfRoom(error)) return options.untilRoom === true;
		if (code === 'BAD_CREDENTIALS') return options.proven === true || allowed.size > 0;
		return code === 'DEST_DENIED' && WRITES.includes(operation) && allowed.has(operation);
	}

	/** Decides on a fault: waits, or throws it. @returns whether it stood at a wall */
	async function pause(
		error: unknown,
		operation: string,
		key: string,
		attempt: number,
		own?: AbortSignal,
	): Promise<boolean> {
		const signals = [options.signal, own].filter((signal) => signal !== undefined);
		const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
		signal?.throwIfAborted();
		if (!(error instanceof FirnError) || !passes(error, operation)) throw error;
		if (error.code === 'STORE_MISMATCH' && attempt >= MISMATCH_ATTEMPTS) throw error;
		const wall = error.code === DRIVE_DAILY_LIMIT ? WALL_MS : isOutOfRoom(error) ? ROOM_MS : undefined;
		const { first, longest } = wall ?? { first: firstMs, longest: longestMs };
		// 2^30 half seconds is beyond any cap already.
		const most = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30));
		// Nobody stands at a wall that is asked for hours; but never is it asked all the time.
		const drawn = Math.round(wall ? most * (0.5 + random() / 2) : random() * most);
		const delayMs = Math.max(drawn, Math.min(error.afterMs, WALL_MS.longest));
		onRetry?.({ operation, key, attempt, delayMs, error });
		await wait(delayMs, signal, nudge);
		return wall !== undefined;
	}

	async function repeat<T>(operation: string, key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const { met, over } = trouble();
		let stood = false;
		try {
			for (let attempt = 1; ; attempt++) {
				try {
					const done = await work();
					allowed.add(operation);
					// The others that stand there would do so for long yet.
					if (stood) nudge?.dispatchEvent(new Event(NUDGE));
					return done;
				} catch (error) {
					met();
					stood = await pause(error, operation, key, attempt, signal);
				}
			}
		} finally {
			over();
		}
	}

	return {
		url: destination.url,
		limits: destination.limits,
		...(destination.archiveClass === undefined ? {} : { archiveClass: destination.archiveClass }),
		check: (o) => repeat('check', '', () => destination.check(o), o?.signal),
		...(destination.prepare
			? { prepare: (prefix, o) => repeat('prepare', prefix, () => destination.prepare!(prefix, o), o?.signal) }
			: {}),
		put: (key, body, o) => repeat('put', key, () => destination.put(key, body, o), o?.signal),
		beginUpload: (key, o) => repeat('begin', key, () => destination.beginUpload(key, o), o.signal),
		uploadPart: (upload, part, o) =>
			repeat('part', upload.key, () => destination.uploadPart(upload, part, o), o?.signal),
		listParts: (upload, o) => repeat('parts', upload.key, () => destination.listParts(upload, o), o.signal),
		completeUpload: (upload, parts, o) =>
			repeat('complete', upload.key, () => destination.completeUpload(upload, parts, o), o.signal),
		abortUpload: (upload) => repeat('abort', upload.key, () => destination.abortUpload(upload)),
		head: (key, o) => repeat('head', key, () => destination.head(key, o), o?.signal),
		// What is allowed for one object may be denied for another: that does not pass.
		thaw: (key, o) => repeat(`thaw ${key}`, key, () => destination.thaw(key, o), o.signal),
		...(destination.move
			? { move: (from, to, o) => repeat('move', from, () => destination.move!(from, to, o), o?.signal) }
			: {}),
		// Only good to know: nothing waits for it.
		...(destination.freeSpace ? { freeSpace: (o) => destination.freeSpace!(o) } : {}),
		delete: (key) => repeat('delete', key, () => destination.delete(key)),
		close: () => destination.close(),

		async *get(key, o = {}) {
			const { met, over } = trouble();
			let at = o.start ?? 0;
			try {
				for (let attempt = 1; ; attempt++) {
					try {
						for await (const chunk of destination.get(key, { ...o, start: at })) {
							at += chunk.length;
							attempt = 1;
							allowed.add('get');
							over();
							yield chunk;
						}
						return;
					} catch (error) {
						met();
						await pause(error, 'get', key, attempt, o.signal);
					}
				}
			} finally {
				over();
			}
		},

		async *uploads(prefix, o = {}) {
			const gather = async () => {
				const found: OpenUpload[] = [];
				for await (const upload of destination.uploads(prefix, o)) found.push(upload);
				return found;
			};
			yield* await repeat('uploads', prefix, gather, o.signal);
		},

		async *list(prefix, o = {}) {
			const { met, over } = trouble();
			let last: string | undefined;
			try {
				for (let attempt = 1; ; attempt++) {
					try {
						for await (const object of destination.list(prefix, o)) {
							if (last !== undefined && !isBehind(object.key, last)) continue;
							last = object.key;
							attempt = 1;
							allowed.add('list');
							over();
							yield object;
						}
						return;
					} catch (error) {
						met();
						await pause(error, 'list', prefix, attempt, o.signal);
					}
				}
			} finally {
				over();
			}
		},
	};
}

/** Waits until the time has come, or something else has. @throws the reason of the signal */
async function wait(ms: number, signal: AbortSignal | undefined, nudge: EventTarget | undefined): Promise<void> {
	const early = new AbortController();
	const end = () => early.abort();
	nudge?.addEventListener(NUDGE, end);
	try {
		await sleep(ms, undefined, { signal: signal ? AbortSignal.any([signal, early.signal]) : early.signal });
	} catch {
		signal?.throwIfAborted();
	} finally {
		nudge?.removeEventListener(NUDGE, end);
	}
}
