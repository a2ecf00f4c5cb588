import { expect, test } from 'vitest';
import { wholeNumber } from '../../src/commands/numbers.ts';

test('whole numbers in their range', () => {
	expect(wholeNumber('--workers', '4', 1, 64)).toBe(4);
	expect(wholeNumber('--collate', '0', 0)).toBe(0);
});

test.each(['0', '65', '-1', '1.5', 'two', '', ' 1', '1e1', '0x1', '99999999999999999999', 'NaN'])(
	'"%s" is none, and the error says so with it',
	(text) => {
		expect(() => wholeNumber('--workers', text, 1, 64)).toThrow(`"${text}" is not a number for --workers.`);
	},
);
