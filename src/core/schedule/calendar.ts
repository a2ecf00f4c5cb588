/** Times of the calendar. Pure, but remembers what it worked out: the engine asks the same every minute. */

import { Cron } from 'croner';

/** By zone and pattern, with the newest answer. */
const patterns = new Map<string, { cron: Cron; after: number; due: number | undefined }>();
const coming = new Map<string, boolean>();
const gaps = new Map<string, number>();
const clocks = new Map<string, Intl.DateTimeFormat>();
/** More than jobs have; who writes many others in a row loses nothing but time. */
const KEPT = 1000;
const LOOKED_AT = 500;
const YEAR = 366 * 24 * 3_600_000;

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

/**
 * The shortest time between two that a pattern names, in ms, where no clock is set forward or back. A year of them is
 * looked at, or so many of a pattern that names more: the days of a pattern are alike.
 */
export function shortestGap(pattern: string): number {
	const known = gaps.get(pattern);
	if (known !== undefined) return known;
	if (gaps.size >= KEPT) gaps.clear();
	let gap = Number.POSITIVE_INFINITY;
	const first = dueAfter(pattern, 0, 'UTC')!;
	for (let count = 0, last = first; count < LOOKED_AT && last < first + YEAR; count++) {
		const next = dueAfter(pattern, last, 'UTC') ?? Number.POSITIVE_INFINITY;
		gap = Math.min(gap, next - last);
		last = next;
	}
	gaps.set(pattern, gap);
	return gap;
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
