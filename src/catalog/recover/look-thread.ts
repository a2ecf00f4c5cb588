/** The thread that looks for jobs in a destination. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../../core/errors.ts';
import { lookForJobs } from './look.ts';
import type { LookSpec } from './spec.ts';

try {
	parentPort!.postMessage({ result: await lookForJobs(workerData as LookSpec) });
} catch (error) {
	parentPort!.postMessage({ error: toFirnError(error).toPlain() });
}
