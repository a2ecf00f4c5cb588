/** Times of the calendar. Pure, but remembers what it worked out: the engine asks the same every minute. */

import { Cron } from 'croner';

/** By zone and pattern, with the newest answer. */
const patterns = new Map<string, { cron: Cron; after: number; due: number | undefined }>();
const coming = new Map<string, boolean>();
const clocks = new Map<string, Intl.DateTimeFormat>();
/** More than jobs have; who writes many others in a row loses nothing but time. */
const KEPT = 1000;

/** The first time after this one that a pattern of cron names, in ms since 1970. */
export function dueAfter(pattern: string, time: number, zone: string): number | undefined {
	const key = `${zone} ${pattern}`;
	let known = patterns.get(key);
	if (known?.after === time) return known.due;
	if (!known) {
		if (patterns.size >= KEPT) patterns.clear();
		known = { cron: new Cron(pattern, { timezone: zone }), after: Number.NaN, due: undefined };
		patterns.set(key, known);
	}
	known.due = known.cron.nextRun(new Date(time))?.getTime();
	known.after = time;
	return known.due;
}

/** Whether it is a pattern, and one whose time ever comes: the 30th of February does not. */
export function comes(pattern: string): boolean {
	let known = coming.get(pattern);
	if (known === undefined) {
		if (coming.size >= KEPT) coming.clear();
		known = hasTime(pattern);
		coming.set(pattern, known);
	}
	return known;
}

function hasTime(pattern: string): boolean {
	try {
		return new Cron(pattern, { timezone: 'UTC' }).nextRun(new Date(0)) !== null;
	} catch {
		return false;
	}
}

/** `22:00` as minutes of the day. */
export function parseTime(text: string): number | undefined {
	const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
	return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

/** What the clock on the wall shows, in minutes since midnight. */
export function minuteOfDay(time: number, zone: string): number {
	let clock = clocks.get(zone);
	if (!clock) {
		clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
		clocks.set(zone, clock);
	}
	return parseTime(clock.format(time))!;
}
