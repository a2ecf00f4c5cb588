/** The thread that rebuilds a state database. */

import { workerData } from 'node:worker_threads';
import { serveTask } from '../../core/task-thread.ts';
import { Rebuild } from './rebuild.ts';
import type { RecoverSpec } from './spec.ts';

await serveTask((reporter) => new Rebuild(workerData as RecoverSpec, reporter));
