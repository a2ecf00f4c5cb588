/** The thread of one restore. */

import { workerData } from 'node:worker_threads';
import { serveTask } from '../core/task-thread.ts';
import { RestoreRun } from './restore-run.ts';
import type { RestoreSpec } from './spec.ts';

await serveTask((reporter) => new RestoreRun(workerData as RestoreSpec, reporter));
