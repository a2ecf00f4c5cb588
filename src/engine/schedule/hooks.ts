/** The hooks of a job: what is run around its runs, and what is told of their end. */

import type { Job } from '../../config/job.ts';
import { FirnError } from '../../core/errors.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { HookName } from '../../core/schedule/hook-names.ts';
import { parseSpan } from '../../core/schedule/span.ts';
import { counted, formatSize } from '../../core/sizes.ts';
import type { Adjustment, TaskHandle, TaskProgress, TaskSummary } from '../../core/task.ts';
import type { Log } from '../log.ts';
import type { Begin } from '../tasks.ts';
import { runHook } from './run-hook.ts';

const TIMEOUT_MS = 10 * 60_000;

export class Hooks {
	readonly #log: Log;
	readonly #env: NodeJS.ProcessEnv;

	constructor(log: Log, env: NodeJS.ProcessEnv) {
		this.#log = log;
		this.#env = env;
	}

	/**
	 * A run with the hooks of its job: one whose `before` fails does not begin; `after` runs however it ended, and then
	 * `success` or `failure`. A run that somebody has stopped is neither.
	 */
	around(job: Job, begin: Begin): Begin {
		if (!job.hooks) return begin;
		return (reporter, id) => {
			let handle: TaskHandle | undefined;
			// Of the hook that goes on: one that hangs must not keep a run from being stopped.
			let stop = new AbortController();
			let change: Adjustment = {};
			const work = async (): Promise<TaskSummary> => {
				const error = await this.#run(job, 'before', `Backup of ${job.name} begins.`, {}, id, stop.signal);
				if (stop.signal.aborted) return notBegun('stopped');
				if (error) return notBegun('failed', error);
				handle = begin(reporter, id);
				if (Object.keys(change).length > 0) handle.adjust?.(change);
				return handle.done;
			};
			const done = work().then(async (summary) => {
				const { message, more } = outcome(job.name, summary);
				stop = new AbortController();
				await this.#run(job, 'after', message, more, id, stop.signal);
				// A snapshot that lacks files is not what was wanted.
				const { status } = summary;
				if (status !== 'stopped') void this.#run(job, status === 'complete' ? 'success' : 'failure', message, more, id);
				return summary;
			});
			return {
				done,
				stop: () => {
					stop.abort();
					handle?.stop();
				},
				adjust: (given) => {
					if (handle) handle.adjust?.(given);
					else change = { ...change, ...given };
				},
			};
		};
	}

	/** A run that should have begun by itself could not. */
	refused(job: Job, error: FirnError): void {
		const { message, more } = outcome(job.name, notBegun('failed', error));
		void this.#run(job, 'failure', message, more);
	}

	/**
	 * Tells once when all that a restore has ordered out of cold storage can be read.
	 * @param isFirst whether it has not been told, by an earlier engine either; from then on it has
	 */
	onThaw(job: Job | undefined, begin: Begin, isFirst: () => boolean): Begin {
		if (!job?.hooks?.thaw) return begin;
		return (reporter, id) => {
			let isTold = false;
			return begin(
				{
					...reporter,
					progress: (progress) => {
						reporter.progress(progress);
						const archives = readyArchives(progress);
						if (isTold || archives === 0) return;
						isTold = true;
						if (!isFirst()) return;
						const message = `${counted(archives, 'archive')} of ${job.name} can be read now.`;
						void this.#run(job, 'thaw', message, { archives }, id);
					},
				},
				id,
			);
		};
	}

	/** @returns why it failed; told in the log already */
	async #run(
		job: Job,
		event: HookName,
		message: string,
		more: Record<string, string | number>,
		task?: string,
		stop?: AbortSignal,
	): Promise<FirnError | undefined> {
		const text = job.hooks?.[event];
		if (text === undefined) return undefined;
		const fields = { job: job.name, ...(task === undefined ? {} : { task }) };
		const timeout = job.hooks?.timeout === undefined ? TIMEOUT_MS : parseSpan(job.hooks.timeout);
		const { said, failure } = await runHook(text, { event, job: job.name, message, more }, timeout, this.#env, stop);
		const details = said === '' ? {} : { details: said };
		if (failure === undefined) {
			this.#log('info', `The hook "${event}" of job ${job.name} is done.`, { ...fields, ...details });
			return undefined;
		}
		if (stop?.aborted) {
			this.#log('info', `The hook "${event}" of job ${job.name} ${safePrint(failure)}.`, { ...fields, ...details });
			return undefined;
		}
		const error = new FirnError('HOOK_FAILED', `The hook "${event}" of job ${job.name} ${safePrint(failure)}.`, {
			guidance: `firn log ${job.name} shows what it printed; firn jobs edit ${job.name} changes it.`,
		});
		this.#log('error', error.message, {
			...fields,
			code: error.code,
			effect: event === 'before' ? 'The run does not begin.' : 'The run is as it is.',
			...details,
		});
		return error;
	}
}

/** How many archives have come out of cold storage, once none is awaited any more; those at hand are read meanwhile. */
function readyArchives(progress: TaskProgress): number {
	const thaw = progress.kind === 'restore' ? progress.thaw : undefined;
	return thaw && thaw.settled + thaw.warm === thaw.archives ? thaw.archives - thaw.failed : 0;
}

function notBegun(status: 'failed' | 'stopped', error?: FirnError): TaskSummary {
	const nothing = { run: '', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };
	return { status, ...nothing, ...(error ? { error: error.toPlain() } : {}) };
}

function outcome(job: string, summary: TaskSummary): { message: string; more: Record<string, string | number> } {
	const { status, run, files, bytes, errors, error, details } = summary;
	const size = `${counted(files, 'file')}, ${formatSize(bytes)}`;
	const message = {
		complete: `Backup of ${job} is complete: ${size}.`,
		partial: `Backup of ${job} ended with ${counted(errors, 'problem')}: ${size}.`,
		failed: `Backup of ${job} failed: ${error?.message ?? 'nobody said why.'}`,
		stopped: `Backup of ${job} was stopped.`,
	}[status];
	const news = { new_files: Number(details.newFiles ?? 0), new_bytes: Number(details.newBytes ?? 0) };
	return { message, more: { status, run, files, bytes, errors, ...news } };
}
