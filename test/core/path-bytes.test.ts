import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePath, encodePath, fsPath, pathByteLength } from '../../src/core/path-bytes.ts';

/** Byte strings around the edges of UTF-8: valid text, lone lead and continuation bytes, overlong forms, surrogates. */
const bytes = fc
	.array(
		fc.oneof(
			fc.uint8Array({ maxLength: 6 }),
			fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
			fc.constantFrom(
				Uint8Array.of(0xc0, 0xaf),
				Uint8Array.of(0xed, 0xa0, 0x80),
				Uint8Array.of(0xed, 0xb2, 0x80),
				Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
				Uint8Array.of(0xf0, 0x9f, 0x91),
				Uint8Array.of(0xef, 0xbb, 0xbf),
			),
		),
		{ maxLength: 6 },
	)
	.map((pieces) => Buffer.concat(pieces));

describe('paths as bytes', () => {
	test('any bytes come back as they were', () => {
		fc.assert(
			fc.property(bytes, (given) => {
				const path = decodePath(given);
				expect(encodePath(path)).toEqual(given);
				expect(Buffer.from(fsPath(path) as string)).toEqual(given);
				expect(pathByteLength(path)).toBe(given.length);
			}),
			{ numRuns: 500 },
		);
	});

	test('also through JSON', () => {
		fc.assert(
			fc.property(bytes, (given) => {
				expect(encodePath(JSON.parse(JSON.stringify(decodePath(given))))).toEqual(given);
			}),
		);
	});

	test('different bytes have different strings', () => {
		fc.assert(
			fc.property(bytes, bytes, (a, b) => {
				expect(decodePath(a) === decodePath(b)).toBe(a.equals(b));
			}),
		);
	});

	test('valid UTF-8 is the text itself, a byte order mark included', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(decodePath(Buffer.from(text))).toBe(text);
			}),
		);
		expect(decodePath(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
	});

	test('a byte that is not UTF-8 becomes one lone surrogate', () => {
		expect(decodePath(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\udcffb');
		expect(decodePath(Buffer.from([0xed, 0xb2, 0x80]))).toBe('\udced\udcb2\udc80');
	});
});
