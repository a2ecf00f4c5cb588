/** The thread of one backup run. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { BackupRun } from './run.ts';
import type { BackupSpec } from './spec.ts';
import { type FromRunThread, failedSummary, type ToRunThread } from './start-backup.ts';

const port = parentPort!;
const say = (message: FromRunThread) => port.postMessage(message);

const run = new BackupRun(workerData as BackupSpec, {
	progress: (progress) => say({ type: 'progress', progress }),
	event: (event) => say({ type: 'event', event }),
});
port.on('message', (message: ToRunThread) => {
	if (message.type === 'stop') run.stop();
	else run.adjust(message.change);
});
const summary = await run.execute().catch((error: unknown) => failedSummary(toFirnError(error).toPlain()));
say({ type: 'done', summary });
port.close();
