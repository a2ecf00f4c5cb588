import type { Candidate } from '../../../../core/retention.ts';

/** A snapshot that rules may keep or drop. */
export type Run = Candidate;

/** Of the rows that the engine lists of a job's runs, those with a snapshot, oldest first. */
export function snapshotsOf(rows: readonly Record<string, unknown>[]): Run[] {
	return rows.flatMap(({ snapshot, started, status }) => {
		const time = Date.parse(String(started));
		if (typeof snapshot !== 'number' || status === 'dropped' || Number.isNaN(time)) return [];
		return [{ run: snapshot, started: time, isComplete: status === 'complete' }];
	});
}
