/** Any jobs, engines that come and go, clocks that are set: what the scheduler promises holds. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missed, outside, overlaps, shown } from '../../support/schedule-model.ts';
import { DAY, HOUR, job, MINUTE, SimulatedDays } from '../../support/simulated-days.ts';

const two = (count: number) => String(count).padStart(2, '0');
const time = fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
/** Times at which clocks are set somewhere are likelier. */
const anyTime = fc.oneof(time, fc.constantFrom('01:30', '02:00', '02:15', '02:30', '03:00', '00:00', '23:59'));
const trigger = fc.oneof(
	anyTime.map((at) => `daily ${at}`),
	fc.tuple(fc.constantFrom('sun', 'mon,thu', 'sat,sun'), anyTime).map(([on, at]) => `weekly ${on} ${at}`),
);
const window = fc
	.tuple(anyTime, anyTime)
	.filter(([from, to]) => from !== to)
	.map(([from, to]) => `${from}-${to}`);
const plan = fc.record({
	trigger,
	window: fc.option(window, { nil: undefined }),
	jitter: fc.option(fc.integer({ min: 1, max: 180 }), { nil: undefined }),
	catchUp: fc.option(fc.constant(false), { nil: undefined }),
});
const begin = fc.constantFrom(
	['Europe/Berlin', '2026-03-27T12:00:00Z'],
	['Europe/Berlin', '2026-10-23T12:00:00Z'],
	['America/New_York', '2026-03-06T12:00:00Z'],
	['America/New_York', '2026-10-30T12:00:00Z'],
	['Australia/Lord_Howe', '2026-04-02T12:00:00Z'],
	['Australia/Lord_Howe', '2026-10-02T12:00:00Z'],
);
const minutes = fc.integer({ min: 1, max: 1500 });
const step = fc.oneof(
	minutes.map((for_) => ({ kind: 'pass' as const, minutes: for_ })),
	fc.record({ kind: fc.constant('away' as const), minutes, isKilled: fc.boolean() }),
	fc.constant({ kind: 'by hand' as const, minutes: 1 }),
);
const work = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 2000 })), { minLength: 1 });

function make(
	plans: (typeof plan extends fc.Arbitrary<infer T> ? T : never)[],
	at: readonly [zone: string, begin: string],
	lengths: number[],
) {
	const jobs = plans.map(({ jitter, ...fields }, index) =>
		job(`job${'abcdef'[index]}`, { ...fields, ...(jitter ? { jitter: `${jitter}m` } : {}) }),
	);
	let turn = 0;
	const days = new SimulatedDays(jobs, Date.parse(at[1]), at[0], () => lengths[turn++ % lengths.length]! * MINUTE);
	return { jobs, days };
}

test('no two runs at once, none outside of its window, no time without a run', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(plan, { minLength: 1, maxLength: 3 }),
			begin,
			work,
			fc.array(step, { minLength: 3, maxLength: 8 }),
			async (plans, at, lengths, steps) => {
				const { jobs, days } = make(plans, at, lengths);
				try {
					const from = days.now;
					await days.startEngine();
					for (const one of steps) {
						if (one.kind === 'by hand') await days.runByHand(jobs[0]!.name);
						if (one.kind === 'away') await days.endEngine(one.isKilled);
						await days.pass(one.minutes * MINUTE);
						if (one.kind === 'away') await days.startEngine();
					}
					await days.pass(DAY);
					const lived = { runs: days.runs, up: days.up, zone: at[0], from, to: days.now };
					const wrong = jobs.flatMap((one, index) => [
						...overlaps(one, lived),
						...outside(one, lived),
						...missed(one, (plans[index]!.jitter ?? 0) * MINUTE, lived),
					]);
					expect(wrong).toEqual([]);
				} finally {
					days.close();
				}
			},
		),
		{ numRuns: 60, interruptAfterTimeLimit: 8000 },
	);
});

test('whatever clocks are set to: each job goes on within its usual time, and none twice at once', async () => {
	const jump = fc.integer({ min: -40 * 24, max: 40 * 24 });
	await fc.assert(
		fc.asyncProperty(begin, fc.array(jump, { minLength: 1, maxLength: 4 }), minutes, async (at, jumps, pause) => {
			const jobs = [job('daily', { trigger: 'daily 02:30' }), job('every', { trigger: 'every 7h' })];
			const days = new SimulatedDays(jobs, Date.parse(at[1]), at[0], () => 5 * MINUTE);
			try {
				await days.startEngine();
				await days.pass(DAY + HOUR);
				for (const hours of jumps) {
					await days.setClock(hours * HOUR);
					await days.pass(pause * MINUTE);
				}
				const since = days.now;
				const before = days.runs.length;
				await days.pass(DAY + HOUR);
				const begun = (name: string) => days.runs.slice(before).filter((run) => run.job === name);
				for (const { name } of jobs) expect(begun(name).length, `${name} after ${shown(since)}`).toBeGreaterThan(0);
				expect(begun('every').length).toBeLessThanOrEqual(4);
				expect(begun('daily').length).toBeLessThanOrEqual(2);
			} finally {
				days.close();
			}
		}),
		{ numRuns: 10 },
	);
});
