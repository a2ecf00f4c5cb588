import { toFirnError } from '../core/errors.ts';
import type { Adjustment, TaskHandle, TaskKind, TaskSummary } from '../core/task.ts';
import type { Begin } from './tasks.ts';

/** Other work of the job that has to end first. */
export interface Ahead {
	kind: TaskKind;
	/** Nobody has asked for it: the rules or the schedule of the job have. */
	automatic: boolean;
	/** Resolves when it counts as ended. */
	ended: Promise<unknown>;
}

/**
 * Work that begins once nothing is ahead of it any more, and says meanwhile what it waits for.
 * @param ahead what is, of the task with this id
 */
export function inTurn(ahead: (id: string) => Ahead | undefined, begin: Begin): Begin {
	return (reporter, id) => {
		if (!ahead(id)) return begin(reporter, id);
		let handle: TaskHandle | undefined;
		let change: Adjustment = {};
		const stop = Promise.withResolvers<void>();
		let isStopped = false;
		const work = async (): Promise<TaskSummary> => {
			// Nothing can be said of a task before it is there.
			await Promise.resolve();
			for (let one = ahead(id); one; one = ahead(id)) {
				reporter.event({ event: 'queued', reason: `waits for the ${nameOf(one)}` });
				await Promise.race([one.ended, stop.promise]);
				if (isStopped) return NOT_BEGUN;
			}
			reporter.event({ event: 'turn' });
			handle = begin(reporter, id);
			if (Object.keys(change).length > 0) handle.adjust?.(change);
			return handle.done;
		};
		return {
			done: work().catch((thrown: unknown) => ({
				...NOT_BEGUN,
				status: 'failed',
				errors: 1,
				error: toFirnError(thrown).toPlain(),
			})),
			stop: () => {
				isStopped = true;
				stop.resolve();
				handle?.stop();
			},
			adjust: (given) => {
				if (handle) handle.adjust?.(given);
				else change = { ...change, ...given };
			},
		};
	};
}

const NOT_BEGUN: TaskSummary = {
	status: 'stopped',
	run: '',
	files: 0,
	bytes: 0,
	archives: 0,
	errors: 0,
	details: {},
};

function nameOf({ kind, automatic }: Ahead): string {
	if (!automatic) return `${kind} that goes on`;
	return kind === 'prune' ? 'prune after the run before' : `${kind} that began by itself`;
}
