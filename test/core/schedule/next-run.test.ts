import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FirnError } from '../../../src/core/errors.ts';
import { missedRun, nextRun, type Past, type Schedule } from '../../../src/core/schedule/next-run.ts';
import { parseSpan } from '../../../src/core/schedule/span.ts';
import { parseTrigger } from '../../../src/core/schedule/trigger.ts';
import { isInside, opens, parseWindow } from '../../../src/core/schedule/window.ts';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const schedule = (trigger: string, more: Partial<Schedule> = {}): Schedule => ({
	trigger: parseTrigger(trigger),
	jitter: 0,
	catchUp: true,
	salt: 'abcdefghij',
	...more,
});

const local = (time: number, zone: string) => new Date(time).toLocaleString('sv', { timeZone: zone });

/** Lives through time, looking at least once an hour, each run taking `took`; gives when runs began. */
function live(plan: Schedule, from: string, days: number, zone: string, took = 10 * MINUTE, asleep?: [string, string]) {
	const begun: number[] = [];
	const past: Past = { since: Date.parse(from) };
	const [sleeps, wakes] = (asleep ?? ['2000-01-01', '2000-01-01']).map((text) => Date.parse(text)) as [number, number];
	for (let now = past.since; now < past.since + days * DAY; ) {
		if (now >= sleeps && now < wakes) now = wakes;
		if (begun.length > 0 && past.ended !== begun.at(-1)! + took) {
			now = begun.at(-1)! + took;
			past.ended = now;
		}
		const next = nextRun(plan, past, now, zone);
		if (next === undefined) break;
		if (next <= now) {
			past.begun = now;
			begun.push(now);
		} else now = Math.min(next, now + HOUR);
	}
	return begun;
}

describe('30 days by the clock on the wall', () => {
	test.each([
		[BERLIN, '2026-03-14T12:00:00Z', '22:00'],
		[BERLIN, '2026-10-10T12:00:00Z', '22:00'],
		[NEW_YORK, '2026-02-26T12:00:00Z', '22:00'],
		[NEW_YORK, '2026-10-20T12:00:00Z', '03:15'],
		// There twice in the night when clocks go back: it runs once.
		[BERLIN, '2026-10-10T12:00:00Z', '02:30'],
		[NEW_YORK, '2026-10-20T12:00:00Z', '01:30'],
	])('in %s from %s, daily at %s: once each day, at that time', (zone, from, time) => {
		const runs = live(schedule(`daily ${time}`), from, 30, zone).map((at) => local(at, zone));
		expect(runs).toHaveLength(30);
		expect(new Set(runs.map((run) => run.slice(0, 10))).size).toBe(30);
		for (const run of runs) expect(run.slice(11)).toBe(`${time}:00`);
	});

	test.each([
		[BERLIN, '2026-03-14T12:00:00Z', '02:30', '2026-03-29 03:00:00'],
		[NEW_YORK, '2026-02-26T12:00:00Z', '02:30', '2026-03-08 03:00:00'],
	])(
		'in %s a time that the night of the change does not have comes as soon as there is one',
		(zone, from, time, odd) => {
			const runs = live(schedule(`daily ${time}`), from, 30, zone).map((at) => local(at, zone));
			expect(runs).toHaveLength(30);
			expect(runs.filter((run) => !run.endsWith(`${time}:00`))).toEqual([odd]);
		},
	);

	test('weekly and monthly', () => {
		const runs = (trigger: string) =>
			live(schedule(trigger), '2026-10-10T12:00:00Z', 30, BERLIN).map((at) => local(at, BERLIN).slice(0, 16));
		expect(runs('weekly sun 22:00')).toEqual([
			'2026-10-11 22:00',
			'2026-10-18 22:00',
			'2026-10-25 22:00',
			'2026-11-01 22:00',
			'2026-11-08 22:00',
		]);
		expect(runs('monthly last 03:00')).toEqual(['2026-10-31 03:00']);
		expect(runs('monthly 1 03:00')).toEqual(['2026-11-01 03:00']);
	});

	test('every 6h counts from the end of the run before', () => {
		const runs = live(schedule('every 6h'), '2026-03-14T12:00:00Z', 30, BERLIN, 30 * MINUTE);
		expect(runs[0]).toBe(Date.parse('2026-03-14T18:00:00Z'));
		expect(new Set(runs.slice(1).map((at, index) => at - runs[index]!))).toEqual(new Set([6.5 * HOUR]));
	});

	test('a week without an engine is caught up once, or not at all where nobody wants it', () => {
		const asleep: [string, string] = ['2026-10-12T00:00:00Z', '2026-10-19T09:00:00Z'];
		const times = (catchUp: boolean) =>
			live(schedule('daily 22:00', { catchUp }), '2026-10-10T12:00:00Z', 12, BERLIN, 10 * MINUTE, asleep).map((at) =>
				local(at, BERLIN).slice(5, 16),
			);
		const [before, after] = [
			['10-10 22:00', '10-11 22:00'],
			['10-19 22:00', '10-20 22:00', '10-21 22:00'],
		];
		expect(times(true)).toEqual([...before!, '10-19 11:00', ...after!]);
		expect(times(false)).toEqual([...before!, ...after!]);
	});

	test('with a window each run begins inside it', () => {
		const window = parseWindow('22:00-06:00');
		const runs = live(schedule('every 5h', { window }), '2026-10-10T12:00:00Z', 30, BERLIN);
		expect(runs.length).toBeGreaterThan(50);
		for (const at of runs) expect(isInside(window, at, BERLIN), local(at, BERLIN)).toBe(true);
	});
});

