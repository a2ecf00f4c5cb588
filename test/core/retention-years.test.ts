/** Two years of a snapshot a day or more, pruned after each: what stays is what the simplest reading of the rules says. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, KEEP_RULES, type KeepRules, keptSnapshots } from '../../src/core/retention.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The name of the period a time lies in, by the clock on the wall. */
function period(rule: (typeof KEEP_RULES)[number], { run, started }: Candidate, zone: string): string {
	if (rule === 'last') return String(run);
	const shown = new Date(started).toLocaleDateString('en-CA', { timeZone: zone });
	const [year, month] = shown.split('-');
	if (rule === 'daily') return shown;
	if (rule === 'monthly') return `${year}-${month}`;
	if (rule === 'yearly') return year!;
	// Days since a Monday, in weeks.
	return String(Math.floor((Date.parse(shown) - Date.parse('2018-01-01')) / (7 * DAY)));
}

/** The last whole snapshot of each of the newest periods that have one. */
function model(all: readonly Candidate[], rules: KeepRules, zone: string): number[] {
	const whole = all.filter(({ isComplete }) => isComplete);
	const newest = whole.at(-1);
	if (!newest) return all.map(({ run }) => run);
	const kept = new Set(all.filter(({ run }) => run >= newest.run).map(({ run }) => run));
	for (const rule of KEEP_RULES) {
		const lastOf = new Map<string, number>();
		for (const one of whole) lastOf.set(period(rule, one, zone), one.run);
		const runs = [...lastOf.values()].sort((a, b) => b - a);
		for (const run of runs.slice(0, rules[rule] ?? 0)) kept.add(run);
	}
	return [...kept].sort((a, b) => a - b);
}

const most = fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined });
const rules = fc
	.record({ last: most, daily: most, weekly: most, monthly: most, yearly: most })
	.filter((given) => Object.values(given).some((count) => count !== undefined));
const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati');
/** Mostly one a day, at times several, at times none for weeks; one in ten lacks files. */
const gaps = fc.array(
	fc.record({
		hours: fc.oneof({ weight: 8, arbitrary: fc.constant(24) }, fc.nat(24), fc.nat(24 * 30)),
		isComplete: fc.nat(9).map((number) => number > 0),
	}),
	{ minLength: 100, maxLength: 400 },
);

test('pruned after each snapshot or once at the end of two years, the same stay', () => {
	fc.assert(
		fc.property(gaps, rules, zones, (steps, keep, zone) => {
			let started = Date.parse('2025-03-01T21:30:00Z');
			const end = started + 2 * 365 * DAY;
			const all: Candidate[] = [];
			let left: Candidate[] = [];
			for (let turn = 0; started < end; turn++) {
				const { hours, isComplete } = steps[turn % steps.length]!;
				started += Math.max(1, hours) * HOUR;
				const one = { run: turn + 1, started, isComplete };
				all.push(one);
				left.push(one);
				const stay = keptSnapshots(left, keep, zone);
				left = left.filter(({ run }) => stay.has(run));
				if (!left.some((kept) => kept.isComplete) && all.some((made) => made.isComplete))
					throw new Error('none is left');
			}
			expect(left.map(({ run }) => run)).toEqual(model(all, keep, zone));
		}),
		{ numRuns: 20, interruptAfterTimeLimit: 6000 },
	);
});
