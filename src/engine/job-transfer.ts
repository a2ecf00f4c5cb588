/** Jobs as text, to be kept or taken to another machine: without keys, but with their hooks. */

import { type ConfigFile, readJobs } from '../config/config-file.ts';
import type { Job } from '../config/job.ts';
import { usageError } from '../core/errors.ts';
import { newJobId } from '../core/ids.ts';
import { HOOKS } from '../core/schedule/hook-names.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { jobUnknown } from './job-request.ts';
import { foreignNote } from './recipients.ts';

/** @throws FirnError (usage) JOB_UNKNOWN */
export function exportJobs({ name }: CheckedRequests['exportJobs'], config: ConfigFile): Results['exportJobs'] {
	const jobs = config.jobs().filter((job) => name === undefined || job.name === name);
	if (name !== undefined && jobs.length === 0) throw jobUnknown(name, config);
	return { content: `${JSON.stringify({ version: 1, jobs }, undefined, '\t')}\n` };
}

/**
 * Takes in all jobs of an export, or none. Each gets an id of its own: two machines that wrote to one folder of a
 * destination would not know of each other's runs.
 * @param isTaken whether there are books of a job of that name
 * @param recipients of the identities that are kept here
 * @throws FirnError (usage) CONFIG_BROKEN, JOB_EXISTS
 */
export async function importJobs(
	{ content, source }: CheckedRequests['importJobs'],
	config: ConfigFile,
	isTaken: (name: string) => boolean,
	recipients: string[],
): Promise<Results['importJobs']> {
	const jobs = readJobs(content, source);
	for (const { name } of jobs) {
		if (config.job(name) || isTaken(name)) {
			throw usageError(
				'JOB_EXISTS',
				`There is a job ${name} here already, or its books are.`,
				`Nothing was taken in. Give it another name in ${source}.`,
			);
		}
	}
	const created = new Date().toISOString();
	const taken = jobs.map((job): Job => ({ ...job, id: newJobId(), created }));
	config.add(taken);
	return {
		jobs: taken.map((job) => {
			const note = foreignNote(job, recipients);
			const hooks = HOOKS.flatMap((hook) => job.hooks?.[hook] ?? []);
			return { name: job.name, hooks, notes: note === undefined ? [] : [note] };
		}),
	};
}
