import type { HistoryRow, HistoryStatus } from '../../../../core/history.ts';
import type { Params, Results } from '../../../../protocol/contract.ts';
import { LIST_START, type ListState } from '../../../components/list.ts';

/** Rows asked for at a time. */
export const PAGE = 100;

/** What is shown, in turn. */
export const CHOICES = ['all', 'wrong', 'complete', 'dropped'] as const;
export type Choice = (typeof CHOICES)[number];

const WRONG: HistoryStatus[] = ['partial', 'failed', 'stopped', 'interrupted', 'not-begun', 'abandoned'];
const STATUSES: Record<Choice, HistoryStatus[] | undefined> = {
	all: undefined,
	wrong: WRONG,
	complete: ['complete'],
	dropped: ['dropped'],
};

export interface HistoryState {
	/** The job that it was opened for. */
	of: string;
	/** Of all jobs, and all work or only backups. */
	allJobs: boolean;
	allWork: boolean;
	choice: Choice;
	/** Answers to earlier questions are out of date. */
	generation: number;
	/** The newest first; undefined until the first answer. */
	rows: readonly HistoryRow[] | undefined;
	/** They answer the question before: they stay until something newer is there. */
	stale: boolean;
	/** Older ones follow from here. */
	cursor: string | undefined;
	/** Why it cannot be had, or what of it. */
	trouble: string | undefined;
	details: boolean;
	list: ListState;
}

export type HistoryAction =
	/** `isMore`: goes on with the rows before. */
	| { type: 'history/rows'; generation: number; page: Results['history']; isMore: boolean }
	| { type: 'history/failed'; generation: number; message: string };

/** Of one job, all work. */
export function newHistory(job: string): HistoryState {
	return {
		of: job,
		allJobs: false,
		allWork: true,
		choice: 'all',
		generation: 0,
		rows: undefined,
		stale: true,
		cursor: undefined,
		trouble: undefined,
		details: true,
		list: LIST_START,
	};
}

export function currentRow({ rows, list }: HistoryState): HistoryRow | undefined {
	return rows?.[list.cursor];
}

/** What is asked for. */
export function queryOf({ of, allJobs, allWork, choice }: HistoryState): Params<'history'> {
	const statuses = STATUSES[choice];
	return {
		...(allJobs ? {} : { job: of }),
		...(allWork ? {} : { kinds: ['backup'] }),
		...(statuses ? { statuses } : {}),
		limit: PAGE,
	};
}
