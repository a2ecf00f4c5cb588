import { hasEncrypted } from '../state/archive-recipients.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';

/** Whether anything in the books of a job is encrypted. @throws FirnError as readJobState() */
export function needsIdentity(stateFile: string): boolean {
	const { job } = readJobState(stateFile);
	if (job.layout === 'mirror') return job.encrypt;
	const state = openState(stateFile, 'read');
	try {
		return hasEncrypted(state);
	} finally {
		state.close();
	}
}
