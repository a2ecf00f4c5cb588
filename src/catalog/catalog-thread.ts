/** The thread of one piece of work on the catalog. */

import { workerData } from 'node:worker_threads';
import { serveTask } from '../core/task-thread.ts';
import { CatalogTask } from './catalog-task.ts';
import type { CatalogSpec } from './spec.ts';

await serveTask((reporter) => new CatalogTask(workerData as CatalogSpec, reporter));
