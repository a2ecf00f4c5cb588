/** A mirror of `root`/source in `root`/destination, run in this process. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { MirrorRun } from '../../src/backup/mirror/mirror-run.ts';
import type { BackupSpec } from '../../src/backup/spec.ts';
import type { Job } from '../../src/config/job.ts';
import type { TaskEvent, TaskSummary } from '../../src/core/task.ts';
import { makeTestBackup } from './campaign/spec.ts';

export interface MirrorCase {
	spec: BackupSpec;
	source: string;
	destination: string;
	/** Where the source lies in the destination. */
	mirror: string;
	run: (change?: Partial<BackupSpec>) => Promise<TaskSummary & { events: TaskEvent[] }>;
	/** What rsync would have to do to make the mirror the same, a line each. */
	differences: () => string[];
}

export function mirrorCase(root: string, job: Partial<Job> = {}): MirrorCase {
	const { spec, source } = makeTestBackup(root, { layout: 'mirror', encrypt: false, ...job });
	const destination = spec.job.destination.url;
	const mirror = join(destination, 'source');
	return {
		spec,
		source,
		destination,
		mirror,
		run: async (change = {}) => {
			const events: TaskEvent[] = [];
			const reporter = { progress: () => {}, event: (event: TaskEvent) => void events.push(event) };
			return { ...(await new MirrorRun({ ...spec, ...change }, reporter).execute()), events };
		},
		differences: () => {
			const args = ['-aHni', '--checksum', '--delete', `${source}/`, `${mirror}/`];
			return execFileSync('rsync', args, { encoding: 'latin1' }).split('\n').filter(Boolean);
		},
	};
}
