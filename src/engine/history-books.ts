import type { Job } from '../config/job.ts';
import type { HistoryDetails, HistoryQuery, RunRecord } from '../core/history.ts';
import { archivesOf, runRecord, runRecords } from '../state/history.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';
import { RunStore } from '../state/run-store.ts';

/** What one job's state database tells of its runs. */
export interface BooksOfJob {
	job: Job;
	/** The newest first. */
	records: (query: HistoryQuery) => RunRecord[];
	record: (run: string) => RunRecord | undefined;
	details: (run: string, limit: number) => Omit<HistoryDetails, 'row'>;
	close: () => void;
}

/** @throws FirnError as readJobState() */
export function booksOf(file: string): BooksOfJob {
	const { job } = readJobState(file);
	const db = openState(file, 'read');
	return {
		job,
		records: (query) => runRecords(db, query),
		record: (run) => runRecord(db, run),
		details: (id, limit) => {
			const runs = new RunStore(db);
			return {
				problems: runs.problems(runs.numberOf(id)!).slice(0, limit),
				archives: archivesOf(db, id, limit).map(({ partSize: _, ...archive }) => archive),
			};
		},
		close: () => db.close(),
	};
}
