/** Answers what is asked of the log. Runs in the query thread. */

import { errnoCode, FirnError, usageError } from '../core/errors.ts';
import { hasWords, LOG_LEVELS, type LogEntry, type LogPage } from '../core/log-entry.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { closeLogFiles, type LogFile, openLogFiles } from './log-files.ts';
import { parseLogLine } from './log-line.ts';
import { linesAfter, linesBefore } from './log-lines.ts';

export type LogQuery = CheckedRequests['log'] & { folder: string };

/** A page is given by then, however little was found. */
const LONGEST_MS = 100;

/**
 * A page of the log, newest first, or with `after` of what has come since, oldest first.
 * @throws FirnError BAD_CURSOR, LOG_UNREADABLE
 */
export function queryLog(query: LogQuery): LogPage {
	let files: LogFile[] = [];
	try {
		files = openLogFiles(query.folder);
		return query.after === undefined ? readBack(files, query) : readOn(files, query, query.after);
	} catch (error) {
		const code = errnoCode(error);
		if (error instanceof FirnError || code === undefined) throw error;
		throw new FirnError('LOG_UNREADABLE', `The log in ${query.folder} cannot be read (${code}).`, {
			guidance: 'See to the permissions and the disk of this folder.',
			retry: 'later',
			cause: error,
		});
	} finally {
		closeLogFiles(files);
	}
}

function readBack(files: LogFile[], query: LogQuery): LogPage {
	const page: LogPage = { rows: [], end: endOf(files), damaged: 0 };
	const from = query.before === undefined ? { index: 0, offset: files[0]?.size ?? 0 } : placeIn(files, query.before);
	// What was rotated out of the log is older than all that is left.
	if (!from) return page;
	const until = Date.now() + LONGEST_MS;
	for (let index = from.index; index < files.length; index++) {
		const { fd, size, id } = files[index]!;
		for (const { start, text } of linesBefore(fd, index === from.index ? from.offset : size)) {
			const place = `${id}:${start}`;
			const entry = parseLogLine(text ?? '', place);
			if (!entry) page.damaged += text === '' ? 0 : 1;
			// The clock may have been set back, so one line that is too old is not the end of it.
			else if (isWanted(entry, query)) page.rows.push(entry);
			if (page.rows.length >= query.limit || Date.now() > until) return { ...page, cursor: place };
		}
	}
	return page;
}

function readOn(files: LogFile[], query: LogQuery, after: string): LogPage {
	const page: LogPage = { rows: [], end: after, damaged: 0 };
	const from = placeIn(files, after) ?? { index: files.length - 1, offset: 0 };
	const until = Date.now() + LONGEST_MS;
	for (let index = from.index; index >= 0; index--) {
		const { fd, size, id } = files[index]!;
		for (const { start, end, text } of linesAfter(fd, index === from.index ? from.offset : 0, size)) {
			const entry = parseLogLine(text ?? '', `${id}:${start}`);
			page.end = `${id}:${end}`;
			if (!entry) page.damaged += text === '' ? 0 : 1;
			else if (isWanted(entry, query)) page.rows.push(entry);
			if (page.rows.length >= query.limit || Date.now() > until) return { ...page, cursor: page.end };
		}
	}
	return page;
}

function isWanted(entry: LogEntry, { job, task, level, text, since, until }: LogQuery): boolean {
	if (LOG_LEVELS.indexOf(entry.level) > LOG_LEVELS.indexOf(level)) return false;
	if ((job !== undefined && entry.job !== job) || (task !== undefined && entry.task !== task)) return false;
	if ((since !== undefined && entry.time < since) || (until !== undefined && entry.time >= until)) return false;
	return hasWords(entry, text);
}

/** Behind the last whole line; of an empty log a place that no file has. */
function endOf(files: LogFile[]): string {
	for (const { fd, size, id } of files) {
		for (const { end } of linesBefore(fd, size)) return `${id}:${end}`;
	}
	return NOWHERE;
}

const NOWHERE = '0:0';

/** @returns undefined when its file is gone @throws FirnError BAD_CURSOR */
function placeIn(files: LogFile[], cursor: string): { index: number; offset: number } | undefined {
	const [, id, offset] = /^([\da-f-]+):(\d+)$/.exec(cursor) ?? [];
	if (id === undefined) throw usageError('BAD_CURSOR', `"${cursor}" is no place in the log.`);
	const index = files.findIndex((file) => file.id === id);
	return index < 0 ? undefined : { index, offset: Math.min(Number(offset), files[index]!.size) };
}
