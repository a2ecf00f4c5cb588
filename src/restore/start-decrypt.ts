import { besideModule } from '../core/beside.ts';
import type { TaskHandle, TaskReporter } from '../core/task.ts';
import type { DecryptSpec } from './spec.ts';
import { startTaskThread } from './task-thread.ts';

/** Starts a decrypt in a thread of its own. */
export function startDecrypt(spec: DecryptSpec, reporter: TaskReporter): TaskHandle {
	return startTaskThread(besideModule(import.meta.url, 'decrypt-thread'), spec, undefined, reporter);
}
