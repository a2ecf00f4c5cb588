/** An entry of the log in words that are safe to show. Pure. */

import { localSecond } from '../../../core/local-time.ts';
import type { LogEntry, LogLevel } from '../../../core/log-entry.ts';
import { type LabelledText, labelledLines } from '../../components/facts-pane.tsx';
import { displayName, displayPath } from '../../components/text.ts';
import type { Tone } from '../../theme/theme.ts';

export const LEVELS: Record<LogLevel, { sign: 'error' | 'warn' | 'dot'; word: string; tone: Tone }> = {
	error: { sign: 'error', word: 'error', tone: 'error' },
	warning: { sign: 'warn', word: 'warning', tone: 'warn' },
	info: { sign: 'dot', word: 'info', tone: 'muted' },
};

/** The time of today, the date of another day: eleven cells at most. */
export function shortTime(time: number, now: number): string {
	const whole = localSecond(time);
	return whole.slice(0, 10) === localSecond(now).slice(0, 10) ? whole.slice(11) : whole.slice(5, 16);
}

export function entryTitle({ code, level, job }: LogEntry): string {
	return [code ?? LEVELS[level].word, job].flatMap((part) => (part ? [displayName(part)] : [])).join(' · ');
}

/** What there is to say of an entry, the weightiest first. */
export function detailsOf(entry: LogEntry): LabelledText[] {
	const { message, path, effect, remedy, time, kind, run, task, details } = entry;
	const of = [kind, run === undefined ? undefined : `run ${run}`, task === undefined ? undefined : `task ${task}`];
	const rows: [string, string | undefined][] = [
		['What', displayName(message)],
		['Path', path === undefined ? undefined : displayPath(path)],
		['Effect', effect === undefined ? undefined : displayName(effect)],
		['Try', remedy === undefined ? undefined : displayName(remedy)],
		['When', [localSecond(time), ...of.flatMap((part) => (part ? [displayName(part)] : []))].join(', ')],
		['Details', details?.split('\n').map(displayName).join('\n')],
	];
	return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** The whole entry in lines; of at most `width` cells, if one is given. */
export function entryLines(entry: LogEntry, width = Number.POSITIVE_INFINITY): string[] {
	return labelledLines(detailsOf(entry), LABEL, width);
}

/** Cells of a label. */
export const LABEL = 9;
