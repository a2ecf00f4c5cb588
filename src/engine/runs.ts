/** What the engine does about runs as people ask for them: begins them, lets them go on, tells of them, stops them. */

import type { ConfigFile } from '../config/config-file.ts';
import type { Paths } from '../config/paths.ts';
import { usageError } from '../core/errors.ts';
import { signInOf } from '../destinations/gdrive/sign-in.ts';
import type { Results, TaskView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { type JobState, readJobState } from '../state/job-state.ts';
import type { Backups } from './backups.ts';
import { hasCredentials } from './has-credentials.ts';
import { jobUnknown, resolveJob, withChanges } from './job-request.ts';
import { refuseForOtherLayout } from './mirror-jobs.ts';
import { type StateFiles, stateIfSound } from './state-files.ts';
import type { Tasks } from './tasks.ts';
import type { Thaws } from './thaws.ts';
import { uploadQuote } from './upload-quote.ts';
import { BY_HAND } from './work.ts';

export interface RunsOptions {
	paths: Paths;
	secrets: Secrets;
	config: ConfigFile;
	files: StateFiles;
	tasks: Tasks;
	thaws: Thaws;
	backups: Backups;
}

export class Runs {
	readonly #options: RunsOptions;

	constructor(options: RunsOptions) {
		this.#options = options;
	}

	async backup(params: CheckedRequests['backup']): Promise<Results['backup']> {
		const { config, backups } = this.#options;
		const { job, created, notes, changed, paths } = await resolveJob(params, config, this.#options);
		refuseForOtherLayout(job, params);
		const before = config.job(job.name);
		// Saved when the run has begun: a destination that cannot be written leaves no job behind.
		const onBegun = () => {
			if (changed) config.save(withChanges(config.job(job.name), before, job));
		};
		const { full, dryRun, checksum, confirmDeletions, env, agreedCost } = params;
		const named = paths ? { paths } : {};
		const how = { full, dryRun, checksum, confirmDeletions, mode: 'new', env, ...named } as const;
		const task = await backups.begin({ job, how, noted: { ...BY_HAND, agreed: agreedCost }, onBegun });
		return { task: task.id, job: job.name, created, notes };
	}

	async quote({ files, bytes, ...params }: CheckedRequests['quoteBackup']): Promise<Results['quoteBackup']> {
		const { config, paths } = this.#options;
		const { job } = await resolveJob({ ...params, dryRun: true }, config, this.#options);
		return uploadQuote(job, { files, bytes }, paths.pricesFile, params.env ?? {});
	}

	async resume({ job, stateFile, env }: CheckedRequests['resume']): Promise<Results['resume']> {
		const { tasks, thaws, backups, config } = this.#options;
		const tasksGoingOn = stateFile ? [] : this.#letAllGoOn(job, env);
		if (job !== undefined && tasksGoingOn.length > 0) return { tasks: tasksGoingOn };
		const states = this.#interrupted(job, stateFile);
		const continued = [...tasksGoingOn, ...(stateFile ? [] : await thaws.resume(job, env))];
		if (states.length === 0 && continued.length > 0) return { tasks: continued };
		if (states.length === 0) {
			const what = job ?? stateFile;
			throw usageError(
				'NOTHING_TO_RESUME',
				what ? `Job ${what} has no interrupted run.` : 'No job has an interrupted run.',
				'firn backup JOB starts a new one.',
			);
		}
		const active = tasks.activeJobs('backup');
		const open = job || stateFile ? states : states.filter((state) => !active.has(state.job.name));
		for (const state of open) {
			const current = config.jobs().find((candidate) => candidate.id === state.job.id) ?? state.job;
			const how = { full: false, dryRun: false, mode: 'resume', env } as const;
			const isPart = state.unfinished?.scope?.whole === false;
			const task = await backups.begin({ job: current, how, stateFile: state.file, noted: BY_HAND, isPart });
			continued.push({ task: task.id, job: current.name });
		}
		return { tasks: continued };
	}

	/** Tasks of this engine, and runs that an earlier one left unfinished. */
	status(): TaskView[] {
		const { tasks, thaws, files } = this.#options;
		const views = thaws.told(tasks.list());
		const known = new Set(views.filter((view) => view.kind === 'backup').map((view) => view.job));
		for (const file of files.all()) {
			const state = stateIfSound(file);
			if (!state?.unfinished || known.has(state.job.name)) continue;
			const { id, started, status } = state.unfinished;
			const reason = `${status === 'running' ? 'interrupted' : status}; firn resume ${state.job.name} goes on with it`;
			views.push({ id, job: state.job.name, kind: 'backup', state: 'paused', started, reason });
		}
		return views;
	}

	stop({ job, task }: CheckedRequests['stop']): Results['stop'] {
		const { tasks, thaws, config } = this.#options;
		if (job === undefined && task === undefined) throw usageError('NOTHING_NAMED', 'Stop what? Name a job or a task.');
		const stopped = tasks.stop(job, task);
		thaws.pause(stopped);
		if (stopped.length > 0) return { tasks: stopped };
		if (job === undefined)
			throw usageError('NOT_RUNNING', `There is no running task ${task}.`, 'firn status shows what is.');
		if (!config.job(job)) throw jobUnknown(job, config);
		throw usageError('NOT_RUNNING', `Nothing of job ${job} is running.`, 'firn status shows what is.');
	}

	/** Runs that wait or are paused, of the job or all. */
	#letAllGoOn(job: string | undefined, env: Record<string, string>): Results['resume']['tasks'] {
		const held = this.#options.tasks
			.list()
			.filter(({ state, job: of }) => (state === 'paused' || state === 'waiting') && (job === undefined || of === job));
		// A run that waits because its credentials have expired takes those of whoever lets it go on.
		const goOn = held.flatMap((view) => this.#letGoOn(view, env));
		return held.filter(({ id }) => goOn.includes(id)).map((view) => ({ task: view.id, job: view.job }));
	}

	/** Those of a job that has stored keys or a sign-in stay: setting them anew hands it the new ones. */
	#letGoOn({ id, job }: TaskView, env: Record<string, string>): string[] {
		const destination = this.#options.config.job(job)?.destination;
		const isStored = destination?.credentials !== undefined || (destination && signInOf(destination) !== undefined);
		const own = !isStored && hasCredentials(env);
		return this.#options.tasks.adjust({ task: id }, { pause: false, ...(own ? { env } : {}) });
	}

	#interrupted(job: string | undefined, stateFile: string | undefined): JobState[] {
		const { files } = this.#options;
		const chosen = stateFile ? [stateFile] : job ? [files.of(job)] : files.all();
		// One damaged database must not hold up the others; asked for by name it is told.
		const read = stateFile || job ? readJobState : stateIfSound;
		return chosen.flatMap((file) => read(file) ?? []).filter((state) => state.unfinished !== undefined);
	}
}
