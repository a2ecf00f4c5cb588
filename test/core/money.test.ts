import { expect, test } from 'vitest';
import { formatUsd, parseUsd } from '../../src/core/money.ts';

test('amounts are written as people read them', () => {
	expect([0, 0.001, 0.01, 12.3, 1234.5, 9_876_543.219].map(formatUsd)).toEqual([
		'$0',
		'<$0.01',
		'$0.01',
		'$12.30',
		'$1,234.50',
		'$9,876,543.22',
	]);
	expect(['12', '$12.50', '0.5 usd'].map(parseUsd)).toEqual([12, 12.5, 0.5]);
	for (const wrong of ['', '-1', '1e3', 'EUR 5', '1,5']) expect(() => parseUsd(wrong)).toThrow(/not an amount/);
});
