/** Makes, changes and forgets jobs without running them. */

import { existsSync, lstatSync } from 'node:fs';
import { refuseShared } from '../backup/mirror/shared-places.ts';
import { normalizeSources } from '../backup/scan/scan.ts';
import type { ConfigFile } from '../config/config-file.ts';
import { type Job, jobSchema } from '../config/job.ts';
import { usageError } from '../core/errors.ts';
import { fsPath } from '../core/path-bytes.ts';
import { safePrint } from '../core/safe-print.ts';
import { HOOKS } from '../core/schedule/hook-names.ts';
import { BY_HAND } from '../core/schedule/trigger.ts';
import type { WatchView } from '../core/schedule/watch-view.ts';
import type { JobView, Results, ScheduleView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { changedJob, type Here, jobUnknown, realPath, resolveJob } from './job-request.ts';
import { forget } from './named-paths.ts';
import { keyTrouble } from './schedule/own-keys.ts';
import type { Tasks } from './tasks.ts';

/**
 * Makes or changes a job; all of it or nothing.
 * @throws FirnError (usage) JOB_EXISTS, JOB_UNKNOWN, DEST_CHANGED, BAD_JOB_NAME,
 * SOURCE_MISSING, NO_DESTINATION, MIRROR_PLACE_TAKEN, and those of resolveJob()
 */
export async function saveJob(
	params: CheckedRequests['saveJob'],
	config: ConfigFile,
	here: Here,
	nextRun: (job: Job) => number | null,
): Promise<Results['saveJob']> {
	const { job, created, notes, changed } = await (params.create
		? newJob(params, config, here)
		: edited(params, config, here));
	if (created || params.sources) refuseShared(job, config.jobs(), realPath);
	if (changed) config.save(job);
	const trouble = keyTrouble(job);
	const told = [...notes];
	if (trouble) told.push(`${trouble.message} ${trouble.guidance}`);
	if (params.options.pruneAfterRun && !job.keep) {
		told.push(`Nothing is pruned before it has rules: firn jobs edit ${job.name} --keep-last 5 keeps the newest five.`);
	}
	return { job: jobView(job, nextRun(job)), created, notes: told };
}

async function newJob(params: CheckedRequests['saveJob'], config: ConfigFile, here: Here) {
	const { name, sources, to, cwd, options } = params;
	if (!jobSchema.shape.name.safeParse(name).success) {
		throw usageError(
			'BAD_JOB_NAME',
			`A job cannot be called "${name}".`,
			'Use letters, digits, dots, dashes and underscores, 64 at most, with a letter or digit first.',
		);
	}
	if (config.job(name)) {
		throw usageError('JOB_EXISTS', `There is a job ${name} already.`, `firn jobs edit ${name} changes it.`);
	}
	if (!sources) throw usageError('SOURCE_MISSING', 'No source was given.', 'Name a folder or file.');
	if (to === undefined) {
		throw usageError(
			'NO_DESTINATION',
			`Where should job ${name} write to?`,
			'Give a folder or s3://BUCKET/PREFIX with --to.',
		);
	}
	const request = { job: name, sources, to, cwd, options, ...ONLY_SAVED, env: {} };
	return { ...(await resolveJob(request, config, here)), created: true };
}

/** What is no part of a job. */
const ONLY_SAVED = { full: false, checksum: false, confirmDeletions: 0, dryRun: false };

async function edited(params: CheckedRequests['saveJob'], config: ConfigFile, here: Here) {
	const { name, sources, to, cwd, options, forget: dropped } = params;
	const job = config.job(name);
	if (!job) throw jobUnknown(name, config);
	if (to !== undefined && to !== job.destination.url) {
		throw usageError(
			'DEST_CHANGED',
			`Job ${name} writes to ${job.destination.url}; that cannot be changed.`,
			'Make another job for another destination.',
		);
	}
	const wanted = sources === undefined ? job.sources : editedSources(sources, job, cwd);
	const kept = dropped ? forget(job, dropped, cwd) : job;
	const resolved = await changedJob(kept, wanted, { options, dryRun: false }, here);
	if (!dropped) return resolved;
	const note = `The next run of all of job ${name} takes ${dropped.map((path) => safePrint(path)).join(', ')} out.`;
	return { ...resolved, changed: true, notes: [...resolved.notes, note] };
}

/** A source that the job has already may be away for the moment, such as a disk that is not mounted. */
function editedSources(sources: string[], job: Job, cwd: string): string[] {
	const away = sources.filter((source) => job.sources.includes(source) && !isThere(source));
	const there = sources.filter((source) => !away.includes(source));
	return [...(there.length > 0 || away.length === 0 ? normalizeSources(there, cwd) : []), ...away];
}

function isThere(path: string): boolean {
	try {
		return lstatSync(fsPath(path), { throwIfNoEntry: false }) !== undefined;
	} catch {
		// It is there and cannot be looked at: normalizeSources() says so.
		return true;
	}
}

/** @throws FirnError (usage) JOB_UNKNOWN, JOB_BUSY */
export function removeJob(name: string, config: ConfigFile, tasks: Tasks, stateFile: string): Results['removeJob'] {
	const job = config.job(name);
	if (!job) throw jobUnknown(name, config);
	if (tasks.isActive(name)) {
		throw usageError('JOB_BUSY', `Job ${name} is at work.`, `firn stop ${name} stops it.`);
	}
	config.remove(job.id);
	return { name, destination: job.destination.url, ...(existsSync(stateFile) ? { stateFile } : {}) };
}

/** A job as clients see it. @param nextRun ms since 1970; null: not by itself */
export function jobView(job: Job, nextRun: number | null, watch?: WatchView): JobView {
	const { name, id, sources, destination, layout, compression, encrypt, recipients } = job;
	const { excludes, excludeSystem, excludeDeveloper, oneFileSystem } = job;
	const selection = { excludes, excludeSystem, excludeDeveloper, oneFileSystem };
	const schedule: ScheduleView = {
		trigger: job.trigger ?? BY_HAND,
		...(job.jitter === undefined ? {} : { jitter: job.jitter }),
		...(job.window === undefined ? {} : { window: job.window }),
		catchUp: job.catchUp ?? true,
		enabled: job.enabled ?? true,
		hooks: HOOKS.filter((hook) => job.hooks?.[hook] !== undefined),
		...(job.hooks?.timeout === undefined ? {} : { hookTimeout: job.hooks.timeout }),
		nextRun,
		...(watch ? { watch } : {}),
	};
	const view = { name, id, sources, destination: destination.url, layout, compression, encrypted: encrypt, recipients };
	const { extras, deletions, keep, pruneAfterRun, workers, limitUpload } = job;
	const more = {
		...(extras ? { extras } : {}),
		...(deletions ? { deletions } : {}),
		...(keep ? { keep } : {}),
		...(pruneAfterRun === undefined ? {} : { pruneAfterRun }),
	};
	return { ...view, ...more, workers, limitUpload, ...selection, schedule };
}
