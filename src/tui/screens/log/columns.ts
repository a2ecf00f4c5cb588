/** Where the columns of an entry stand, and its message in lines. Pure. */

import type { LogEntry } from '../../../core/log-entry.ts';
import { withoutFolder } from '../../components/event-text.ts';
import { displayName, displayPath, fit, widthOf, wrap } from '../../components/text.ts';

export const TIME = 13;
export const LEVEL = 11;
const JOB = 14;
const CODE = 18;
/** A sentence has so many cells, or at least this many, or other columns go. */
const SENTENCE = 50;
const LEAST = 48;

interface Columns {
	job: number;
	code: number;
	sentence: number;
}

/** Which columns there is room for. The level has sign and word at any width. */
export function columnsFor(width: number): Columns {
	const room = width - TIME - LEVEL;
	const job = room - JOB >= LEAST ? JOB : 0;
	const code = room - job - CODE >= SENTENCE ? CODE : 0;
	return { job, code, sentence: room - job - code };
}

/** What happened; of a path the end stays, and half the room at most if the sentence needs the rest. */
export function sentenceIn({ path, message }: LogEntry, width: number, ellipsis: string): string {
	const text = displayName(withoutFolder(message));
	if (path === undefined) return fit(text, width, 'end', ellipsis);
	const room = Math.max(Math.floor(width / 2), width - widthOf(text) - 2);
	return fit(`${fit(displayPath(path), room, 'start', ellipsis)}: ${text}`, width, 'end', ellipsis);
}

/** The same, whole. */
export function messageLines({ path, message }: LogEntry, width: number): string[] {
	const text = displayName(withoutFolder(message));
	return wrap(path === undefined ? text : `${displayPath(path)}: ${text}`, width);
}
