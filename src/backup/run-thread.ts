/** The thread of one backup run. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import type { TaskReporter } from '../core/task.ts';
import type { BackupSpec } from './spec.ts';
import { type FromRunThread, failedSummary, type ToRunThread } from './start-backup.ts';

const port = parentPort!;
const say = (message: FromRunThread) => port.postMessage(message);

const spec = workerData as BackupSpec;
const reporter: TaskReporter = {
	progress: (progress) => say({ type: 'progress', progress }),
	event: (event) => say({ type: 'event', event }),
};
const run = await open();
port.on('message', (message: ToRunThread) => {
	if (message.type === 'stop') run.stop();
	else run.adjust(message.change);
});
const summary = await run.execute().catch((error: unknown) => failedSummary(toFirnError(error).toPlain()));
say({ type: 'done', summary });
port.close();

async function open() {
	if (spec.job.layout === 'mirror') return new (await import('./mirror/mirror-run.ts')).MirrorRun(spec, reporter);
	if (spec.dryRun) return new (await import('./dry-run.ts')).DryRun(spec, reporter);
	return new (await import('./run.ts')).BackupRun(spec, reporter);
}
