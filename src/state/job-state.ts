import { type Job, jobSchema } from '../config/job.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { openState } from './open-state.ts';
import { type RunRow, RunStore } from './run-store.ts';

export interface JobState {
	file: string;
	/** The job as its last run had it. */
	job: Job;
	/** A run that can be resumed. */
	unfinished: RunRow | undefined;
}

/**
 * Whose state database a file is, and whether a run of it is unfinished.
 * @throws FirnError as openState(); STATE_EMPTY when no run has begun in it
 */
export function readJobState(file: string): JobState {
	const db = openState(file, 'read');
	try {
		const runs = new RunStore(db);
		const json = runs.getMeta('job');
		const job = json === undefined ? undefined : jobSchema.safeParse(JSON.parse(json));
		if (!job?.success) {
			throw usageError(
				'STATE_EMPTY',
				`No run has begun in the state database ${file}.`,
				'Run the job first: firn backup JOB.',
			);
		}
		return { file, job: job.data, unfinished: runs.unfinished() };
	} catch (error) {
		if (error instanceof FirnError) throw error;
		throw new FirnError('STATE_CORRUPT', `The state database ${file} cannot be read: ${(error as Error).message}.`, {
			kind: 'usage',
			cause: error,
		});
	} finally {
		db.close();
	}
}
