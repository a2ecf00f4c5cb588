import { expect, test, vi } from 'vitest';
import { FirnError } from '../../src/core/errors.ts';
import type { Destination, StoredObject } from '../../src/destinations/destination.ts';
import { NUDGE, type RetryNotice, waitingFor, withRetry } from '../../src/destinations/with-retry.ts';
import { bytesOf, keysOf } from './conformance.ts';

const passing = () => new FirnError('NETWORK', 'The network is away.', { retry: 'now' });
const refusal = () => new FirnError('DEST_DENIED', 'No.', { retry: 'later' });

/** A destination with only the methods that a test gives. */
const fake = (methods: Partial<Destination>) => ({ url: 'fake', ...methods }) as Destination;

test('never gives up on a passing fault', async () => {
	let calls = 0;
	const notices: RetryNotice[] = [];
	const head = async () => {
		calls += 1;
		if (calls <= 200) throw passing();
		return undefined;
	};
	await withRetry(fake({ head }), { random: () => 0, onRetry: (notice) => notices.push(notice) }).head('k');
	expect(calls).toBe(201);
	expect(notices).toHaveLength(200);
	expect(notices[199]).toMatchObject({ operation: 'head', key: 'k', attempt: 200, error: { code: 'NETWORK' } });
});

test('the wait doubles from half a second to a minute, times the jitter', async () => {
	const delays: number[] = [];
	for (let failures = 1; failures <= 9; failures++) {
		// Each round looks at the wait behind its last failure, and ends it.
		let seen = 0;
		const patient = withRetry(fake({ head: () => Promise.reject(passing()) }), {
			random: () => {
				seen += 1;
				return seen < failures ? 0 : 1;
			},
			onRetry: (notice) => {
				if (notice.delayMs === 0) return;
				delays.push(notice.delayMs);
				queueMicrotask(() => own.abort(new Error('seen')));
			},
		});
		const own = new AbortController();
		await expect(patient.head('k', { signal: own.signal })).rejects.toThrow('seen');
	}
	expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test('waits for credentials that have worked before, and for nothing that never did', async () => {
	const expired = new FirnError('BAD_CREDENTIALS', 'They have expired.', { retry: 'later' });
	const answers: (Error | undefined)[] = [];
	const next = async (): Promise<never> => {
		const error = answers.shift();
		if (error) throw error;
		return undefined as never;
	};
	const notices: RetryNotice[] = [];
	const over = vi.fn();
	const options = { random: () => 0, onRetry: (notice: RetryNotice) => notices.push(notice), onOver: over };
	const patient = withRetry(fake({ head: next, put: next }), options);
	answers.push(expired);
	await expect(patient.head('k')).rejects.toBe(expired);
	answers.push(refusal());
	await expect(patient.put('k', Buffer.of())).rejects.toMatchObject({ code: 'DEST_DENIED' });
	over.mockClear();
	await patient.put('k', Buffer.of());
	answers.push(expired, refusal(), expired);
	await patient.put('k', Buffer.of());
	expect(notices.map(({ error }) => error.code)).toEqual(['BAD_CREDENTIALS', 'DEST_DENIED', 'BAD_CREDENTIALS']);
	expect(over).toHaveBeenCalledTimes(1);
	expect(waitingFor(notices[0]!).reason).toBe('They have expired. It goes on by itself once that works again.');
	const goesOn = 'after a new sign-in';
	const dead = new FirnError('BAD_CREDENTIALS', 'Google has revoked the sign-in.', { retry: 'later', goesOn });
	expect(waitingFor({ ...notices[0]!, error: dead }).reason).toBe(
		'Google has revoked the sign-in. It goes on by itself after a new sign-in.',
	);
	// Where nobody may list, what is missing is denied.
	await patient.head('k');
	answers.push(refusal());
	await expect(patient.head('missing')).rejects.toMatchObject({ code: 'DEST_DENIED' });
	answers.push(expired);
	await withRetry(fake({ head: next }), { ...options, proven: true }).head('k');
});

test('a nudge ends the wait', async () => {
	const nudge = new EventTarget();
	let calls = 0;
	const head = async () => {
		calls += 1;
		if (calls === 1) throw passing();
		return undefined;
	};
	const onRetry = () => queueMicrotask(() => nudge.dispatchEvent(new Event(NUDGE)));
	await withRetry(fake({ head }), { random: () => 1, firstMs: 60_000, nudge, onRetry }).head('k');
	expect(calls).toBe(2);
});

test('passes refusals and foreign errors on at once', async () => {
	for (const error of [refusal(), new TypeError('a fault of ours')]) {
		const head = vi.fn().mockRejectedValue(error);
		await expect(withRetry(fake({ head })).head('k')).rejects.toBe(error);
		expect(head).toHaveBeenCalledTimes(1);
	}
});

test('the signal of the run and that of the call both end the wait with their reason', async () => {
	const reason = new Error('stop');
	for (const whose of ['run', 'call']) {
		const aborter = new AbortController();
		const patient = withRetry(fake({ head: () => Promise.reject(passing()) }), {
			random: () => 1,
			firstMs: 60_000,
			...(whose === 'run' ? { signal: aborter.signal } : {}),
			onRetry: () => setTimeout(() => aborter.abort(reason), 10),
		});
		await expect(patient.head('k', whose === 'call' ? { signal: aborter.signal } : {})).rejects.toBe(reason);
	}
});

test('a stream goes on where it broke, and its attempts count anew after each byte', async () => {
	const content = Buffer.from('abcdefghijklmnopqrstuvwxyz');
	const starts: number[] = [];
	const notices: RetryNotice[] = [];
	async function* get(_key: string, { start = 0, end = content.length }: { start?: number; end?: number } = {}) {
		starts.push(start);
		if (starts.length % 2 === 0) throw passing();
		yield content.subarray(start, Math.min(end, start + 10));
		if (start + 10 < end) throw passing();
	}
	const patient = withRetry(fake({ get }), { random: () => 0, onRetry: (notice) => notices.push(notice) });
	expect((await bytesOf(patient.get('k', { start: 1, end: 25 }))).toString()).toBe('bcdefghijklmnopqrstuvwxy');
	expect(starts).toEqual([1, 11, 11, 21, 21]);
	expect(notices.map((notice) => notice.attempt)).toEqual([1, 2, 1, 2]);
});

test('a listing goes on behind the last key', async () => {
	let calls = 0;
	async function* list(): AsyncGenerator<StoredObject> {
		calls += 1;
		for (const key of ['a', 'b', 'c', 'd']) {
			if (calls === 1 && key === 'c') throw passing();
			yield { key, size: 0, etag: '' };
		}
	}
	expect(await keysOf(withRetry(fake({ list }), { random: () => 0 }))).toEqual(['a', 'b', 'c', 'd']);
});

test('waits for room in a store where that is wanted, and never for a disk', async () => {
	const full = new FirnError('DEST_FULL', 'It is full.', { retry: 'later', goesOn: 'once there is room' });
	const disk = new FirnError('DEST_FULL', 'The disk is full.', { retry: 'later' });
	const delays: number[] = [];
	const nudge = new EventTarget();
	let fault: FirnError | undefined = full;
	const put = async (): Promise<never> => {
		if (fault) throw fault;
		return undefined as never;
	};
	const onRetry = (notice: RetryNotice) => {
		delays.push(notice.delayMs / 60_000);
		expect(waitingFor(notice)).toEqual({
			reason: 'It is full. It goes on by itself once there is room.',
			code: 'DEST_FULL',
			byHand: true,
		});
		if (delays.length === 6) fault = undefined;
		setImmediate(() => nudge.dispatchEvent(new Event(NUDGE)));
	};
	const options = { random: () => 0.5, onRetry, nudge };
	await expect(withRetry(fake({ put }), options).put('k', Buffer.alloc(0))).rejects.toBe(full);
	fault = disk;
	const patient = withRetry(fake({ put }), { ...options, untilRoom: true });
	await expect(patient.put('k', Buffer.alloc(0))).rejects.toBe(disk);
	fault = full;
	await patient.put('k', Buffer.alloc(0));
	expect(delays).toEqual([0.75, 1.5, 3, 6, 11.25, 11.25]);
});

test('what gets through where others stand wakes them; after a passing fault nobody is woken', async () => {
	const full = new FirnError('DEST_FULL', 'It is full.', { retry: 'later', goesOn: 'once there is room' });
	const nudge = new EventTarget();
	const woken = vi.fn();
	let fault: FirnError | undefined = passing();
	const put = async (): Promise<never> => {
		if (fault) throw fault;
		return undefined as never;
	};
	const onRetry = ({ error }: RetryNotice) => {
		fault = undefined;
		if (error === full) setImmediate(() => nudge.dispatchEvent(new Event(NUDGE)));
	};
	const patient = withRetry(fake({ put }), { untilRoom: true, nudge, random: () => 0, onRetry });
	nudge.addEventListener(NUDGE, woken);
	await patient.put('k', Buffer.alloc(0));
	expect(woken).not.toHaveBeenCalled();
	fault = full;
	await patient.put('k', Buffer.alloc(0));
	expect(woken).toHaveBeenCalledTimes(2);
});

test('waits for the daily wall of Google Drive by the hour, and says what it is', async () => {
	const wall = new FirnError('DRIVE_DAILY_LIMIT', 'It takes no more today.', { retry: 'later' });
	const delays: number[] = [];
	const nudge = new EventTarget();
	let calls = 0;
	const put = async (): Promise<never> => {
		calls += 1;
		if (calls <= 6) throw wall;
		return undefined as never;
	};
	const onRetry = (notice: RetryNotice) => {
		delays.push(notice.delayMs / 60_000);
		expect(waitingFor(notice)).toEqual({ reason: wall.message, code: 'DRIVE_DAILY_LIMIT' });
		setImmediate(() => nudge.dispatchEvent(new Event(NUDGE)));
	};
	await withRetry(fake({ put }), { random: () => 0.5, onRetry, nudge }).put('k', Buffer.alloc(0));
	expect(delays).toEqual([3.75, 7.5, 15, 30, 45, 45]);
});
