/** When a job begins by itself, as people write it and as the scheduler takes it. Pure. */

import { FirnError, usageError } from '../errors.ts';
import { comes, parseTime } from './calendar.ts';
import { parseSpan } from './span.ts';

export type Trigger =
	| { kind: 'hand' }
	/** At times of the calendar: five fields of cron. */
	| { kind: 'times'; pattern: string }
	/** So many ms after the last run has ended. */
	| { kind: 'every'; ms: number }
	/** When the sources have changed and nothing more has for `quiet` ms, or `atMost` ms after the first change. */
	| { kind: 'change'; quiet: number; atMost: number };

export const BY_HAND = 'by hand';

/** What can be given as a trigger, for people. */
export const TRIGGERS =
	'"by hand", "daily 22:00", "weekly sun 22:00", "monthly 1 03:00", "every 6h", "on change", "on change quiet 30s at most 10m", or five fields of cron such as "0 22 * * 1-5"';

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const LEAST_SPAN = 60_000;
const QUIET = '30s';
const AT_MOST = '10m';

/** @throws FirnError (usage) BAD_TRIGGER */
export function parseTrigger(text: string): Trigger {
	const words = text.trim().toLowerCase().split(/\s+/);
	const trigger =
		words.join(' ') === BY_HAND ? { kind: 'hand' as const } : (every(words) ?? change(words.join(' ')) ?? times(words));
	if (trigger) return trigger;
	throw usageError('BAD_TRIGGER', `"${text}" is no trigger.`, `Give ${wanted(words)}.`);
}

/** What can be given instead, by how it begins. */
function wanted([word = '', ...more]: string[]): string {
	const time = 'a time from 0:00 to 23:59';
	if (word === 'daily') return `${time}: "daily 22:00"`;
	if (word === 'weekly') return `days from sun to sat and ${time}: "weekly sun 22:00", "weekly mon,thu 22:00"`;
	if (word === 'monthly') return `a day from 1 to 28, or last, and ${time}: "monthly 1 03:00", "monthly last 03:00"`;
	if (word === 'every') return 'a whole number with s, m, h, d or w, one minute at least: "every 6h"';
	if (word === 'on' && more[0] === 'change') {
		return 'a quiet time, and a longer one that it waits at most: "on change quiet 30s at most 10m"';
	}
	// Five fields are a pattern that is wrong, or whose time never comes.
	if (more.length !== 4) return TRIGGERS;
	return 'minute, hour, day, month and day of the week as cron has them, such that the time comes: "0 22 * * 1-5"';
}

function every([word, span, ...more]: string[]): Trigger | undefined {
	if (word !== 'every' || span === undefined || more.length > 0) return undefined;
	try {
		const ms = parseSpan(span);
		return ms < LEAST_SPAN ? undefined : { kind: 'every', ms };
	} catch (error) {
		if (error instanceof FirnError) return undefined;
		throw error;
	}
}

function change(text: string): Trigger | undefined {
	const found = /^on change(?: quiet (\S+))?(?: at most (\S+))?$/.exec(text);
	if (!found) return undefined;
	const quiet = parseSpan(found[1] ?? QUIET);
	// Who wants a longer quiet than is usual waits at least that long.
	const atMost = found[2] === undefined ? Math.max(parseSpan(AT_MOST), quiet) : parseSpan(found[2]);
	return quiet > atMost ? undefined : { kind: 'change', quiet, atMost };
}

function times(words: string[]): Trigger | undefined {
	const pattern = calendar(words) ?? (words.length === 5 ? words.join(' ') : undefined);
	return pattern !== undefined && comes(pattern) ? { kind: 'times', pattern } : undefined;
}

/** `daily`, `weekly` and `monthly` as a pattern of cron. */
function calendar([word, first, second, ...more]: string[]): string | undefined {
	if (more.length > 0) return undefined;
	if (word === 'daily' && second === undefined) return at(first, '* * *');
	if (word === 'weekly' && first !== undefined) {
		const days = first.split(',').map((day) => DAYS.findIndex((long) => day === long || day === long.slice(0, 3)));
		return days.includes(-1) ? undefined : at(second, `* * ${days.join(',')}`);
	}
	// Not every month has a 29th: who wants the last day says so.
	if (word === 'monthly' && /^([1-9]|1\d|2[0-8]|last)$/.test(first ?? '')) {
		return at(second, `${first === 'last' ? 'L' : first} * *`);
	}
	return undefined;
}

function at(time: string | undefined, rest: string): string | undefined {
	const minutes = parseTime(time ?? '');
	return minutes === undefined ? undefined : `${minutes % 60} ${Math.floor(minutes / 60)} ${rest}`;
}
