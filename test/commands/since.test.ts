import { expect, test } from 'vitest';
import { parseSince } from '../../src/commands/since.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

test.each([
	['90s', NOW - 90_000],
	['30m', NOW - 1_800_000],
	['2h', NOW - 7_200_000],
	[' 3d ', NOW - 259_200_000],
	['1w', NOW - 604_800_000],
	['2026-11-20T10:30:15.250Z', Date.UTC(2026, 10, 20, 10, 30, 15, 250)],
	['2026-11-20T10:30+02:00', Date.UTC(2026, 10, 20, 8, 30)],
])('%s', (text, time) => {
	expect(parseSince(text, NOW)).toBe(time);
});

test.each([
	['2026-11-20', new Date(2026, 10, 20)],
	['2026-11-20 10:30', new Date(2026, 10, 20, 10, 30)],
	['2026-11-20T10:30:15', new Date(2026, 10, 20, 10, 30, 15)],
])('%s by the clock on the wall', (text, time) => {
	expect(parseSince(text, NOW)).toBe(time.getTime());
});

test.each(['', 'yesterday', '2', 'h', '-2h', '2y', '2026-13-01', '2026-11-20T25:00', '20.11.2026'])(
	'"%s" is no time',
	(text) => {
		expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: 'BAD_TIME', kind: 'usage' }));
	},
);
