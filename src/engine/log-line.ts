/** One line of the log file as an entry. */

import type { LogEntry, LogLevel } from '../core/log-entry.ts';
import type { TaskKind } from '../core/task.ts';

const KINDS: readonly unknown[] = [
	'backup',
	'restore',
	'decrypt',
	'recover',
	'sync',
	'delete',
	'prune',
	'verify',
] satisfies TaskKind[];
const TEXTS = ['job', 'task', 'run', 'code', 'effect', 'remedy', 'path', 'details'] as const;

/** How every line begins: where a line was cut off, the next one may stand behind it. */
const BEGINNING = '{"level":';

/** The entry of a line, or undefined when it is none (any more). */
export function parseLogLine(line: string, place: string): LogEntry | undefined {
	const whole = entryOf(line, place);
	const again = whole ? -1 : line.lastIndexOf(BEGINNING);
	return again > 0 ? entryOf(line.slice(again), place) : whole;
}

function entryOf(line: string, place: string): LogEntry | undefined {
	const fields = fieldsOf(line);
	const time = typeof fields?.time === 'string' ? Date.parse(fields.time) : Number.NaN;
	if (!fields || Number.isNaN(time) || typeof fields.level !== 'number' || typeof fields.msg !== 'string')
		return undefined;
	const entry: LogEntry = { place, time, level: levelOf(fields.level), message: fields.msg };
	for (const name of TEXTS) {
		const value = fields[name];
		if (typeof value === 'string' && value !== '') entry[name] = value;
	}
	if (KINDS.includes(fields.kind)) entry.kind = fields.kind as TaskKind;
	return entry;
}

function fieldsOf(line: string): Record<string, unknown> | undefined {
	try {
		const parsed: unknown = JSON.parse(line);
		return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

/** Of pino's numbers. */
const levelOf = (level: number): LogLevel => (level >= 50 ? 'error' : level >= 40 ? 'warning' : 'info');
