import type { LogEntry, LogLevel, LogPage } from '../../../core/log-entry.ts';
import type { Field } from '../../components/field.tsx';
import { LIST_START, type ListState } from '../../components/list.ts';

/** Rows asked for at a time. */
export const PAGE = 200;
/** More are not held; a filter leads further back. */
export const MOST_HELD = 20_000;

export interface LogState {
	/** This grave or graver. */
	level: LogLevel;
	/** The line of the filter, while there is one. */
	search: { field: Field; editing: boolean } | undefined;
	/** The words that were filtered by last: what n and N look for when all entries are shown. */
	sought: string;
	/** Where n is looking for older entries than are here yet; `none`: there was no other match. */
	seek: { from: number } | 'none' | undefined;
	/** Answers to earlier questions are out of date. */
	generation: number;
	/** The newest first; undefined until the first answer. */
	rows: readonly LogEntry[] | undefined;
	/** They answer the question before: they stay until something newer is there. */
	stale: boolean;
	/** Older ones follow from here. */
	cursor: string | undefined;
	/** What comes after this is new. */
	end: string | undefined;
	damaged: number;
	/** Why the log cannot be read. */
	error: string | undefined;
	/** The newest entry stays under the cursor. */
	follow: boolean;
	details: boolean;
	/** Messages are shown whole. */
	wrap: boolean;
	list: ListState;
}

export type LogAction =
	/** `isMore`: goes on with the rows before. */
	| { type: 'log/rows'; generation: number; page: LogPage; isMore: boolean }
	| { type: 'log/news'; generation: number; page: LogPage }
	| { type: 'log/failed'; generation: number; message: string };

export function initialLog(): LogState {
	return {
		level: 'warning',
		search: undefined,
		sought: '',
		seek: undefined,
		generation: 0,
		rows: undefined,
		stale: false,
		cursor: undefined,
		end: undefined,
		damaged: 0,
		error: undefined,
		follow: true,
		details: true,
		wrap: false,
		list: LIST_START,
	};
}

export function currentEntry({ rows, list }: LogState): LogEntry | undefined {
	return rows?.[list.cursor];
}

/** What is asked for. */
export function wordsOf({ search }: LogState): string {
	return search?.field.text ?? '';
}
