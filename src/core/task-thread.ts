/** Long work in a thread of its own: both ends of the line between the engine and the thread. */

import { parentPort, Worker } from 'node:worker_threads';
import { type PlainError, toFirnError } from './errors.ts';
import type { TaskEvent, TaskHandle, TaskProgress, TaskReporter, TaskSummary } from './task.ts';

type FromThread =
	| { type: 'progress'; progress: TaskProgress }
	| { type: 'event'; event: TaskEvent }
	| { type: 'done'; summary: TaskSummary };

/** What dies young here are buffers, which are big outside of the heap: often collected, they need a third of the memory. */
export const LITTLE_GARBAGE = { maxYoungGenerationSizeMb: 6 };

type ToThread = { type: 'stop' } | { type: 'renew'; env: Record<string, string> };

/** What runs in the thread. */
export interface ThreadTask {
	execute(): Promise<TaskSummary>;
	stop(): void;
	/** Other credentials in place of those it has: what waits for them goes on. */
	renew?(env: Record<string, string>): void;
}

/**
 * Starts a thread that calls serveTask().
 * @param env added to the environment of the thread
 */
export function startTaskThread(
	module: URL,
	spec: object,
	env: Record<string, string> | undefined,
	reporter: TaskReporter,
): TaskHandle {
	const worker = new Worker(module, {
		workerData: spec,
		env: { ...process.env, ...env } as Record<string, string>,
		resourceLimits: LITTLE_GARBAGE,
	});
	const done = new Promise<TaskSummary>((resolve) => {
		worker.on('message', (message: FromThread) => {
			if (message.type === 'progress') reporter.progress(message.progress);
			else if (message.type === 'event') reporter.event(message.event);
			else resolve(message.summary);
		});
		worker.on('error', (error) => resolve(failedSummary(toFirnError(error).toPlain())));
		worker.on('exit', () => resolve(failedSummary(DIED)));
	});
	const tell = (message: ToThread) => worker.postMessage(message);
	return { done, stop: () => tell({ type: 'stop' }), renew: (env) => tell({ type: 'renew', env }) };
}

/** The thread's side: runs the task that `make` gives, and tells how it goes. */
export async function serveTask(make: (reporter: TaskReporter) => ThreadTask): Promise<void> {
	const port = parentPort!;
	const say = (message: FromThread) => port.postMessage(message);
	const task = make({
		progress: (progress) => say({ type: 'progress', progress }),
		event: (event) => say({ type: 'event', event }),
	});
	port.on('message', (message: ToThread) => {
		if (message.type === 'stop') task.stop();
		else task.renew?.(message.env);
	});
	const summary = await task.execute().catch((error: unknown) => failedSummary(toFirnError(error).toPlain()));
	say({ type: 'done', summary });
	port.close();
}

const DIED: PlainError = {
	code: 'WORK_DIED',
	message: 'The thread of the work ended unexpectedly.',
	guidance: 'Start it again: it goes on with what is missing.',
	retry: 'later',
	kind: 'failure',
};

function failedSummary(error: PlainError): TaskSummary {
	return { status: 'failed', run: '', files: 0, bytes: 0, archives: 0, errors: 1, details: {}, error };
}
