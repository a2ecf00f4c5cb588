import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { CHUNK } from '../../src/archive/age/payload.ts';
import { FrameTable } from '../../src/archive/frame-table.ts';
import { objectRange, openRange } from '../../src/archive/layout.ts';
import type { Compression } from '../../src/core/object-names.ts';
import { type BuiltArchive, buildArchive } from '../support/tar-items.ts';

const { recipient } = generateIdentity();
const COMPRESSIONS: Compression[] = ['none', 'gzip', 'zstd'];
const MATRIX = COMPRESSIONS.flatMap((compression) => [false, true].map((encrypted) => ({ compression, encrypted })));

/** Reads a range with nothing but its bytes. */
function read({ object, shape, fileKey, nonce }: BuiltArchive, from: number, to: number): Buffer {
	const range = objectRange(shape, from, to);
	return openRange(shape, fileKey, nonce, range, object.subarray(range.start, range.end), from, to);
}

describe.each(MATRIX)('ranges with compression $compression, encrypted: $encrypted', ({ compression, encrypted }) => {
	const recipients = encrypted ? [recipient] : [];

	test('any is readable by its bytes alone', () => {
		// Incompressible and all zeros in turn, so that frames and chunks do not go together.
		const piece = fc.tuple(fc.integer({ min: 1, max: 150_000 }), fc.boolean());
		fc.assert(
			fc.property(
				fc.array(piece, { minLength: 1, maxLength: 4 }),
				fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 10, maxLength: 10 }),
				(lengths, ranges) => {
					const pieces = lengths.map(([length, noise]) => (noise ? randomBytes(length) : Buffer.alloc(length)));
					const raw = Buffer.concat(pieces);
					const built = buildArchive(pieces, compression, recipients);
					for (const [a, b] of ranges) {
						const from = a % raw.length;
						const to = from + 1 + (b % (raw.length - from));
						expect(read(built, from, to).equals(raw.subarray(from, to))).toBe(true);
					}
					expect(read(built, 0, raw.length).equals(raw)).toBe(true);
				},
			),
			{ numRuns: 15 },
		);
	});

	test.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])('the borders of an archive of %i bytes', (length) => {
		const raw = randomBytes(length);
		const built = buildArchive([raw], compression, recipients);
		for (const from of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, length - 1]) {
			for (const to of [1, CHUNK - 1, CHUNK, CHUNK + 1, length]) {
				if (from >= to || to > length) continue;
				expect(read(built, from, to).equals(raw.subarray(from, to))).toBe(true);
			}
		}
	});

	test('asks for no more than the chunks and frames around it', () => {
		const pieces = Array.from({ length: 8 }, () => randomBytes(100_000));
		const { shape } = buildArchive(pieces, compression, recipients);
		const { start, end } = objectRange(shape, 400_010, 400_020);
		const most = (compression === 'none' ? 10 : 101_000) + (encrypted ? 2 * CHUNK : 0);
		expect(end - start).toBeLessThanOrEqual(most);
	});

	test('too few bytes are refused', () => {
		const built = buildArchive([randomBytes(100_000)], compression, recipients);
		const range = objectRange(built.shape, 10, 90_000);
		const bytes = built.object.subarray(range.start, range.end - 1);
		expect(() => openRange(built.shape, built.fileKey, built.nonce, range, bytes, 10, 90_000)).toThrow(
			expect.objectContaining({ code: 'TRUNCATED', retry: 'now' }),
		);
	});

	test.skipIf(compression === 'none' && !encrypted)('changed bytes are refused', () => {
		const built = buildArchive([randomBytes(70_000), randomBytes(70_000)], compression, recipients);
		const at = built.shape.ageHeaderLength + 80_000;
		built.object[at]! ^= 1;
		expect(() => read(built, 60_000, 130_000)).toThrow(
			expect.objectContaining({ code: encrypted ? 'DAMAGED' : 'BAD_FRAME' }),
		);
	});
});

test('frames that hold less than the table says are refused', () => {
	const { object, shape } = buildArchive([Buffer.alloc(1000)], 'zstd', []);
	const frames = new FrameTable();
	frames.add(2000, object.length);
	const wrong = { ...shape, frames };
	expect(() => openRange(wrong, undefined, undefined, objectRange(wrong, 0, 2000), object, 0, 2000)).toThrow(
		expect.objectContaining({ code: 'BAD_FRAME' }),
	);
});

describe('the frame table', () => {
	const length = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 }));
	const lengths = fc.array(fc.tuple(length, length), { minLength: 1, maxLength: 50 });
	const tableOf = (pairs: [number, number][]) => {
		const table = new FrameTable();
		for (const [raw, payload] of pairs) table.add(raw, payload);
		return table;
	};

	test('comes back as it was, a few bytes a frame', () => {
		fc.assert(
			fc.property(lengths, (pairs) => {
				const table = FrameTable.decode(tableOf(pairs).encode());
				expect(table.lengths()).toEqual(pairs);
				expect(table.count).toBe(pairs.length);
				expect(table.rawTotal).toBe(pairs.reduce((sum, [raw]) => sum + raw, 0));
				expect(table.payloadTotal).toBe(pairs.reduce((sum, [, payload]) => sum + payload, 0));
			}),
		);
		expect(tableOf(Array.from({ length: 1000 }, () => [1_100_000, 400_000])).encode().length).toBe(6000);
	});

	test('finds the frames of a range as a plain search does', () => {
		fc.assert(
			fc.property(
				lengths,
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(pairs, a, b) => {
					const table = tableOf(pairs);
					const from = Math.floor(a * table.rawTotal);
					const to = from + 1 + Math.floor(b * (table.rawTotal - from - 1));
					let raw = 0;
					let payload = 0;
					let found: { payloadStart: number; rawBase: number } | undefined;
					let payloadEnd = 0;
					let rawLimit = 0;
					for (const [rawLength, payloadLength] of pairs) {
						if (raw < to && raw + rawLength > from) {
							found ??= { payloadStart: payload, rawBase: raw };
							payloadEnd = payload + payloadLength;
							rawLimit = raw + rawLength;
						}
						raw += rawLength;
						payload += payloadLength;
					}
					expect(table.payloadRange(from, to)).toEqual({ ...found, payloadEnd, rawLimit });
				},
			),
		);
	});

	test('an empty one, and one that is damaged', () => {
		expect(FrameTable.decode(new FrameTable().encode()).count).toBe(0);
		const bad = expect.objectContaining({ code: 'BAD_FRAME_TABLE' });
		expect(() => FrameTable.decode(Buffer.from([5]))).toThrow(bad);
		expect(() => FrameTable.decode(Buffer.from([0x80]))).toThrow(bad);
		expect(() => FrameTable.decode(Buffer.alloc(40, 0xff))).toThrow(bad);
		for (const [from, to] of [
			[0, 1],
			[-1, 0],
		] as const)
			expect(() => new FrameTable().payloadRange(from, to)).toThrow(bad);
		expect(() => tableOf([[10, 10]]).payloadRange(9, 11)).toThrow(bad);
	});
});
