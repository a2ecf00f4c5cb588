/** Whether a state database is that of the job that runs. */

import { type FirnError, usageError } from '../core/errors.ts';
import type { RunBooks } from './run-books.ts';
import type { BackupSpec } from './spec.ts';

/** What another job has stored elsewhere must never count as stored here. @throws FirnError (usage) STATE_OF_OTHER_JOB */
export function refuseOther(books: RunBooks, { job, stateFile }: BackupSpec): void {
	const json = books.runs.getMeta('job');
	if (json === undefined) return;
	const known = JSON.parse(json) as { id: string; destination: { url: string } };
	if (known.id === job.id && known.destination.url === job.destination.url) return;
	throw usageError(
		'STATE_OF_OTHER_JOB',
		`The state database ${stateFile} belongs to another job, which writes to ${known.destination.url}.`,
		'Give this job another name with --job NAME.',
	);
}

/** When there is nothing to go on with. */
export function nothingToResume(job: string): FirnError {
	return usageError('NOTHING_TO_RESUME', `Job ${job} has no interrupted run.`, `Start a new one: firn backup ${job}.`);
}
