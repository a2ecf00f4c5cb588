/** When a job begins by itself next. Pure: the same for the same past, clock and zone. */

import { createHash } from 'node:crypto';
import { dueAfter } from './calendar.ts';
import type { Trigger } from './trigger.ts';
import { opens, type Window } from './window.ts';

export interface Schedule {
	trigger: Trigger;
	/** Begins up to so many ms later, so that many machines do not ask one store at the same time. */
	jitter: number;
	window?: Window;
	/** A run whose time passed while no engine ran is made up for, once. */
	catchUp: boolean;
	/** Tells apart whose delays differ, such as the id of the job. */
	salt: string;
}

/** What has been, in ms since 1970. */
export interface Past {
	/** Since when this trigger holds. */
	since: number;
	/** When the last run began and ended, whoever began it. */
	begun?: number;
	ended?: number;
	/** When the sources have changed and come to rest. */
	due?: number;
	/** The last run was cut off by the end of the engine. */
	cutOff?: boolean;
	/** Up to here it is noted which times were missed. */
	missed?: number;
}

/** A beginning that is so late has been missed: the engine looks at least once a minute. */
export const LATE = 5 * 60_000;
const DAY = 24 * 3_600_000;

/** When it begins next, in ms since 1970: in the past, or now, if it is due. Undefined: never by itself. */
export function nextRun(schedule: Schedule, past: Past, now: number, zone: string): number | undefined {
	const due = dueRun(schedule, past, now, zone);
	// What was held up inside of its window may be outside of it by now.
	if (due === undefined || due > now) return due;
	const opening = open(schedule, now, zone);
	return opening > now ? opening : due;
}

/** When it should begin, or should have begun. */
function dueRun(schedule: Schedule, past: Past, now: number, zone: string): number | undefined {
	const { trigger, catchUp } = schedule;
	if (trigger.kind === 'hand') return undefined;
	if (past.cutOff) return now;
	if (trigger.kind === 'change')
		return past.due === undefined ? undefined : open(schedule, delayed(schedule, past.due), zone);
	// A clock that was ahead when the last run began must not put the next one off.
	const last = (time: number | undefined) => Math.min(now, Math.max(past.since, time ?? 0));
	if (trigger.kind === 'every') {
		return open(schedule, delayed(schedule, last(past.ended ?? past.begun) + trigger.ms), zone);
	}
	const { pattern } = trigger;
	const after = (time: number) => dueAfter(pattern, time, zone);
	const begins = (due: number) => open(schedule, delayed(schedule, due), zone);
	const first = last(past.begun);
	let due = after(first);
	if (due === undefined || catchUp || begins(due) >= now - LATE) return due === undefined ? undefined : begins(due);
	// Missed. One that was due later may still be waiting for its delay or for the window.
	due = after(Math.max(first, now - LATE - schedule.jitter - (schedule.window ? DAY : 0)));
	while (due !== undefined && begins(due) < now - LATE) due = after(due);
	return due === undefined ? undefined : begins(due);
}

/**
 * The first time that has passed without a run, of a job that does not make up for it, in ms since 1970; undefined: none
 * since the last that was noted.
 */
export function missedRun(schedule: Schedule, past: Past, now: number, zone: string): number | undefined {
	const { trigger, catchUp } = schedule;
	if (trigger.kind !== 'times' || catchUp || past.cutOff) return undefined;
	const from = Math.min(now, Math.max(past.since, past.begun ?? 0, past.missed ?? 0));
	const due = dueAfter(trigger.pattern, from, zone);
	return due !== undefined && open(schedule, delayed(schedule, due), zone) < now - LATE ? due : undefined;
}

/** By the same delay each time it is asked for. */
function delayed({ jitter, salt }: Schedule, due: number): number {
	if (jitter === 0) return due;
	const part = createHash('sha256').update(`${salt} ${due}`).digest().readUInt32BE() / 2 ** 32;
	return due + Math.floor((part * jitter) / 1000) * 1000;
}

function open({ window }: Schedule, time: number, zone: string): number {
	return window ? opens(window, time, zone) : time;
}
