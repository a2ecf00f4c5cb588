import { besideModule } from '../core/beside.ts';
import type { TaskHandle, TaskReporter } from '../core/task.ts';
import { startTaskThread } from '../core/task-thread.ts';
import type { CatalogSpec } from './spec.ts';

/** Starts work on the catalog of a job in a thread of its own. */
export function startCatalog(spec: CatalogSpec, reporter: TaskReporter): TaskHandle {
	const { env, ...data } = spec;
	return startTaskThread(besideModule(import.meta.url, 'catalog-thread'), data, env, reporter);
}
