/** The time of day in which runs may work, such as 22:00-06:00, by the clock on the wall. Pure. */

import { usageError } from '../errors.ts';
import { dueAfter, minuteOfDay, parseTime } from './calendar.ts';

export interface Window {
	/** Minutes of the day; `to` is the first outside. `from` after `to`: over midnight. */
	from: number;
	to: number;
}

/** @throws FirnError (usage) BAD_WINDOW */
export function parseWindow(text: string): Window {
	const [from, to, ...more] = text.trim().split('-').map(parseTime);
	if (from === undefined || to === undefined || more.length > 0 || from === to) {
		throw usageError('BAD_WINDOW', `"${text}" is no window.`, 'Give two times of the day, such as 22:00-06:00.');
	}
	return { from, to };
}

export function isInside({ from, to }: Window, time: number, zone: string): boolean {
	const minute = minuteOfDay(time, zone);
	return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** The time itself when it lies inside, or else when the window opens next. */
export function opens(window: Window, time: number, zone: string): number {
	let opening = time;
	// A night in which clocks go forward may lack the whole window: the next one has it.
	while (!isInside(window, opening, zone)) {
		opening = dueAfter(`${window.from % 60} ${Math.floor(window.from / 60)} * * *`, opening, zone)!;
	}
	return opening;
}
