import { createHash, randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash, giveUp } from '../../../src/core/hashing/big-hash.ts';

/** What is said to be this big is hashed by the thread, however little comes then. */
const BIG = 64 * 1024 * 1024;
const noise = randomBytes(3 * 1024 * 1024);
const plain = (pieces: Uint8Array[]) => {
	const hash = createHash('sha256');
	for (const piece of pieces) hash.update(piece);
	return hash.digest('hex');
};

test('any pieces have the hash that node:crypto gives them', () => {
	const piece = fc.record({ at: fc.nat(noise.length), length: fc.nat(900_000) });
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 20 }), (places) => {
			const pieces = places.map(({ at, length }) => noise.subarray(at, at + length));
			const hash = contentHash(BIG);
			// Used again at once, as the window of a pack thread is.
			const window = Buffer.alloc(900_000);
			for (const bytes of pieces) {
				window.set(bytes);
				hash.update(window.subarray(0, bytes.length));
				window.fill(0);
			}
			expect(hash.digest().toString('hex')).toBe(plain(pieces));
		}),
		{ numRuns: 40 },
	);
});

test('two at the same time, and one after another that was given up', () => {
	const first = contentHash(BIG);
	const second = contentHash(BIG);
	first.update(noise);
	second.update(noise.subarray(7));
	expect(second.digest().toString('hex')).toBe(plain([noise.subarray(7)]));
	giveUp(second);
	giveUp(first);
	const third = contentHash(BIG);
	third.update(noise.subarray(9));
	expect(third.digest().toString('hex')).toBe(plain([noise.subarray(9)]));
	const small = contentHash(5);
	small.update(noise.subarray(0, 5));
	expect(small.digest().toString('hex')).toBe(plain([noise.subarray(0, 5)]));
});

test('a thread that used it can end, and be ended', async () => {
	const module = new URL('../../../src/core/hashing/big-hash.ts', import.meta.url).href;
	const use = `import { parentPort } from 'node:worker_threads';
		import { contentHash } from ${JSON.stringify(module)};
		const hash = contentHash(${BIG});
		hash.update(new Uint8Array(1000));
		parentPort.postMessage(hash.digest().toString('hex'));`;
	const run = (code: string) => new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
	const answer = (worker: Worker) => new Promise((resolve) => worker.once('message', resolve));
	const ended = (worker: Worker) => new Promise((resolve) => worker.once('exit', resolve));

	const one = run(use);
	const over = ended(one);
	expect(await answer(one)).toBe(plain([new Uint8Array(1000)]));
	expect(await over).toBe(0);

	const other = run(`${use} setInterval(() => {}, 1000);`);
	await answer(other);
	await other.terminate();
});
