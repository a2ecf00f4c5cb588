import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueAt, type Pending, withChange } from '../../../src/core/schedule/debounce.ts';
import { nextRun } from '../../../src/core/schedule/next-run.ts';
import { parseTrigger } from '../../../src/core/schedule/trigger.ts';

const debounce = fc
	.record({ quiet: fc.integer({ min: 1, max: 1000 }), more: fc.integer({ min: 0, max: 5000 }) })
	.map(({ quiet, more }) => ({ quiet, atMost: quiet + more }));
const times = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 });

const after = (changes: number[]) =>
	changes.reduce<Pending | undefined>((pending, now) => withChange(pending, now), undefined);

describe('debounce', () => {
	test('a run is due after each change, never before it was quiet unless it has waited for the most', () => {
		fc.assert(
			fc.property(times, debounce, (unsorted, how) => {
				const changes = unsorted.sort((a, b) => a - b);
				const due = dueAt(after(changes), how)!;
				const [first, last] = [changes[0]!, changes.at(-1)!];
				expect(due).toBeGreaterThan(first);
				expect(due).toBeLessThanOrEqual(first + how.atMost);
				if (due < first + how.atMost) expect(due).toBe(last + how.quiet);
			}),
		);
	});

	test('played by a clock, every change is followed by a run within the most', () => {
		fc.assert(
			fc.property(times, debounce, (unsorted, how) => {
				const changes = unsorted.sort((a, b) => a - b);
				const runs: number[] = [];
				let pending: Pending | undefined;
				for (const now of [...changes, Number.MAX_SAFE_INTEGER]) {
					const due = dueAt(pending, how);
					if (due !== undefined && due <= now) {
						runs.push(due);
						pending = undefined;
					}
					pending = withChange(pending, now);
				}
				for (const change of changes) {
					expect(runs.some((run) => run >= change && run <= change + how.atMost)).toBe(true);
				}
				for (const [index, run] of runs.entries()) {
					if (index > 0) expect(run - runs[index - 1]!).toBeGreaterThanOrEqual(Math.min(how.quiet, how.atMost));
				}
			}),
		);
	});

	test('a clock that is set back or ahead puts no run off for longer than the most', () => {
		fc.assert(
			fc.property(times, debounce, (changes, how) => {
				const due = dueAt(after(changes), how)!;
				expect(due).toBeLessThanOrEqual(Math.min(...changes) + how.atMost);
			}),
		);
	});
});

test('the trigger is read as people write it, and is due when changes say so', () => {
	expect(parseTrigger('On  change')).toEqual({ kind: 'change', quiet: 30_000, atMost: 600_000 });
	expect(parseTrigger('on change quiet 2m at most 1h')).toEqual({ kind: 'change', quiet: 120_000, atMost: 3_600_000 });
	expect(parseTrigger('on change quiet 1h')).toEqual({ kind: 'change', quiet: 3_600_000, atMost: 3_600_000 });
	for (const text of [
		'on change quiet',
		'on change quiet 2h at most 1h',
		'on change often',
		'on change quiet 1 year',
	]) {
		expect(() => parseTrigger(text), text).toThrow('is no trigger');
	}
	const schedule = { trigger: parseTrigger('on change'), jitter: 0, catchUp: true, salt: '' };
	expect(nextRun(schedule, { since: 0 }, 1000, 'UTC')).toBe(undefined);
	expect(nextRun(schedule, { since: 0, due: 5000 }, 1000, 'UTC')).toBe(5000);
});
