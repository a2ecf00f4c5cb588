import { existsSync } from 'node:fs';
import type { Overview } from '../protocol/contract.ts';
import { openState } from '../state/open-state.ts';
import { jobOverview } from '../state/overview.ts';

/** What the state database of a job says at a glance; of one that has never run, nothing. */
export function overview(stateFile: string): Overview {
	if (!existsSync(stateFile)) return { runs: [], archives: 0, storedBytes: 0, files: 0, bytes: 0, snapshots: 0 };
	const db = openState(stateFile, 'read');
	try {
		return jobOverview(db);
	} finally {
		db.close();
	}
}
