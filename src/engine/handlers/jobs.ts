import { existsSync } from 'node:fs';
import type { JobsResults } from '../../protocol/requests/jobs.ts';
import { firstSteps } from '../first-steps.ts';
import { jobView, removeJob, saveJob } from '../job-edits.ts';
import { exportJobs, importJobs } from '../job-transfer.ts';
import { overview } from '../overview.ts';
import type { Parts } from '../parts.ts';
import type { Handlers } from './handlers.ts';

export function jobsHandlers({
	options,
	config,
	secrets,
	scheduler,
	watches,
	tasks,
	files,
}: Parts): Handlers<keyof JobsResults> {
	return {
		jobs: () => ({ jobs: config.jobs().map((job) => jobView(job, scheduler.next(job), watches.view(job))) }),
		saveJob: async (params) => {
			const here = { paths: options.paths, secrets };
			const saved = await saveJob(params, config, here, (job) => scheduler.next(job));
			scheduler.changed();
			return saved;
		},
		removeJob: ({ name }) => removeJob(name, config, tasks, files.named(name)),
		exportJobs: (params) => exportJobs(params, config),
		importJobs: async (params) => {
			const isTaken = (name: string) => existsSync(files.named(name));
			const imported = await importJobs(params, config, isTaken, secrets.recipients());
			scheduler.changed();
			return imported;
		},
		overview: ({ job }) => overview(files.of(job)),
		firstSteps: ({ cwd }) => firstSteps(cwd),
	};
}
