/** The thread of one decrypt. */

import { workerData } from 'node:worker_threads';
import { serveTask } from '../core/task-thread.ts';
import { DecryptRun } from './decrypt/decrypt-run.ts';
import type { DecryptSpec } from './spec.ts';

await serveTask((reporter) => new DecryptRun(workerData as DecryptSpec, reporter));
