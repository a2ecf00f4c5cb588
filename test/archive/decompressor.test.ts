import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecompressor, decompress } from '../../src/archive/decompressor.ts';
import { compressFrame, decompressFrames } from '../../src/archive/frames.ts';
import { FirnError } from '../../src/core/errors.ts';
import { run, zstd } from '../support/stock-tools.ts';
import { inSteps } from '../support/tar-items.ts';

async function collect(compression: 'gzip' | 'zstd' | 'none', data: Uint8Array, step: number): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of decompress(compression, inSteps(data, step))) pieces.push(piece);
	return Buffer.concat(pieces);
}

async function codeOf(act: () => unknown): Promise<string> {
	try {
		await act();
	} catch (error) {
		if (error instanceof FirnError) return error.code;
		throw error;
	}
	return 'nothing thrown';
}

const parts = [randomBytes(70_000), Buffer.alloc(300_000), Buffer.from('x'), Buffer.alloc(0), randomBytes(500)];
const raw = Buffer.concat(parts);

describe.each(['gzip', 'zstd'] as const)('%s', (compression) => {
	const data = Buffer.concat(parts.map((part) => compressFrame(compression, part)));

	test.each([29, 777, 65_536, 10_000_000])('frames one after the other, in pieces of %i bytes', async (step) => {
		expect((await collect(compression, data, step)).equals(raw)).toBe(true);
	});

	test('frames at once', () => {
		expect(decompressFrames(compression, data).equals(raw)).toBe(true);
	});

	test('a cut anywhere inside a frame is noticed', async () => {
		const ends = new Set<number>();
		let end = 0;
		for (const part of parts) {
			end += compressFrame(compression, part).length;
			ends.add(end);
		}
		const cuts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30_000, 69_999, 70_050, data.length - 400];
		for (let cut = data.length - 60; cut < data.length; cut++) cuts.push(cut);
		for (const cut of cuts.filter((at) => !ends.has(at))) {
			expect(await codeOf(() => collect(compression, data.subarray(0, cut), 5000))).toBe('BAD_FRAME');
			expect(await codeOf(() => decompressFrames(compression, data.subarray(0, cut)))).toBe('BAD_FRAME');
		}
	});

	test('a changed bit gives BAD_FRAME, or nothing that differs', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(data.length * 8 - 1), async (bit) => {
				const changed = Buffer.from(data);
				changed[bit >> 3]! ^= 1 << (bit & 7);
				// Times and flags in the header of a gzip member mean nothing to the content.
				const same = async (content: () => Promise<Buffer> | Buffer) =>
					expect((await content()).equals(raw)).toBe(true);
				expect(['BAD_FRAME', 'nothing thrown']).toContain(
					await codeOf(() => same(() => collect(compression, changed, 9000))),
				);
				expect(['BAD_FRAME', 'nothing thrown']).toContain(
					await codeOf(() => same(() => decompressFrames(compression, changed))),
				);
			}),
			{ numRuns: 100 },
		);
	});

	test('bytes behind the end are noticed', async () => {
		for (const tail of [Buffer.from('junkjunk'), randomBytes(20)]) {
			expect(await codeOf(() => collect(compression, Buffer.concat([data, tail]), 65_536))).toBe('BAD_FRAME');
			expect(await codeOf(() => decompressFrames(compression, Buffer.concat([data, tail])))).toBe('BAD_FRAME');
		}
	});

	test('what the source throws comes through', async () => {
		const source = async function* () {
			yield data.subarray(0, 1000);
			throw new FirnError('DAMAGED', 'The source is damaged.');
		};
		expect(
			await codeOf(async () => {
				for await (const _ of decompress(compression, source()));
			}),
		).toBe('DAMAGED');
	});

	test('a reader that stops early ends the source', async () => {
		let ended = false;
		const source = async function* () {
			try {
				for (;;) yield data;
			} finally {
				ended = true;
			}
		};
		for await (const _ of decompress(compression, source())) break;
		await new Promise(setImmediate);
		expect(ended).toBe(true);
	});

	test('memory stays low when much comes of little', async () => {
		const frame = compressFrame(compression, Buffer.alloc(4 * 1024 * 1024));
		const before = process.memoryUsage().rss;
		let length = 0;
		let most = 0;
		for await (const piece of decompress(compression, [Buffer.concat(Array.from({ length: 50 }, () => frame))])) {
			length += piece.length;
			most = Math.max(most, process.memoryUsage().rss - before);
		}
		expect(length).toBe(200 * 1024 * 1024);
		expect(most).toBeLessThan(120 * 1024 * 1024);
	});

	test('works in a pipeline', async () => {
		const pieces: Buffer[] = [];
		await pipeline(inSteps(data, 1000), createDecompressor(compression), async (source: AsyncIterable<Buffer>) => {
			for await (const piece of source) pieces.push(piece);
		});
		expect(Buffer.concat(pieces).equals(raw)).toBe(true);
	});
});

test('without compression everything goes through', async () => {
	expect((await collect('none', raw, 1000)).equals(raw)).toBe(true);
	expect(decompressFrames('none', raw).equals(raw)).toBe(true);
});

test.skipIf(!zstd)(
	'zstd frames of other makers: streamed, skippable, without sizes or checksums (needs zstd)',
	async () => {
		const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
		const streamed = run('zstd', ['-c', '-1', '--no-check'], { input: raw });
		const large = run('zstd', ['-c', '-19', '--ultra', '--long=24'], { input: raw });
		const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
		const data = Buffer.concat([skippable, streamed, empty, zstdCompressSync(raw), large, skippable]);
		const expected = Buffer.concat([raw, raw, raw]);
		for (const step of [13, 100_000]) expect((await collect('zstd', data, step)).equals(expected)).toBe(true);
		expect(decompressFrames('zstd', data).equals(expected)).toBe(true);
	},
);
