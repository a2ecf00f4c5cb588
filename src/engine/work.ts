/** Begins long work of any kind, so that the log and the history tell of it. */

import type { TaskKind } from '../core/task.ts';
import type { TaskView } from '../protocol/contract.ts';
import type { History, Noted } from './history.ts';
import type { Log } from './log.ts';
import { TaskLog } from './task-log.ts';
import type { Begin, StartOptions, Tasks } from './tasks.ts';

/** Somebody has asked for it. */
export const BY_HAND = { trigger: 'hand' } as const satisfies Noted;

/**
 * @param noted for the history; undefined: nothing is done but looking
 * @throws FirnError (usage) JOB_BUSY
 */
export type StartWork = (
	kind: TaskKind,
	job: string,
	begin: Begin,
	noted: Noted | undefined,
	options?: Pick<StartOptions, 'thaw' | 'waits'>,
) => TaskView;

export function startingWork(tasks: Tasks, history: History, log: Log): StartWork {
	return (kind, job, begin, noted, options) => {
		const automatic = noted !== undefined && noted.trigger !== BY_HAND.trigger;
		const whole = noted ? history.noting(kind, job, noted, begin) : begin;
		return tasks.start(kind, job, (reporter, id) => logging(new TaskLog(log, kind, job, id), whole)(reporter, id), {
			...options,
			automatic,
		});
	};
}

function logging(said: TaskLog, begin: Begin): Begin {
	return (reporter, id) => {
		const handle = begin(
			{
				progress: (progress) => {
					said.progress(progress);
					reporter.progress(progress);
				},
				event: (event) => {
					said.event(event);
					reporter.event(event);
				},
			},
			id,
		);
		void handle.done.then((summary) => said.ended(summary));
		return handle;
	};
}
