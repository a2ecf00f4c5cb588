/** The thread of one restore. */

import { workerData } from 'node:worker_threads';
import { RestoreRun } from './restore-run.ts';
import type { RestoreSpec } from './spec.ts';
import { serveTask } from './task-thread.ts';

await serveTask((reporter) => new RestoreRun(workerData as RestoreSpec, reporter));
