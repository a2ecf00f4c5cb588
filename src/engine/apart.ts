/** Which work of a job does not go on beside which, and what is said to who asks for it. */

import { type FirnError, usageError } from '../core/errors.ts';
import type { TaskKind } from '../core/task.ts';
import type { TaskView } from '../protocol/contract.ts';

/** What must not go on at the same time for a job, besides two of a kind: both write its books, or one reads what the other deletes. */
const APART: Partial<Record<TaskKind, readonly TaskKind[]>> = {
	backup: ['sync', 'delete', 'prune'],
	sync: ['backup', 'delete', 'prune'],
	delete: ['backup', 'sync', 'prune', 'restore', 'verify'],
	prune: ['backup', 'sync', 'delete', 'restore', 'verify'],
	restore: ['delete', 'prune'],
	verify: ['delete', 'prune'],
};

export function areApart(one: TaskKind, other: TaskKind): boolean {
	return APART[one]?.includes(other) ?? false;
}

/** Work that goes on, or waits to begin. */
interface Busy {
	view: TaskView;
	automatic: boolean;
	queued?: string | undefined;
}

/** Why work of a kind cannot begin now. */
export function jobBusy(kind: TaskKind, { view, automatic, queued }: Busy): FirnError {
	const { job } = view;
	if (automatic && view.kind === 'prune') {
		return usageError(
			'JOB_BUSY',
			`The rules of job ${job} prune its snapshots after a run: a ${kind} has to wait for the end of that.`,
			'It ends by itself: try again then. firn status shows it.',
		);
	}
	const goesOn = queued === undefined ? 'is running already' : 'waits already';
	return usageError(
		'JOB_BUSY',
		view.kind === kind
			? `A ${kind} of job ${job} ${goesOn}.`
			: `A ${view.kind} of job ${job} is running: a ${kind} has to wait for its end.`,
		`firn status shows it, firn stop ${job} stops it.`,
	);
}
