import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Destination, Pace } from '../../src/destinations/destination.ts';
import { createRateLimit, paceOf, setRateLimit, withRateLimit } from '../../src/destinations/with-rate-limit.ts';

/** Sends slices for a while and gives the bytes a second. */
async function measure(paces: Pace[], ms: number, slice = 5_000): Promise<number> {
	const started = performance.now();
	let bytes = 0;
	await Promise.all(
		paces.map(async (pace) => {
			for (;;) {
				await pace(slice);
				if (performance.now() - started >= ms) return;
				bytes += slice;
			}
		}),
	);
	return (bytes / (performance.now() - started)) * 1000;
}

test('several senders share one limit', async () => {
	const shared = createRateLimit(1_000_000);
	const rate = await measure([paceOf(shared), paceOf(shared), paceOf(shared)], 600);
	expect(rate).toBeGreaterThan(800_000);
	expect(rate).toBeLessThan(1_300_000);
});

test('threads share it', async () => {
	const shared = createRateLimit(1_000_000);
	const module = new URL('../../src/destinations/with-rate-limit.ts', import.meta.url).href;
	const code = `
		const { workerData, parentPort } = require('node:worker_threads');
		import(workerData.module).then(async ({ paceOf }) => {
			const pace = paceOf(workerData.shared);
			parentPort.postMessage('ready');
			await new Promise((resolve) => parentPort.once('message', resolve));
			const end = performance.now() + 600;
			let bytes = 0;
			for (;;) {
				await pace(5000);
				if (performance.now() >= end) break;
				bytes += 5000;
			}
			parentPort.postMessage(bytes);
		});`;
	const workers = [1, 2].map(() => new Worker(code, { eval: true, workerData: { shared, module } }));
	const next = (worker: Worker) => new Promise<unknown>((resolve) => worker.once('message', resolve));
	await Promise.all(workers.map(next));
	for (const worker of workers) worker.postMessage('go');
	const bytes = (await Promise.all(workers.map(next))) as number[];
	await Promise.all(workers.map((worker) => worker.terminate()));
	const sum = bytes.reduce((a, b) => a + b, 0);
	expect(sum).toBeGreaterThan(400_000);
	expect(sum).toBeLessThan(850_000);
});

test('0 is no limit and costs nothing', () => {
	const pace = paceOf(createRateLimit(0));
	expect(pace(1_000_000_000)).toBeUndefined();
});

test('a change holds at once for those who wait', async () => {
	const shared = createRateLimit(10);
	const pace = paceOf(shared);
	await pace(1000);
	const started = performance.now();
	const waiting = pace(1000);
	await sleep(50);
	setRateLimit(shared, 1_000_000);
	await waiting;
	expect(performance.now() - started).toBeLessThan(30_000);
	const off = paceOf(shared)(500_000);
	setRateLimit(shared, 0);
	await off;
});

test('an abort ends the wait', async () => {
	const aborter = new AbortController();
	const pace = paceOf(createRateLimit(10), aborter.signal);
	await pace(1000);
	setTimeout(() => aborter.abort(), 30);
	const started = performance.now();
	await pace(1000);
	expect(performance.now() - started).toBeLessThan(30_000);
});

test('is laid on bodies only', async () => {
	const paced: string[] = [];
	const inner = {
		put: async (_key: string, _body: Uint8Array, options?: { pace?: Pace }) =>
			void (options?.pace && paced.push('put')),
		uploadPart: async (_upload: unknown, _part: unknown, options?: { pace?: Pace; onProgress?: unknown }) =>
			void (options?.pace && options.onProgress && paced.push('part')),
		head: async () => undefined,
	} as unknown as Destination;
	const limited = withRateLimit(inner, createRateLimit(1));
	await limited.put('k', Buffer.alloc(1));
	const part = { number: 1, body: Buffer.alloc(1), crc32: 0, partSize: 1, last: true };
	await limited.uploadPart({ key: 'k', id: 'i' }, part, { onProgress: () => undefined });
	await limited.head('k');
	expect(paced).toEqual(['put', 'part']);
});
