/** A report as the app reads it, a page at a time. Pure; shared by Restore and Decrypt. */

import type { PlainError } from '../../../core/errors.ts';
import type { ReportAnswer, ReportRow } from '../../../core/restore-answers.ts';
import { intoView, LIST_START, type ListState, moveList } from '../../components/list.ts';

export interface ReportState {
	report: ReportAnswer | undefined;
	rows: ReportRow[];
	/** There when more can be read. */
	cursor: string | undefined;
	list: ListState;
	error: PlainError | undefined;
}

export interface ReportPage {
	report: ReportAnswer;
	rows: ReportRow[];
	cursor?: string;
}

export const NO_REPORT: ReportState = {
	report: undefined,
	rows: [],
	cursor: undefined,
	list: LIST_START,
	error: undefined,
};

/** Rows that are held; who needs more reads the file. */
const MOST = 20_000;
/** So close to the last row the next page is asked for. */
const NEAR = 200;

/** The report with its first or its next page. */
export function withPage(state: ReportState, { report, rows, cursor }: ReportPage): ReportState {
	const isNext = state.report?.id === report.id && state.cursor !== undefined;
	const all = isNext ? [...state.rows, ...rows] : rows;
	return {
		report,
		rows: all,
		cursor: all.length < MOST ? cursor : undefined,
		list: isNext ? state.list : LIST_START,
		error: undefined,
	};
}

/** The cursor moved by a command of a list. */
export function moveReport(state: ReportState, command: string, height: number): ReportState {
	const list = moveList(state.list, command, state.rows.length, height);
	return list === state.list ? state : { ...state, list };
}

export function resizeReport(state: ReportState, height: number): ReportState {
	return { ...state, list: intoView(state.list, state.rows.length, height) };
}

/** The cursor of the page that should be read now, if one should. */
export function nextPage({ cursor, list, rows }: ReportState): string | undefined {
	return cursor !== undefined && list.cursor + NEAR >= rows.length ? cursor : undefined;
}
