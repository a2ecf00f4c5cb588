/** Begins backups, with all that belongs to a run: its keys and prices, hooks, schedule, history, and the prune after it. */

import { refuseShared } from '../backup/mirror/shared-places.ts';
import type { BackupSpec } from '../backup/spec.ts';
import type { ConfigFile } from '../config/config-file.ts';
import type { Job } from '../config/job.ts';
import { withoutSchedule } from '../config/job-schedule.ts';
import type { Paths } from '../config/paths.ts';
import { makeFolders } from '../core/make-folders.ts';
import type { TaskSummary } from '../core/task.ts';
import type { TaskView } from '../protocol/contract.ts';
import type { Catalogs } from './catalogs.ts';
import type { Credentials } from './credentials.ts';
import type { Noted } from './history.ts';
import { storedCost } from './history-cost.ts';
import { realPath } from './job-request.ts';
import { pricesAt } from './prices.ts';
import type { Hooks } from './schedule/hooks.ts';
import { advisingKeys } from './schedule/own-keys.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import { ownPaths } from './selections.ts';
import type { StateFiles } from './state-files.ts';
import type { Begin, Tasks } from './tasks.ts';
import type { Watches } from './watch/watches.ts';
import type { StartWork } from './work.ts';

export interface BackupsOptions {
	paths: Paths;
	version: string;
	config: ConfigFile;
	files: StateFiles;
	tasks: Pick<Tasks, 'inTurn'>;
	envFor: Credentials['envFor'];
	hooks: Hooks;
	watches: Watches;
	scheduler: Pick<Scheduler, 'noting'>;
	catalogs: Pick<Catalogs, 'pruningAfter'>;
	start: StartWork;
}

/** What a run is to do. */
type How = Pick<BackupSpec, 'full' | 'dryRun' | 'mode' | 'env' | 'checksum' | 'confirmDeletions' | 'paths'>;

export interface BackupOrder {
	job: Job;
	how: How;
	/** That of the job, if not another. */
	stateFile?: string;
	noted: Noted;
	/** The run is there: its destination can be written. */
	onBegun?: () => void;
	/** It looks at some paths only. */
	isPart?: boolean;
}

export class Backups {
	readonly #options: BackupsOptions;

	constructor(options: BackupsOptions) {
		this.#options = options;
	}

	/** @throws FirnError JOB_BUSY, MIRROR_PLACE_TAKEN, and those of envFor() */
	async begin({ job, how, noted, ...request }: BackupOrder): Promise<TaskView> {
		const { paths, config, files, tasks, hooks, watches, scheduler, catalogs, start } = this.#options;
		refuseShared(job, config.jobs(), realPath);
		makeFolders(paths.stateDir, 0o700);
		const stateFile = request.stateFile ?? files.named(job.name);
		const prices = pricesAt(job.destination, paths.pricesFile, how.env);
		const spec = { ...(await this.#spec(job, how, stateFile)), ...(prices ? { prices } : {}) };
		const sent = await sending(spec, request.onBegun);
		if (how.dryRun) {
			const looking = tasks.inTurn('backup', job.name, sent);
			return Object.assign(start('backup', job.name, looking, undefined, { waits: true }), { dryRun: true });
		}
		const begin = noted.trigger === 'hand' ? sent : advisingKeys(job, sent);
		const hooked = tasks.inTurn('backup', job.name, hooks.around(job, begin));
		// What looks at some paths only takes the place of no run that is due.
		const { isPart = how.paths !== undefined } = request;
		const around = isPart ? hooked : scheduler.noting(job, watches.noting(job, hooked));
		const cost = ({ run }: TaskSummary) => storedCost(prices, stateFile, run);
		const whole = catalogs.pruningAfter(job, how.env ?? {}, around);
		return start('backup', job.name, whole, { ...noted, cost }, { waits: true });
	}

	/** As its owner would begin it, but without anybody's environment. @throws FirnError JOB_BUSY… */
	beginByItself(job: Job, noted: Noted): Promise<TaskView> {
		return this.begin({ job, how: { full: false, dryRun: false, mode: 'new', env: {} }, noted });
	}

	async #spec(job: Job, how: How, stateFile: string): Promise<BackupSpec> {
		const { paths, version, envFor } = this.#options;
		return {
			job: withoutSchedule(job),
			stateFile,
			secretsDir: paths.secretsDir,
			version,
			skipPaths: ownPaths(paths, job.destination.url),
			...how,
			env: await envFor(job.destination, how.env ?? {}),
		};
	}
}

async function sending(spec: BackupSpec, onBegun: (() => void) | undefined): Promise<Begin> {
	const { startBackup } = await import('../backup/start-backup.ts');
	return (reporter) =>
		startBackup(spec, {
			progress: (progress) => reporter.progress(progress),
			event: (event) => {
				if (event.event === 'run') onBegun?.();
				reporter.event(event);
			},
		});
}
