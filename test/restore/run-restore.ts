import type { FileProblem, TaskEvent, TaskSummary } from '../../src/core/task.ts';
import { RestoreRun } from '../../src/restore/restore-run.ts';
import type { RestoreSpec } from '../../src/restore/spec.ts';
import type { HandMadeBackup } from '../support/hand-made-backup.ts';

export interface Restored {
	summary: TaskSummary;
	events: TaskEvent[];
	problems: FileProblem[];
}

/** Restores in this thread (further workers are threads all the same). */
export async function runRestore(
	backup: HandMadeBackup,
	target: string,
	spec: Partial<RestoreSpec> = {},
	onStart?: (run: RestoreRun) => void,
): Promise<Restored> {
	const events: TaskEvent[] = [];
	const run = new RestoreRun(
		{
			stateFile: backup.stateFile,
			paths: [],
			target,
			identities: [backup.identity],
			existing: 'keep',
			dryRun: false,
			workers: 1,
			...spec,
		},
		{ progress: () => {}, event: (event) => events.push(event) },
	);
	onStart?.(run);
	const summary = await run.execute();
	return { summary, events, problems: events.flatMap((event) => (event.event === 'problem' ? [event.problem] : [])) };
}
