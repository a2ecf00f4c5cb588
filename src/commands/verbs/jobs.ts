/** Jobs and their settings. */

import type { Verb } from '../verb.ts';
import { collect, DESTINATION, jobOptions, retentionOptions, scheduleOptions } from './options.ts';

export function jobVerbs(verb: Verb): void {
	const jobs = verb('jobs', 'list, add, change and remove jobs', async () => (await import('../jobs.ts')).jobs);
	verb('list', 'list the jobs', async () => (await import('../jobs.ts')).jobs, jobs);
	retentionOptions(
		scheduleOptions(
			jobOptions(
				verb(
					'add <name> <source...>',
					'make a job without running it',
					async () => (await import('../job-edits.ts')).addJob,
					jobs,
				),
			),
		),
	)
		.option('--no-catch-up', 'leave out runs that were missed')
		.requiredOption('--to <destination>', DESTINATION);
	// The ways back come first, so that the options of all jobs have no default here: what is not given stays.
	retentionOptions(
		scheduleOptions(
			jobOptions(
				verb(
					'edit <name>',
					'change a job without running it',
					async () => (await import('../job-edits.ts')).editJob,
					jobs,
				)
					.option('--source <path>', 'back up this instead (can be repeated)', collect)
					.option('--forget <path>', 'drop a path that was backed up by name (can be repeated)', collect)
					.option('--default-excludes', 'leave out system clutter again')
					.option('--add-recipient <age1…>', 'encrypt new archives for this recipient too (can be repeated)', collect)
					.option('--remove-recipient <age1…>', 'no longer encrypt for this recipient (can be repeated)', collect)
					.option('--catch-up', 'make up for runs that were missed again'),
			),
		),
	)
		.option('--no-catch-up', 'leave out runs that were missed')
		.option('--no-schedule', 'begin by hand only')
		.option('--no-prune-after-run', 'prune by hand only')
		.option('--no-jitter', 'begin at the time itself')
		.option('--no-window', 'work at any time')
		.option('--no-hooks', 'take all hooks away')
		.option('--no-credentials', 'use the credentials of the AWS tools again')
		.option('--no-exclude', 'drop the patterns of the job')
		.option('--no-exclude-developer', 'back up node_modules, .venv, __pycache__ and .git again')
		.option('--no-one-file-system', 'enter other file systems again');
	verb(
		'export [name]',
		'print the settings of a job, or of all, as JSON; their hooks are among them, keys are not',
		async () => (await import('../job-transfer.ts')).exportJobs,
		jobs,
	).option('--to <file>', 'write them to this new file instead');
	verb(
		'import <file>',
		'make jobs of what export has written (- for stdin); they store apart from those they were made of',
		async () => (await import('../job-transfer.ts')).importJobs,
		jobs,
	);
	verb(
		'enable <name>',
		'let a job begin by itself again, by its schedule',
		async () => async (context, args) => (await import('../enable-job.ts')).enableJob(context, args, true),
		jobs,
	);
	verb(
		'disable <name>',
		'let a job begin by hand only; its schedule is kept',
		async () => async (context, args) => (await import('../enable-job.ts')).enableJob(context, args, false),
		jobs,
	);
	verb(
		'remove <name>',
		'forget a job; what it has written stays',
		async () => (await import('../job-edits.ts')).removeJob,
		jobs,
	);
}
