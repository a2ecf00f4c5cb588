import { besideModule } from '../core/beside.ts';
import type { TaskHandle, TaskReporter } from '../core/task.ts';
import { startTaskThread } from '../core/task-thread.ts';
import type { DecryptSpec } from './spec.ts';

/** Starts a decrypt in a thread of its own. */
export function startDecrypt(spec: DecryptSpec, reporter: TaskReporter): TaskHandle {
	return startTaskThread(besideModule(import.meta.url, 'decrypt-thread'), spec, undefined, reporter);
}
