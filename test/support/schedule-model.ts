/** What schedules promise, said in the simplest way: by looking at the clock on the wall, minute after minute. */

import type { Job } from '../../src/config/job.ts';
import { DAY, HOUR, MINUTE, type SeenRun } from './simulated-days.ts';

/** A minute of a day somewhere. */
interface Wall {
	date: string;
	weekday: number;
	minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function wall(time: number, zone: string): Wall {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('sv-SE', {
			timeZone: zone,
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
		});
		formats.set(zone, format);
	}
	const [date, clock] = format.format(time).split(' ') as [string, string];
	const [hour, minute] = clock.split(':').map(Number) as [number, number];
	return { date, weekday: new Date(`${date}T00:00:00Z`).getUTCDay(), minute: hour * 60 + minute };
}

const minutes = (text: string): number => {
	const [hour, minute] = text.split(':').map(Number) as [number, number];
	return hour * 60 + minute;
};

/** Whether a job may work in this minute. */
export function mayWork(window: string | undefined, time: number, zone: string): boolean {
	if (window === undefined) return true;
	const [from, to] = window.split('-').map(minutes) as [number, number];
	const { minute } = wall(time, zone);
	return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** An hour that comes a second time does not open a window that has closed in between. */
function isSetBack(time: number, zone: string): boolean {
	const { date, minute } = wall(time, zone);
	const before = wall(time - MINUTE, zone);
	return date === before.date && minute < before.minute;
}

/**
 * When a job that begins at a time of certain days is due: in the first minute of such a day that shows this time or a
 * later one, as some nights do not have it, and some have it twice.
 * @param trigger `daily 22:00` or `weekly sun,wed 22:00`
 */
export function dues(trigger: string, from: number, to: number, zone: string): number[] {
	const [kind, ...rest] = trigger.split(' ');
	const days = kind === 'daily' ? [0, 1, 2, 3, 4, 5, 6] : rest[0]!.split(',').map((day) => WEEKDAYS.indexOf(day));
	const time = minutes(rest.at(-1)!);
	const found = new Map<string, number>();
	// By the half hour where no clock can be set in between, and every minute near the time.
	for (let at = from - DAY - (from % MINUTE); at <= to; at += MINUTE) {
		const { date, weekday, minute } = wall(at, zone);
		if (days.includes(weekday) && minute >= time && !found.has(date)) found.set(date, at);
		if (minute < time - 4 * 60) at += HOUR;
		else if (minute > time && minute < 23 * 60) at += HOUR / 2;
	}
	return [...found.values()].filter((at) => at > from && at <= to);
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export interface Lived {
	runs: readonly SeenRun[];
	up: readonly [from: number, to: number][];
	zone: string;
	from: number;
	to: number;
}

/** Runs of a job that went on at the same time as another one. */
export function overlaps(job: Job, { runs, to }: Lived): string[] {
	const own = runs.filter((run) => run.job === job.name).sort((a, b) => a.begun - b.begun);
	return own.flatMap((run, index) => {
		const before = own[index - 1];
		return before && (before.ended ?? to) > run.begun ? [`two runs of ${job.name} at ${shown(run.begun)}`] : [];
	});
}

/** Times at which a run that began by itself worked outside of its window; a minute is let pass. */
export function outside(job: Job, { runs, zone }: Lived): string[] {
	const found: string[] = [];
	for (const run of runs) {
		if (run.job !== job.name || !run.byItself) continue;
		for (const [from, to] of run.worked) {
			if (!mayWork(job.window, from, zone)) found.push(`${job.name} works at ${shown(from)}, outside`);
			for (let at = from; at < to - MINUTE; at += MINUTE) {
				if (!mayWork(job.window, at, zone) && !mayWork(job.window, at - MINUTE, zone)) {
					found.push(`${job.name} still works at ${shown(at)}, outside`);
					break;
				}
			}
		}
	}
	return found;
}

/** Due times of a job after which no run began as soon as one could, and runs that nothing was due for. */
export function missed(job: Job, jitter: number, { runs, up, zone, from, to }: Lived): string[] {
	const found: string[] = [];
	const own = runs.filter((run) => run.job === job.name);
	const all = dues(job.trigger!, from, to, zone);
	const isUp = (at: number) => up.some(([since, until]) => at >= since && at < until);
	const isBusy = (at: number) => own.some(({ begun, ended }) => at >= begun && at < (ended ?? to));
	const hasHindrance = (since: number, until: number) => {
		let at = since;
		while (at <= until && isUp(at) && mayWork(job.window, at, zone) && !isBusy(at)) at += MINUTE;
		return at <= until;
	};
	for (const due of all) {
		let could = due + jitter;
		let isOpen = mayWork(job.window, could, zone);
		while (could <= to && !(isUp(could) && isOpen && !isBusy(could))) {
			could += MINUTE;
			isOpen = mayWork(job.window, could, zone) && (isOpen || !isSetBack(could, zone));
		}
		// Without catching up, all that it may be delayed by has to be a time at which it can begin.
		if (job.catchUp === false && hasHindrance(due, could)) continue;
		if (could + MINUTE > to) continue;
		if (!own.some(({ begun }) => begun >= due && begun <= could + MINUTE)) {
			found.push(`${job.name} due at ${shown(due)} did not begin by ${shown(could)}`);
		}
	}
	for (const [index, { begun, byItself }] of own.entries()) {
		const before = own[index - 1];
		const isContinued = before && !before.isWhole && before.byItself;
		if (!byItself || isContinued) continue;
		const since = before?.begun ?? from;
		if (!all.some((due) => due > since && due <= begun)) found.push(`${job.name} began at ${shown(begun)} for nothing`);
	}
	return found;
}

export const shown = (time: number): string => new Date(time).toISOString().slice(0, 19);
