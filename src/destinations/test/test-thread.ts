/** The thread that tests one destination. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../../core/errors.ts';
import { type TestQuestion, testDestination } from './test-destination.ts';

try {
	parentPort!.postMessage({ result: await testDestination(workerData as TestQuestion) });
} catch (error) {
	parentPort!.postMessage({ error: toFirnError(error).toPlain() });
}
