import { hasEncrypted } from '../state/archive-recipients.ts';
import { openState } from '../state/open-state.ts';

/** Whether anything in the books of a job is encrypted. @throws FirnError as openState() */
export function needsIdentity(stateFile: string): boolean {
	const state = openState(stateFile, 'read');
	try {
		return hasEncrypted(state);
	} finally {
		state.close();
	}
}
