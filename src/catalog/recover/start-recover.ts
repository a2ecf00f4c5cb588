import { besideModule } from '../../core/beside.ts';
import type { TaskHandle, TaskReporter } from '../../core/task.ts';
import { startTaskThread } from '../../core/task-thread.ts';
import type { RecoverSpec } from './spec.ts';

/** Starts rebuilding the state database of a job in a thread of its own. */
export function startRecover(spec: RecoverSpec, reporter: TaskReporter): TaskHandle {
	const { env, ...data } = spec;
	return startTaskThread(besideModule(import.meta.url, 'recover-thread'), data, env, reporter);
}
