/** What the log says: entries, and the ways to ask for them. */

import type { TaskKind } from './task.ts';

/** The gravest first. */
export const LOG_LEVELS = ['error', 'warning', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogEntry {
	/** Its place: the same entry has the same one as long as the log is kept, and no other entry has it. */
	place: string;
	/** ms since 1970. */
	time: number;
	level: LogLevel;
	/** A sentence. Foreign text: to be made safe before it is shown, as are the others. */
	message: string;
	job?: string;
	kind?: TaskKind;
	/** Id of the task, and of the run that it is or was taken from. */
	task?: string;
	run?: string;
	code?: string;
	/** What it means for the files. */
	effect?: string;
	/** What can be done about it. */
	remedy?: string;
	path?: string;
	/** For who looks for a fault in Firn: a stack, a request. */
	details?: string;
}

export interface LogPage {
	/** The newest first; with `after` the oldest first. */
	rows: LogEntry[];
	/**
	 * There is more in that direction: ask again from here. A page may have few rows, or none, and still go on, so that
	 * a rare word in a long log holds nobody up.
	 */
	cursor?: string;
	/** Ask for what comes `after` it to follow the log. */
	end: string;
	/** Lines that make no sense: cut off by a full disk or damaged. */
	damaged: number;
}

/** Whether an entry has all words of a filter, in whatever of it can be looked for. */
export function hasWords(entry: LogEntry, text: string): boolean {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return true;
	const { message, code = '', path = '', effect = '', remedy = '', run = '' } = entry;
	const all = [message, code, entry.job ?? '', path, effect, remedy, run, entry.level].join('\n').toLowerCase();
	return words.every((word) => all.includes(word));
}