describe('the next run', () => {
	const now = Date.parse('2026-11-21T12:00:00Z');

	test('is none by hand', () => {
		expect(nextRun(schedule('by hand'), { since: 0, cutOff: true }, now, BERLIN)).toBeUndefined();
	});

	test('goes on at once with what was cut off, or when the window opens', () => {
		const past = { since: 0, begun: now - HOUR, cutOff: true };
		expect(nextRun(schedule('daily 22:00'), past, now, BERLIN)).toBe(now);
		const window = parseWindow('22:00-06:00');
		expect(nextRun(schedule('daily 22:00', { window }), past, now, 'UTC')).toBe(Date.parse('2026-11-21T22:00:00Z'));
	});

	test('that was held up until its window closed comes when it opens again', () => {
		const window = parseWindow('22:00-06:00');
		const past = { since: 0, begun: now - 2 * DAY };
		expect(nextRun(schedule('daily 23:00', { window }), past, now, 'UTC')).toBe(Date.parse('2026-11-21T22:00:00Z'));
	});

	test('is not put off by a clock that was years ahead', () => {
		const ahead = now + 3000 * DAY;
		const past = { since: ahead, begun: ahead, ended: ahead };
		expect(nextRun(schedule('daily 22:00'), past, now, 'UTC')).toBe(Date.parse('2026-11-21T22:00:00Z'));
		expect(nextRun(schedule('every 2h'), past, now, 'UTC')).toBe(now + 2 * HOUR);
	});

	test('of any trigger: delayed by less than the jitter, the same each time, and later than the last', () => {
		const triggers = fc.oneof(
			fc.integer({ min: 1, max: 500 }).map((hours) => `every ${hours}h`),
			fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `daily ${h}:${String(m).padStart(2, '0')}`),
			fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 12 })).map(([m, month]) => `${m} 4 * ${month} *`),
		);
		const zones = fc.constantFrom(BERLIN, NEW_YORK, 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe');
		fc.assert(
			fc.property(triggers, zones, fc.nat(7 * DAY), fc.nat(400 * DAY), (trigger, zone, jitter, ago) => {
				const past = { since: now - ago, begun: now - ago, ended: now - ago };
				const plain = nextRun(schedule(trigger), past, now, zone)!;
				const late = nextRun(schedule(trigger, { jitter }), past, now, zone)!;
				expect(plain).toBeGreaterThan(past.begun);
				expect(late).toBeGreaterThanOrEqual(plain);
				expect(late).toBeLessThanOrEqual(plain + jitter);
				expect(nextRun(schedule(trigger, { jitter }), past, now, zone)).toBe(late);
				expect(nextRun(schedule(trigger, { catchUp: false }), past, now, zone)).toBeGreaterThanOrEqual(
					trigger.startsWith('every') ? plain : now - 5 * MINUTE,
				);
			}),
			{ numRuns: 300 },
		);
	});
});

