import { mayAgree } from '../../deletions/held.ts';
import type { Binding } from '../../keys/binding.ts';
import { isOnDrive } from '../../sign-in/of-job.ts';
import type { AppState } from '../../state.ts';
import { jobState, selectedJob } from './job-rows.ts';

const withJob = (app: AppState): true | string => (selectedJob(app) ? true : 'There is no job yet: a makes one.');

function isActive(app: AppState): boolean {
	const job = selectedJob(app);
	return job !== undefined && jobState(app, job.name).active;
}

function hasRules(app: AppState): true | string {
	const job = selectedJob(app);
	if (job?.layout === 'mirror') return 'A mirror has no snapshots.';
	return job && !job.keep ? `${job.name} keeps all snapshots: e sets rules.` : withJob(app);
}

export const JOBS_BINDINGS: readonly Binding[] = [
	{
		id: 'jobs.start',
		scope: 'jobs',
		keys: ['s'],
		label: 'start',
		help: 'Start a backup of the job, or go on with an interrupted one.',
		hint: 2,
		when: (app) => (isActive(app) ? 'It is running already: enter shows it.' : withJob(app)),
	},
	{
		id: 'jobs.stop',
		scope: 'jobs',
		keys: ['x'],
		label: 'stop',
		help: 'Stop what is going on; what is stored is kept, s goes on with it.',
		dangerous: true,
		hint: 3,
		when: (app) => (isActive(app) ? true : 'Nothing of this job is running.'),
	},
	{
		id: 'jobs.paths',
		scope: 'jobs',
		keys: ['b'],
		label: 'back up paths now',
		help: 'Back up just some files and folders at once with the job, also ones outside of its sources; or drop them here.',
		when: withJob,
	},
	{ id: 'jobs.add', scope: 'jobs', keys: ['a'], label: 'add', help: 'Make a new job.', hint: 4 },
	{
		id: 'jobs.edit',
		scope: 'jobs',
		keys: ['e'],
		label: 'edit',
		help: 'Change when the job begins, what it keeps, and its other settings.',
		hint: 5,
		when: withJob,
	},
	{
		id: 'jobs.restore',
		scope: 'jobs',
		keys: ['r'],
		label: 'restore',
		help: 'Get files of the job back.',
		hint: 6,
		when: withJob,
	},
	{
		id: 'jobs.enable',
		scope: 'jobs',
		keys: ['p'],
		label: 'enable or disable',
		help: 'Whether the job begins by itself; its schedule stays as it is.',
		when: withJob,
	},
	{
		id: 'jobs.signIn',
		scope: 'jobs',
		keys: ['L'],
		label: 'sign in',
		help: 'Sign in to Google Drive anew, for the account of the job; what waits for it goes on.',
		when: (app) => isOnDrive(app, selectedJob(app)?.name),
	},
	{
		id: 'jobs.details',
		scope: 'jobs',
		keys: ['i'],
		label: 'details',
		help: 'All that is known of the job, or the list again.',
		hint: 7,
		when: withJob,
	},
	{
		id: 'jobs.deletions',
		scope: 'jobs',
		keys: ['A'],
		label: 'agree to deletions',
		help: 'See what a mirror has held back because its source has lost so much, and agree to it or not.',
		dangerous: true,
		hint: 1,
		when: (app) => mayAgree(app, selectedJob(app)?.name),
	},
	{
		id: 'jobs.prune',
		scope: 'jobs',
		keys: ['P'],
		label: 'prune',
		help: 'Drop the snapshots that the rules of the job do not keep; what goes is shown first.',
		dangerous: true,
		when: hasRules,
	},
	{
		id: 'jobs.remove',
		scope: 'jobs',
		keys: ['D'],
		label: 'remove',
		help: 'Remove the job; its archives stay where they are.',
		dangerous: true,
		when: withJob,
	},
];
