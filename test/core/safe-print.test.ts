import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safePrint } from '../../src/core/safe-print.ts';

describe('safe printing', () => {
	test.each([
		['plain name.txt', 'plain name.txt'],
		['ünïcödé 🏔', 'ünïcödé 🏔'],
		['C:\\back\\slash', 'C:\\back\\slash'],
		['two\nlines', 'two\\nlines'],
		['tab\there\rthere', 'tab\\there\\rthere'],
		['\u001b[31mred\u001b[0m', '\\e[31mred\\e[0m'],
		['\u009b31m', '\\x9b31m'],
		['bell\u0007', 'bell\\x07'],
		['photo\u202egpj.exe', 'photo\\u{202e}gpj.exe'],
		['zero\u200bwidth', 'zero\\u{200b}width'],
		['a\udcffb', 'a\\xffb'],
		['\ud800', '\\u{d800}'],
		['\u{e0041}', '\\u{e0041}'],
	])('%j', (given, shown) => {
		expect(safePrint(given)).toBe(shown);
	});

	test('nothing that a terminal obeys is left, whatever is given', () => {
		const code = fc.oneof(
			fc.integer({ min: 0, max: 0xffff }),
			fc.constantFrom(0x1b, 0x9b, 0x9d, 0x7f, 0x2028, 0x202e, 0x2066, 0xfeff, 0xdc1b, 0xd83d, 0xe0041),
		);
		const text = fc
			.array(code, { maxLength: 20 })
			.map((codes) => codes.map((one) => String.fromCodePoint(one)).join(''));
		fc.assert(
			fc.property(text, (given) => {
				const shown = safePrint(given);
				expect(shown).not.toMatch(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
				expect(shown.isWellFormed()).toBe(true);
				expect(safePrint(shown)).toBe(shown);
			}),
			{ numRuns: 500 },
		);
	});
});
