import { besideModule } from '../core/beside.ts';
import type { TaskHandle, TaskReporter } from '../core/task.ts';
import { startTaskThread } from '../core/task-thread.ts';
import type { RestoreSpec } from './spec.ts';

/** Starts a restore in a thread of its own. */
export function startRestore(spec: RestoreSpec, reporter: TaskReporter): TaskHandle {
	const { env, ...data } = spec;
	return startTaskThread(besideModule(import.meta.url, 'restore-thread'), data, env, reporter);
}
