/** 30 days of several jobs with the real scheduler, in zones and at times of the year where days have odd lengths. */

import { afterEach, expect, test } from 'vitest';
import { missed, outside, overlaps } from '../../support/schedule-model.ts';
import { HOUR, job, MINUTE, SimulatedDays } from '../../support/simulated-days.ts';

let days: SimulatedDays | undefined;
afterEach(() => days?.close());

const JOBS = [
	job('evening', { trigger: 'daily 22:00' }),
	job('night', { trigger: 'daily 02:15', window: '02:00-06:00' }),
	job('twice', { trigger: 'daily 01:45', jitter: '20m' }),
	job('weekly', { trigger: 'weekly sun,wed 02:30' }),
	job('short', { trigger: 'daily 02:05', window: '02:10-02:25' }),
	job('often', { trigger: '10 */2 * * *' }),
	job('gaps', { trigger: 'every 5h', window: '20:00-07:00' }),
	job('watched', { trigger: 'on change quiet 1m at most 30m' }),
	job('never', { trigger: 'daily 03:00', enabled: false }),
];

/** Mostly short; a run now and then takes longer than its job waits for the next one. */
function worksFor(): () => number {
	let seed = 7;
	return () => {
		seed = (seed * 1103515245 + 12345) % 2 ** 31;
		return seed % 23 === 0 ? 9 * HOUR : ((seed % 9) + 1) * MINUTE;
	};
}

/** The one where clocks are set by half an hour; `npm run test:campaign` lives through the others, too. */
const ZONES = [
	['Australia/Lord_Howe', '2026-03-20T12:00:00Z'],
	['Europe/Berlin', '2026-03-14T12:00:00Z'],
	['America/New_York', '2026-10-20T12:00:00Z'],
] as const;

test.each(process.env.FIRN_CAMPAIGN === 'full' ? ZONES : ZONES.slice(0, 1))(
	'30 days in %s from %s: each time has its run, none is outside of its window, none beside another',
	async (zone, begin) => {
		const from = Date.parse(begin);
		days = new SimulatedDays(JOBS, from, zone, worksFor());
		await days.startEngine();
		for (let day = 0; day < 30; day++) {
			if (day === 5) await days.endEngine(true);
			if (day === 8 || day === 21) await days.startEngine();
			if (day === 20) await days.endEngine(false);
			if (day === 12) await days.runByHand('evening');
			await days.pass(7 * HOUR);
			await days.change('watched');
			await days.pass(17 * HOUR);
		}
		const lived = { runs: days.runs, up: days.up, zone, from, to: days.now };
		const wrong = JOBS.flatMap((one) => [...overlaps(one, lived), ...outside(one, lived)]);
		for (const one of JOBS.slice(0, 5)) wrong.push(...missed(one, one.jitter ? 20 * MINUTE : 0, lived));
		expect(wrong).toEqual([]);
		const begun = (name: string) => days!.runs.filter((run) => run.job === name).map((run) => run.begun);
		expect(begun('never')).toEqual([]);
		expect(begun('watched').length).toBeGreaterThanOrEqual(26);
		expect(begun('often').length).toBeGreaterThan(250);
		expect(begun('gaps').length).toBeGreaterThan(26);
	},
	240_000,
);
