import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32Combine, crc32OfPieces } from '../../src/core/crc32-combine.ts';

test('the CRC of two strings in a row follows from their CRCs', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
			expect(crc32Combine(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
		}),
	);
});

test('pieces of any cut give the CRC of the whole', () => {
	const whole = randomBytes(300_000);
	for (const step of [1_000, 65_536, 299_999, 300_000]) {
		const pieces = [];
		for (let at = 0; at < whole.length; at += step) {
			const piece = whole.subarray(at, at + step);
			pieces.push({ crc32: crc32(piece), size: piece.length });
		}
		expect(crc32OfPieces(pieces)).toBe(crc32(whole));
	}
	expect(crc32OfPieces([])).toBe(0);
	expect(crc32OfPieces([{ size: 1 }])).toBeUndefined();
});

test('lengths beyond 32 bits are counted right', () => {
	// Joined in two ways, 12 GiB of zeros behind one byte must come to the same.
	const gib = 1024 ** 3;
	let zeros = crc32(Buffer.alloc(1024));
	for (let size = 1024; size < gib; size *= 2) zeros = crc32Combine(zeros, zeros, size);
	const one = crc32(Buffer.from('x'));
	let bySteps = one;
	let twelve = 0;
	for (let n = 0; n < 12; n++) {
		bySteps = crc32Combine(bySteps, zeros, gib);
		twelve = n === 0 ? zeros : crc32Combine(twelve, zeros, gib);
	}
	expect(crc32Combine(one, twelve, 12 * gib)).toBe(bySteps);
});
