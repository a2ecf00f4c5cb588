/** The thread of one decrypt. */

import { workerData } from 'node:worker_threads';
import { DecryptRun } from './decrypt/decrypt-run.ts';
import type { DecryptSpec } from './spec.ts';
import { serveTask } from './task-thread.ts';

await serveTask((reporter) => new DecryptRun(workerData as DecryptSpec, reporter));
