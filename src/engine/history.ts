import { existsSync } from 'node:fs';
import { FirnError } from '../core/errors.ts';
import type { HistoryRow, Results } from '../protocol/contract.ts';
import { runHistory } from '../state/history.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';

/**
 * What came of the newest runs, of one job or of all.
 * @param files the state databases
 * @returns `problems`: of those that cannot be read, so that one does not hide the others
 */
export function history(files: string[], limit: number): Results['history'] {
	const runs: HistoryRow[] = [];
	const problems: Results['history']['problems'] = [];
	for (const file of files) {
		try {
			runs.push(...historyOf(file, limit));
		} catch (error) {
			if (!(error instanceof FirnError)) throw error;
			// Its first run has only just begun.
			if (error.code !== 'STATE_EMPTY') problems.push(error.toPlain());
		}
	}
	return { runs: runs.sort((a, b) => b.started - a.started).slice(0, limit), problems };
}

function historyOf(file: string, limit: number): HistoryRow[] {
	// A job that has never run has none yet.
	if (!existsSync(file)) return [];
	const { job } = readJobState(file);
	const db = openState(file, 'read');
	try {
		return runHistory(db, limit).map((row) => ({
			job: job.name,
			...row,
			key: `${job.destination.url}/${job.id}/${row.run}`,
		}));
	} finally {
		db.close();
	}
}
