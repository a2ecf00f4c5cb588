import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counted, formatCount, formatRate, formatSize, parseRate, parseSize } from '../../src/core/sizes.ts';

describe('sizes', () => {
	test.each([
		['0', 0],
		['1048576', 1048576],
		['1GiB', 1024 ** 3],
		['1 GiB', 1024 ** 3],
		['1.5g', 1.5 * 1024 ** 3],
		['500 MB', 500_000_000],
		['64k', 65536],
		['2TiB', 2 * 1024 ** 4],
		[' 7 b ', 7],
	])('"%s" is read as %i', (text, bytes) => {
		expect(parseSize(text)).toBe(bytes);
	});

	test.each([
		'',
		'x',
		'-1',
		'1 XiB',
		'1,5GiB',
		'1e9',
		'0x10',
		'Infinity',
		'NaN',
		'1GiBs',
		'9999999999999 TiB',
		'1 G i B',
	])('"%s" is no size, and the error says so with it', (text) => {
		expect(() => parseSize(text)).toThrow(`"${text}" is not a size.`);
	});

	test.each([
		['10MiB', 10 * 1024 ** 2],
		['10MiB/s', 10 * 1024 ** 2],
		['80mbit', 10_000_000],
		['80 Mbit/s', 10_000_000],
		['off', 0],
		['0', 0],
	])('the rate "%s" is read as %i', (text, bytes) => {
		expect(parseRate(text)).toBe(bytes);
	});

	test.each(['fast', '-1', '', '10MiB/h', 'mbit', '10 MiB per second'])('"%s" is no rate', (text) => {
		expect(() => parseRate(text)).toThrow(`"${text}" is not a rate.`);
	});

	test.each([
		[0, '0 B'],
		[1, '1 B'],
		[1023, '1023 B'],
		[1024, '1.00 KiB'],
		[1536, '1.50 KiB'],
		[10 * 1024, '10.0 KiB'],
		[100 * 1024, '100 KiB'],
		[1024 ** 2 - 1, '1.00 MiB'],
		[5 * 1024 ** 4, '5.00 TiB'],
		[3000 * 1024 ** 5, '3000 PiB'],
	])('%i is shown as %s', (bytes, shown) => {
		expect(formatSize(bytes)).toBe(shown);
	});

	test('what is shown is short, and reads back as nearly the same', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
				const shown = formatSize(bytes);
				expect(shown).toMatch(/^(\d{1,4}|\d\d\.\d|\d\.\d\d) ([KMGTP]i)?B$/);
				if (!shown.includes('PiB')) expect(Math.abs(parseSize(shown) - bytes)).toBeLessThanOrEqual(bytes * 0.006 + 1);
			}),
		);
		expect(formatRate(2048)).toBe('2.00 KiB/s');
	});

	test('counts have their noun in the right number', () => {
		expect([0, 1, 2, 1234567].map((count) => counted(count, 'file'))).toEqual([
			'0 files',
			'1 file',
			'2 files',
			'1,234,567 files',
		]);
		expect(formatCount(1000)).toBe('1,000');
	});
});