test('each time without a run is missed or still to come, and told once', () => {
	const plan = schedule('daily 22:00', { catchUp: false });
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 5 * DAY }), { maxLength: 20 }), (pauses) => {
			const past: Past = { since: Date.parse('2027-03-01T12:00:00Z') };
			let now = past.since;
			const told: number[] = [];
			for (const pause of pauses) {
				now += pause;
				const missed = missedRun(plan, past, now, 'UTC');
				if (missed !== undefined) {
					told.push(missed);
					past.missed = now - 5 * MINUTE;
					expect(missedRun(plan, past, now, 'UTC')).toBeUndefined();
				}
				if (nextRun(plan, past, now, 'UTC')! <= now) past.begun = now;
			}
			expect(new Set(told).size).toBe(told.length);
			for (const time of told) expect(time % DAY).toBe(22 * HOUR);
		}),
	);
	expect(missedRun(schedule('daily 22:00'), { since: 0 }, Date.now(), 'UTC')).toBeUndefined();
});

describe('a window', () => {
	test('opens at its first minute, and holds until the one before its end', () => {
		fc.assert(
			fc.property(fc.nat(1439), fc.nat(1439), fc.integer({ min: 0, max: 400 * DAY }), (from, to, after) => {
				fc.pre(from !== to);
				const time = Date.parse('2026-01-01T00:00:00Z') + after;
				for (const zone of [BERLIN, NEW_YORK]) {
					const opening = opens({ from, to }, time, zone);
					expect(opening).toBeGreaterThanOrEqual(time);
					expect(opening - time).toBeLessThanOrEqual(25 * HOUR);
					if (opening > time) expect(isInside({ from, to }, opening - MINUTE, zone)).toBe(false);
				}
			}),
			{ numRuns: 200 },
		);
		expect(isInside(parseWindow('22:00-06:00'), Date.parse('2026-01-01T22:00:00Z'), 'UTC')).toBe(true);
		expect(isInside(parseWindow('22:00-06:00'), Date.parse('2026-01-01T06:00:00Z'), 'UTC')).toBe(false);
		expect(isInside(parseWindow('9:00-17:30'), Date.parse('2026-01-01T17:29:00Z'), 'UTC')).toBe(true);
	});
});

test('a window that the night of the change does not have opens in the next one', () => {
	const opening = opens(parseWindow('02:10-02:50'), Date.parse('2026-03-28T12:00:00Z'), BERLIN);
	expect(local(opening, BERLIN)).toBe('2026-03-30 02:10:00');
});

describe('what people write', () => {
	test.each([
		'',
		'daily',
		'daily 25:00',
		'daily 22',
		'weekly 22:00',
		'weekly xyz 22:00',
		'monthly 31 03:00',
		'every',
		'every 30s',
		'every 0h',
		'* * * *',
		'99 * * * *',
		'0 0 30 2 *',
		'0 0 0 1 1 *',
		'@daily',
	])('"%s" is no trigger', (text) => {
		expect(() => parseTrigger(text)).toThrow(expect.objectContaining({ code: 'BAD_TRIGGER', kind: 'usage' }));
	});

	test.each([
		[' Daily  22:05 ', { kind: 'times', pattern: '5 22 * * *' }],
		['weekly sun,wed 7:00', { kind: 'times', pattern: '0 7 * * 0,3' }],
		['monthly last 03:00', { kind: 'times', pattern: '0 3 L * *' }],
		['*/10 8-18 * * mon-fri', { kind: 'times', pattern: '*/10 8-18 * * mon-fri' }],
		['every 90m', { kind: 'every', ms: 90 * MINUTE }],
		['By hand', { kind: 'hand' }],
	])('"%s" is one', (text, trigger) => expect(parseTrigger(text)).toEqual(trigger));

	test('no text makes them fail but by their own errors', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				for (const parse of [parseTrigger, parseWindow, parseSpan]) {
					try {
						parse(text);
					} catch (error) {
						expect(error).toBeInstanceOf(FirnError);
					}
				}
			}),
		);
	});
});
