import { usageError } from '../core/errors.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Tasks } from './tasks.ts';

/**
 * Pauses backups, lets them go on, changes their workers or their limit; for this run only.
 * @throws FirnError NOTHING_TO_CHANGE, NOT_RUNNING
 */
export function control(params: CheckedRequests['control'], tasks: Tasks): Results['control'] {
	const { job, task, pause, workers, limitUpload } = params;
	if (pause === undefined && workers === undefined && limitUpload === undefined) {
		throw usageError('NOTHING_TO_CHANGE', 'Nothing was said to be changed.', 'Give --workers or --upload.');
	}
	const changed = tasks.adjust(
		{ ...(job === undefined ? {} : { job }), ...(task === undefined ? {} : { task }) },
		{
			...(pause === undefined ? {} : { pause }),
			...(workers === undefined ? {} : { workers }),
			...(limitUpload === undefined ? {} : { limitUpload }),
		},
	);
	if (changed.length > 0) return { tasks: changed };
	const what = job === undefined ? 'No backup' : `No backup of job ${job}`;
	throw usageError('NOT_RUNNING', `${what} is running.`, 'firn status shows what is going on.');
}
