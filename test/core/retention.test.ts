/** Which snapshots the rules keep: the last of each period, never fewer than the newest whole one. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, KEEP_RULES, keptSnapshots } from '../../src/core/retention.ts';

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);
const complete = (...times: string[]): Candidate[] =>
	times.map((time, index) => ({ run: index + 1, started: at(time), isComplete: true }));
const kept = (...args: Parameters<typeof keptSnapshots>) => [...keptSnapshots(...args)].sort((a, b) => a - b);

const snapshots = fc
	.array(fc.record({ gap: fc.integer({ min: 0, max: 20 * DAY }), isComplete: fc.boolean() }), { maxLength: 60 })
	.map((list) => {
		let started = at('2025-01-01T12:00:00Z');
		return list.map(({ gap, isComplete }, index) => {
			started += gap;
			return { run: index + 1, started, isComplete };
		});
	});
const count = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });
const rules = fc.record({ last: count, daily: count, weekly: count, monthly: count, yearly: count });
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati');

test('keeps the last of each day, in the time zone of the machine', () => {
	const list = complete('2026-03-01T10:00:00Z', '2026-03-01T23:30:00Z', '2026-03-02T01:00:00Z', '2026-03-03T09:00:00Z');
	expect(kept(list, { daily: 2 }, 'UTC')).toEqual([3, 4]);
	expect(kept(list, { daily: 3 }, 'UTC')).toEqual([2, 3, 4]);
	// In Berlin, half past eleven at night UTC is the next day.
	expect(kept(list, { daily: 3 }, 'Europe/Berlin')).toEqual([1, 3, 4]);
});

test('weeks begin on Monday, also over the end of a year', () => {
	const list = complete('2026-12-28T08:00:00Z', '2027-01-03T08:00:00Z', '2027-01-04T08:00:00Z', '2027-01-10T08:00:00Z');
	expect(kept(list, { weekly: 5 }, 'UTC')).toEqual([2, 4]);
	expect(kept(list, { yearly: 5 }, 'UTC')).toEqual([1, 4]);
	expect(kept(list, { monthly: 1 }, 'UTC')).toEqual([4]);
});

test('the days of a change to daylight-saving time have one each', () => {
	const hours = Array.from({ length: 72 }, (_, hour) => new Date(at('2026-10-24T00:00:00+02:00') + hour * 3_600_000));
	const list = complete(...hours.map((time) => time.toISOString()));
	// The day in the middle has 25 hours.
	expect(kept(list, { daily: 3 }, 'Europe/Berlin')).toEqual([24, 49, 72]);
});

test('a partial snapshot takes no place, and goes once a whole one is newer', () => {
	const list = complete('2026-01-01T08:00:00Z', '2026-01-02T08:00:00Z', '2026-01-03T08:00:00Z', '2026-01-04T08:00:00Z');
	list[3]!.isComplete = false;
	expect(kept(list, { last: 2 }, 'UTC')).toEqual([2, 3, 4]);
	list[2]!.isComplete = false;
	list[3]!.isComplete = true;
	expect(kept(list, { last: 2 }, 'UTC')).toEqual([2, 4]);
	for (const one of list) one.isComplete = false;
	expect(kept(list, { last: 1 }, 'UTC')).toEqual([1, 2, 3, 4]);
});

test('the newest whole snapshot and whatever is newer stay, and each rule fills its places', () => {
	fc.assert(
		fc.property(snapshots, rules, zones, (list, keep, zone) => {
			const stay = keptSnapshots(list, keep, zone);
			const whole = list.filter(({ isComplete }) => isComplete);
			const newest = whole.at(-1)?.run ?? 0;
			for (const { run } of list) if (run >= newest) expect(stay.has(run)).toBe(true);
			const wanted = KEEP_RULES.map((rule) => keep[rule] ?? 0);
			if (whole.length === 0 || wanted.every((most) => most === 0)) {
				expect(stay.size).toBe(list.length);
				return;
			}
			const places = whole.filter(({ run }) => stay.has(run)).length;
			expect(places).toBeLessThanOrEqual(
				Math.max(
					1,
					wanted.reduce((sum, most) => sum + most),
				),
			);
			expect(places).toBeGreaterThanOrEqual(Math.min(whole.length, keep.last ?? 0, 1));
			for (const { run } of whole.slice(-(keep.last || 1))) expect(stay.has(run)).toBe(true);
		}),
		{ numRuns: 300 },
	);
});

test('whoever keeps more keeps no less, and to prune again drops nothing', () => {
	fc.assert(
		fc.property(snapshots, rules, zones, fc.constantFrom(...KEEP_RULES), (list, keep, zone, rule) => {
			const stay = keptSnapshots(list, keep, zone);
			const left = list.filter(({ run }) => stay.has(run));
			expect([...keptSnapshots(left, keep, zone)].sort()).toEqual([...stay].sort());
			if (KEEP_RULES.every((one) => !keep[one])) return;
			const more = keptSnapshots(list, { ...keep, [rule]: (keep[rule] ?? 0) + 1 }, zone);
			for (const run of stay) expect(more.has(run)).toBe(true);
		}),
		{ numRuns: 300 },
	);
});
