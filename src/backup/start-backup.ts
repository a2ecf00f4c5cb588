import { Worker } from 'node:worker_threads';
import { besideModule } from '../core/beside.ts';
import { type PlainError, toFirnError } from '../core/errors.ts';
import type { Adjustment, TaskEvent, TaskHandle, TaskProgress, TaskReporter, TaskSummary } from '../core/task.ts';
import type { BackupSpec } from './spec.ts';

/** What the thread of a run says to the engine. */
export type FromRunThread =
	| { type: 'progress'; progress: TaskProgress }
	| { type: 'event'; event: TaskEvent }
	| { type: 'done'; summary: TaskSummary };

export type ToRunThread = { type: 'stop' } | { type: 'adjust'; change: Adjustment };

/** Starts a backup run in a thread of its own. */
export function startBackup(spec: BackupSpec, reporter: TaskReporter): TaskHandle {
	const { env, ...data } = spec;
	const worker = new Worker(besideModule(import.meta.url, 'run-thread'), {
		workerData: data,
		// What is planned lives shortly; more young space would only be memory.
		resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 },
		env: { ...process.env, ...env } as Record<string, string>,
	});
	const done = new Promise<TaskSummary>((resolve) => {
		worker.on('message', (message: FromRunThread) => {
			if (message.type === 'progress') reporter.progress(message.progress);
			else if (message.type === 'event') reporter.event(message.event);
			else resolve(message.summary);
		});
		worker.on('error', (error) => resolve(failedSummary(toFirnError(error).toPlain())));
		worker.on('exit', () => resolve(failedSummary(DIED)));
	});
	const tell = (message: ToRunThread) => worker.postMessage(message);
	return { done, stop: () => tell({ type: 'stop' }), adjust: (change) => tell({ type: 'adjust', change }) };
}

const DIED: PlainError = {
	code: 'RUN_DIED',
	message: 'The thread of the run ended unexpectedly.',
	guidance: 'Run firn resume: it goes on from the last acknowledged part.',
	retry: 'later',
	kind: 'failure',
};

/** The last word of a run that could not speak for itself. */
export function failedSummary(error: PlainError): TaskSummary {
	return { status: 'failed', run: '', files: 0, bytes: 0, archives: 0, errors: 1, details: {}, error };
}
