import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar, sparkline } from '../../src/tui/components/bar.ts';
import { displayName, fit, padEnd, padStart, widthOf, wrap } from '../../src/tui/components/text.ts';
import { ASCII, UNICODE } from '../../src/tui/theme/glyphs.ts';

const names = fc.oneof(
	fc.string({ unit: 'grapheme' }),
	fc.string({ unit: 'binary' }),
	fc.constantFrom('日本語', 'a\u0301é', '\u{1f44d}x'),
);

describe('names', () => {
	test('are never wider than asked for, and padded to the cell', () => {
		fc.assert(
			fc.property(names, fc.nat(40), fc.constantFrom('end', 'middle', 'start'), (name, width, cut) => {
				const shown = displayName(name);
				expect(widthOf(fit(shown, width, cut))).toBeLessThanOrEqual(width);
				expect(widthOf(padEnd(shown, width, cut))).toBe(width);
				expect(widthOf(padStart(shown, width, cut))).toBe(width);
			}),
		);
	});

	test('that are short enough stay as they are, others say that they are cut', () => {
		fc.assert(
			fc.property(names, fc.integer({ min: 1, max: 40 }), (name, width) => {
				const shown = displayName(name);
				const fitted = fit(shown, width);
				expect(fitted === shown || fitted.endsWith('…')).toBe(true);
			}),
		);
		expect(fit('/srv/data/photos/2021/02-Bergen/IMG_0881.cr3', 24, 'middle')).toBe('/srv/data…n/IMG_0881.cr3');
	});

	test('cannot move the cursor, recolour or forge a line', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (name) => {
				expect(displayName(name)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
			}),
		);
		expect(displayName('a\x1b[31mb\nc\u202ed')).toBe('a\\e[31mb\\nc\\u{202e}d');
	});

	test('hold no emoji, whose width terminals do not agree on', () => {
		expect(displayName('ok \u{1f44d}\ufe0f \u{1f1f3}\u{1f1f4}')).toBe('ok \\u{1f44d}\\u{fe0f} \\u{1f1f3}\\u{1f1f4}');
		expect(displayName('日本 é')).toBe('日本 é');
	});

	test('are wrapped without losing a letter', () => {
		fc.assert(
			fc.property(
				fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 20 }),
				fc.integer({ min: 3, max: 30 }),
				(words, width) => {
					const lines = wrap(words.join(' '), width);
					expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
					for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
				},
			),
		);
	});
});

describe('bars', () => {
	test.each([UNICODE, ASCII])('have the width asked for, and are full only when done', (glyphs) => {
		fc.assert(
			fc.property(fc.double({ min: -1, max: 2 }), fc.integer({ min: 1, max: 60 }), (share, width) => {
				const cells = bar(share, width, glyphs);
				expect(widthOf(cells)).toBe(width);
				const full = glyphs.eighths.at(-1)!.repeat(width);
				expect(cells === full).toBe(share >= 1);
			}),
		);
		expect(widthOf(bar(Number.NaN, 10, glyphs))).toBe(10);
	});

	test('a sparkline is as wide as asked for, with the newest at its end', () => {
		expect(sparkline([0, 1, 2, 4, 8], 6, UNICODE)).toBe(' ▁▂▃▅█');
		expect(sparkline([], 4, UNICODE)).toBe('    ');
		expect(sparkline([5, 5], 1, ASCII)).toBe('%');
	});
});
