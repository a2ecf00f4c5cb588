/** What the engine can do, whoever asks: over the socket, or in the same process. One method per request. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { refuseShared } from '../backup/mirror/shared-places.ts';
import { Preview } from '../backup/preview/preview.ts';
import type { BackupSpec } from '../backup/spec.ts';
import { ConfigFile } from '../config/config-file.ts';
import type { Job } from '../config/job.ts';
import { withoutSchedule } from '../config/job-schedule.ts';
import type { Paths } from '../config/paths.ts';
import { CACHEDIR_TAG, DEVELOPER_CLUTTER, SYSTEM_CLUTTER } from '../core/clutter.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import type { TaskHandle, TaskReporter, TaskSummary } from '../core/task.ts';
import { signInOf } from '../destinations/gdrive/sign-in.ts';
import { type Method, PROTOCOL, type Results, type TaskView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { clockFrom } from '../restore/thaw/clock.ts';
import type { SecretsOptions } from '../secrets/placement.ts';
import { Secrets } from '../secrets/secrets.ts';
import { type JobState, readJobState } from '../state/job-state.ts';
import { Catalogs } from './catalogs.ts';
import { control } from './control.ts';
import { Credentials } from './credentials.ts';
import { testDestination } from './destination-test.ts';
import { firstSteps } from './first-steps.ts';
import { StoredSignIns } from './gdrive/stored-sign-ins.ts';
import { GdriveSignIns } from './gdrive-sign-in.ts';
import { hasCredentials } from './has-credentials.ts';
import { History, type Noted } from './history.ts';
import { storedCost } from './history-cost.ts';
import { jobView, removeJob, saveJob } from './job-edits.ts';
import { jobUnknown, realPath, resolveJob, withChanges } from './job-request.ts';
import { exportJobs, importJobs } from './job-transfer.ts';
import { KeyRing } from './key-ring.ts';
import { Keys } from './keys.ts';
import type { Log } from './log.ts';
import { refuseForOtherLayout, refuseMirror } from './mirror-jobs.ts';
import { overview } from './overview.ts';
import { pricesAt } from './prices.ts';
import { Queries } from './queries.ts';
import { Recoveries } from './recover.ts';
import { Restores } from './restores.ts';
import { Hooks } from './schedule/hooks.ts';
import { advisingKeys } from './schedule/own-keys.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { scheduleStatus } from './schedule/status.ts';
import { secretRequests } from './secret-requests.ts';
import { ownPaths, Selections } from './selections.ts';
import { saveSettings, settings } from './settings.ts';
import { Sheets } from './sheets.ts';
import { TaskLog } from './task-log.ts';
import { type Follower, Tasks } from './tasks.ts';
import type { Thaws } from './thaws.ts';
import { uploadQuote } from './upload-quote.ts';
import { Watches } from './watch/watches.ts';

export interface EngineOptions {
	paths: Paths;
	version: string;
	/** The passphrase of the vault, where nobody has to be asked for it. */
	passphrase?: SecretsOptions['passphrase'];
	/** A task began or ended. */
	onChange: () => void;
	/** Ends the engine's process. */
	onStop: () => void;
	log: Log;
}

type Begin = (reporter: TaskReporter, id: string) => TaskHandle;

const BY_HAND = { trigger: 'hand' } as const satisfies Noted;

type Handlers = { [M in Exclude<Method, 'follow'>]: (params: CheckedRequests[M]) => Promise<Results[M]> | Results[M] };

export class Engine {
	readonly #options: EngineOptions;
	readonly #config: ConfigFile;
	readonly #secrets: Secrets;
	readonly #credentials: Credentials;
	readonly #signIns: GdriveSignIns;
	readonly #queries = new Queries();
	readonly #preview = new Preview();
	readonly #selections: Selections;
	readonly #thaws: Thaws;
	readonly #hooks: Hooks;
	readonly #history: History;
	readonly #watches: Watches;
	readonly #catalogs: Catalogs;
	readonly scheduler: Scheduler;
	readonly tasks: Tasks;
	readonly handlers: Handlers;

	constructor(options: EngineOptions) {
		this.#options = options;
		this.#config = new ConfigFile(options.paths.configFile);
		const { paths, passphrase } = options;
		this.#secrets = new Secrets({ secretsDir: paths.secretsDir, ...(passphrase ? { passphrase } : {}) });
		this.#selections = new Selections(this.#preview, options.paths);
		this.tasks = new Tasks(options.onChange);
		const mine = { secrets: this.#secrets, config: this.#config, tasks: this.tasks };
		const signIns = new StoredSignIns({ ...mine, stateDir: paths.stateDir, log: options.log });
		this.#signIns = new GdriveSignIns(this.#secrets, signIns);
		this.#credentials = new Credentials({ ...mine, signIns });
		const here = { paths: options.paths, secrets: this.#secrets };
		this.#history = new History({
			file: join(paths.stateDir, 'history.db'),
			stateFiles: () => this.#stateFiles(),
			stateOf: (job) => this.#stateOf(job),
			isActive: (id) => this.tasks.list().some((view) => view.id === id && view.summary === undefined),
			goesOn: (id) => this.#thaws.isOpen(id),
			log: options.log,
		});
		const restores = new Restores({
			...here,
			queries: this.#queries,
			tasks: this.tasks,
			stateOf: (job) => this.#stateOf(job),
			stateFiles: () => this.#stateFiles(),
			destinationOf: (file) => this.#config.jobs().find(({ name }) => this.#stateFileOf(name) === file)?.destination,
			envFor: (destination, env) => this.#credentials.envFor(destination, env),
			start: (kind, job, begin, noted, thaw) =>
				this.#start(kind, job, thaw ? this.#tellingThaw(job, thaw, begin) : begin, noted, thaw),
			onChange: options.onChange,
			log: options.log,
		});
		this.#thaws = restores.thaws;
		const home = paths.home === undefined ? {} : { FIRN_HOME: paths.home };
		this.#hooks = new Hooks(options.log, { ...process.env, ...home });
		const clock = clockFrom(process.env);
		this.#watches = new Watches({
			skipPaths: (job) => ownPaths(paths, job.destination.url),
			now: () => clock.now(),
			onChange: () => this.scheduler.changed(),
			log: options.log,
			env: process.env,
		});
		this.scheduler = new Scheduler({
			jobs: () => this.#config.jobs(),
			start: (job, noted) => this.#watches.taking(job, () => this.#startByItself(job, noted)),
			watches: this.#watches,
			onRefused: (job, error, noted) => {
				this.#history.notBegun('backup', job.name, noted, error);
				this.#hooks.refused(job, error);
			},
			onMissed: (job, due) => this.#history.missed(job.name, due),
			tasks: this.tasks,
			file: join(paths.stateDir, 'schedule.json'),
			clock,
			zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
			onChange: options.onChange,
			log: options.log,
		});
		const ring = new KeyRing({
			...here,
			jobs: () => this.#config.jobs(),
			stateFiles: () => this.#stateFiles(),
		});
		const keys = new Keys(ring);
		const sheets = new Sheets(ring);
		const recoveries = new Recoveries({
			...here,
			config: this.#config,
			stateFileOf: (name) => this.#stateFileOf(name),
			stateFiles: () => this.#stateFiles(),
			envFor: (destination, env) => this.#credentials.envFor(destination, env),
			start: (kind, job, begin) => this.#start(kind, job, begin, BY_HAND),
		});
		const catalogs = new Catalogs({
			log: options.log,
			version: options.version,
			pricesFile: options.paths.pricesFile,
			secrets: this.#secrets,
			envFor: (destination, env) => this.#credentials.envFor(destination, env),
			queries: this.#queries,
			stateOf: (job) => this.#stateOf(job),
			jobOf: (id) => this.#config.jobs().find((job) => job.id === id),
			onPruneRefused: (job, error) => this.#history.notBegun('prune', job, { trigger: 'rules' }, error),
			start: (kind, job, begin, noted) => this.#start(kind, job, begin, noted),
		});
		this.#catalogs = catalogs;
		this.handlers = {
			hello: () => this.#hello(),
			'engine.stop': () => this.#stopEngine(),
			backup: (params) => this.#backup(params),
			quoteBackup: (params) => this.#quoteBackup(params),
			resume: (params) => this.#resume(params),
			restore: (params) => restores.restore(params),
			planRestore: (params) => restores.planRestore(params),
			thaws: () => restores.thaws.list(),
			upgradeThaw: (params) => restores.thaws.upgrade(params),
			cancelThaw: (params) => restores.thaws.cancel(params),
			decrypt: (params) => restores.decrypt(params),
			inspect: (params) => restores.inspect(params),
			reports: (params) => restores.reports(params),
			report: (params) => restores.report(params),
			planRecover: (params) => recoveries.plan(params),
			recover: (params) => recoveries.recover(params),
			planSync: (params) => catalogs.planSync(params),
			sync: (params) => catalogs.sync(params),
			planDelete: (params) => catalogs.planDelete(params),
			delete: (params) => catalogs.delete(params),
			planPrune: (params) => catalogs.planPrune(params),
			prune: (params) => catalogs.prune(params),
			verify: (params) => catalogs.verify(params),
			plan: (params) => catalogs.plan(params),
			stop: (params) => this.#stop(params),
			control: (params) => control(params, this.tasks),
			status: () => ({ tasks: this.#status(), schedule: scheduleStatus(this.#config, this.scheduler, this.#watches) }),
			show: (params) => this.#show(params),
			browse: async (params) => this.#queries.browse({ ...params, stateFile: this.#stateOf(params.job) }),
			find: async (params) => this.#queries.find({ ...params, stateFile: this.#stateOf(params.job) }),
			versions: async (params) => this.#queries.versions({ ...params, stateFile: this.#stateOf(params.job) }),
			storage: async (params) => {
				const stateFile = this.#archivesOf(params.job);
				return this.#queries.storage({ ...params, stateFile, thawed: restores.thaws.thawedArchives(stateFile) });
			},
			jobs: () => ({
				jobs: this.#config.jobs().map((job) => jobView(job, this.scheduler.next(job), this.#watches.view(job))),
			}),
			saveJob: (params) => this.#saved(saveJob(params, this.#config, here, (job) => this.scheduler.next(job))),
			folders: (params) => this.#selections.folders(params),
			log: (params) => this.#queries.log({ ...params, folder: options.paths.logDir }),
			explain: (params) => this.#selections.explain(params),
			measure: (params) => this.#selections.measure(params),
			removeJob: ({ name }) => removeJob(name, this.#config, this.tasks, this.#stateFileOf(name)),
			overview: ({ job }) => overview(this.#stateOf(job)),
			exportJobs: (params) => exportJobs(params, this.#config),
			importJobs: (params) => {
				const isTaken = (name: string) => existsSync(this.#stateFileOf(name));
				return this.#saved(importJobs(params, this.#config, isTaken, this.#secrets.recipients()));
			},
			history: (params) => this.#history.list(params),
			historyDetails: ({ id, limit }) => this.#history.details(id, limit),
			firstSteps: ({ cwd }) => firstSteps(cwd),
			...secretRequests(this.#secrets, options.log),
			keys: () => ring.list(),
			newKey: (params) => keys.create(params),
			showKey: (params) => keys.show(params),
			exportKeys: (params) => keys.export(params),
			importKeys: (params) => keys.import(params),
			checkKeys: (params) => restores.checkKeys(params),
			recoverySheet: (params) => sheets.make(params),
			sheetReminder: () => sheets.remind(),
			removeKey: (params) => keys.remove(params),
			credentials: () => this.#credentials.list(),
			setCredentials: (params) => this.#credentials.set(params),
			removeCredentials: (params) => this.#credentials.remove(params),
			gdriveSignIns: () => signIns.list(),
			beginGdriveSignIn: (params) => this.#signIns.begin(params),
			gdriveSignIn: (params) => this.#signIns.state(params),
			answerGdriveSignIn: (params) => this.#signIns.answer(params),
			cancelGdriveSignIn: (params) => this.#signIns.cancel(params),
			gdriveSignOut: (params) => signIns.signOut(params),
			gdriveAccount: (params) => signIns.account(params),
			settings: () => settings(this.#config, options.paths),
			saveSettings: (params) => saveSettings(params, this.#config),
			testDestination: (params) => testDestination(params, this.#config, this.#credentials),
			excludes: () => ({
				system: [...SYSTEM_CLUTTER, `folders with a ${CACHEDIR_TAG}`],
				developer: [...DEVELOPER_CLUTTER],
			}),
		};
	}

	/** Follows a task until it ends or `unfollow` is called. */
	follow(id: string, follower: Follower): Results['follow'] & { unfollow: () => void } {
		return this.tasks.follow(id, follower);
	}

	/** Whether any work goes on, or waits. */
	get busy(): boolean {
		return this.tasks.busy || this.#thaws.isWaiting || this.#signIns.isWaiting || this.scheduler.isNeeded;
	}

	/** Goes on with what an earlier engine has left and what goes on by itself. */
	goOn(): void {
		this.#thaws.resumeAll();
		void this.scheduler.keep();
	}

	async close(): Promise<void> {
		this.#watches.close();
		this.#history.close();
		await Promise.all([this.#queries.close(), this.#preview.close()]);
	}

	#hello(): Results['hello'] {
		const { version, paths } = this.#options;
		return {
			protocol: PROTOCOL,
			version,
			pid: process.pid,
			socket: paths.socketFile,
			hasSecrets: this.#secrets.isSettled(),
		};
	}

	#stopEngine(): Results['engine.stop'] {
		this.scheduler.close();
		const stopped = this.tasks.stop(undefined);
		this.#options.onStop();
		return { stopped };
	}

	async #backup(params: CheckedRequests['backup']): Promise<Results['backup']> {
		const { job, created, notes, changed, paths } = await resolveJob(params, this.#config, {
			paths: this.#options.paths,
			secrets: this.#secrets,
		});
		refuseForOtherLayout(job, params);
		const before = this.#config.job(job.name);
		// Saved when the run has begun: a destination that cannot be written leaves no job behind.
		const onBegun = () => {
			if (changed) this.#config.save(withChanges(this.#config.job(job.name), before, job));
		};
		const { full, dryRun, checksum, confirmDeletions, env, agreedCost } = params;
		const named = paths ? { paths } : {};
		const how = { full, dryRun, checksum, confirmDeletions, mode: 'new', env, ...named } as const;
		const noted = { ...BY_HAND, agreed: agreedCost };
		const task = await this.#startBackup(job, how, this.#stateFileOf(job.name), noted, onBegun);
		return { task: task.id, job: job.name, created, notes };
	}

	async #quoteBackup({ files, bytes, ...params }: CheckedRequests['quoteBackup']): Promise<Results['quoteBackup']> {
		const { paths } = this.#options;
		const { job } = await resolveJob({ ...params, dryRun: true }, this.#config, { paths, secrets: this.#secrets });
		return uploadQuote(job, { files, bytes }, paths.pricesFile, params.env ?? {});
	}

	async #resume({ job, stateFile, env }: CheckedRequests['resume']): Promise<Results['resume']> {
		const held = this.tasks
			.list()
			.filter(({ state, job: of }) => (state === 'paused' || state === 'waiting') && (job === undefined || of === job));
		// A run that waits because its credentials have expired takes those of whoever lets it go on.
		const goOn = stateFile ? [] : held.flatMap((view) => this.#letGoOn(view, env));
		const continued = held.filter(({ id }) => goOn.includes(id)).map((view) => ({ task: view.id, job: view.job }));
		if (job !== undefined && continued.length > 0) return { tasks: continued };
		const files = stateFile ? [stateFile] : job ? [this.#stateOf(job)] : this.#stateFiles();
		// One damaged database must not hold up the others; asked for by name it is told.
		const read = (file: string) => (stateFile || job ? readJobState(file) : safely(() => readJobState(file)));
		const states = files.map(read).filter((state) => state?.unfinished !== undefined) as JobState[];
		if (!stateFile) continued.push(...(await this.#thaws.resume(job, env)));
		if (states.length === 0 && continued.length > 0) return { tasks: continued };
		if (states.length === 0) {
			const what = job ?? stateFile;
			throw usageError(
				'NOTHING_TO_RESUME',
				what ? `Job ${what} has no interrupted run.` : 'No job has an interrupted run.',
				'firn backup JOB starts a new one.',
			);
		}
		const active = this.tasks.activeJobs('backup');
		const open = job || stateFile ? states : states.filter((state) => !active.has(state.job.name));
		const tasks: Results['resume']['tasks'] = continued;
		for (const state of open) {
			const current = this.#config.jobs().find((candidate) => candidate.id === state.job.id) ?? state.job;
			const how = { full: false, dryRun: false, mode: 'resume', env } as const;
			const isPart = state.unfinished?.scope?.whole === false;
			const task = await this.#startBackup(current, how, state.file, BY_HAND, () => {}, isPart);
			tasks.push({ task: task.id, job: current.name });
		}
		return { tasks };
	}

	/** Those of a job that has stored keys or a sign-in stay: setting them anew hands it the new ones. */
	#letGoOn({ id, job }: TaskView, env: Record<string, string>): string[] {
		const destination = this.#config.job(job)?.destination;
		const isStored = destination?.credentials !== undefined || (destination && signInOf(destination) !== undefined);
		const own = !isStored && hasCredentials(env);
		return this.tasks.adjust({ task: id }, { pause: false, ...(own ? { env } : {}) });
	}

	async #startBackup(
		job: Job,
		how: Pick<BackupSpec, 'full' | 'dryRun' | 'mode' | 'env' | 'checksum' | 'confirmDeletions' | 'paths'>,
		stateFile: string,
		noted: Noted,
		onBegun: () => void = () => {},
		isPart = how.paths !== undefined,
	): Promise<TaskView> {
		const { paths, version } = this.#options;
		refuseShared(job, this.#config.jobs(), realPath);
		const { startBackup } = await import('../backup/start-backup.ts');
		makeFolders(paths.stateDir, 0o700);
		const skipPaths = ownPaths(paths, job.destination.url);
		const prices = pricesAt(job.destination, paths.pricesFile, how.env);
		const spec: BackupSpec = {
			job: withoutSchedule(job),
			stateFile,
			secretsDir: paths.secretsDir,
			version,
			skipPaths,
			...how,
			env: await this.#credentials.envFor(job.destination, how.env ?? {}),
			...(prices ? { prices } : {}),
		};
		const sent: Begin = (reporter) =>
			startBackup(spec, {
				progress: (progress) => reporter.progress(progress),
				event: (event) => {
					if (event.event === 'run') onBegun();
					reporter.event(event);
				},
			});
		if (how.dryRun) return Object.assign(this.#start('backup', job.name, sent, undefined), { dryRun: true });
		const begin = noted.trigger === 'hand' ? sent : advisingKeys(job, sent);
		const hooked = this.#hooks.around(job, begin);
		// What looks at some paths only takes the place of no run that is due.
		const around = isPart ? hooked : this.scheduler.noting(job, this.#watches.noting(job, hooked));
		const cost = ({ run }: TaskSummary) => storedCost(prices, stateFile, run);
		const whole = this.#catalogs.pruningAfter(job, how.env ?? {}, around);
		return this.#start('backup', job.name, whole, { ...noted, cost });
	}

	/** As its owner would begin it, but without anybody's environment. @throws FirnError JOB_BUSY… */
	#startByItself(job: Job, noted: Noted): Promise<TaskView> {
		const how = { full: false, dryRun: false, mode: 'new', env: {} } as const;
		return this.#startBackup(job, how, this.#stateFileOf(job.name), noted);
	}

	async #saved<T>(saving: Promise<T>): Promise<T> {
		const saved = await saving;
		this.scheduler.changed();
		return saved;
	}

	#stop({ job, task }: CheckedRequests['stop']): Results['stop'] {
		if (job === undefined && task === undefined) throw usageError('NOTHING_NAMED', 'Stop what? Name a job or a task.');
		const tasks = this.tasks.stop(job, task);
		this.#thaws.pause(tasks);
		if (tasks.length > 0) return { tasks };
		if (job === undefined)
			throw usageError('NOT_RUNNING', `There is no running task ${task}.`, 'firn status shows what is.');
		if (!this.#config.job(job)) throw jobUnknown(job, this.#config);
		throw usageError('NOT_RUNNING', `Nothing of job ${job} is running.`, 'firn status shows what is.');
	}

	/** Tasks of this engine, and runs that an earlier one left unfinished. */
	#status(): TaskView[] {
		const views = this.#thaws.told(this.tasks.list());
		const known = new Set(views.filter((view) => view.kind === 'backup').map((view) => view.job));
		for (const file of this.#stateFiles()) {
			const state = safely(() => readJobState(file));
			if (!state?.unfinished || known.has(state.job.name)) continue;
			const { id, started, status } = state.unfinished;
			const reason = `${status === 'running' ? 'interrupted' : status}; firn resume ${state.job.name} goes on with it`;
			views.push({ id, job: state.job.name, kind: 'backup', state: 'paused', started, reason });
		}
		return views;
	}

	async #show(params: CheckedRequests['show']): Promise<Results['show']> {
		const { job, what } = params;
		const stateFile = what === 'archives' ? this.#archivesOf(job) : this.#stateOf(job);
		return this.#queries.show({ ...params, stateFile });
	}

	#tellingThaw(job: string, thaw: string, begin: Begin): Begin {
		return this.#hooks.onThaw(this.#config.job(job), begin, () => this.#thaws.isFirstNotice(thaw));
	}

	/** @param noted for the history; undefined: nothing is done but looking */
	#start(kind: TaskView['kind'], job: string, begin: Begin, noted: Noted | undefined, thaw?: string): TaskView {
		const { log } = this.#options;
		const whole = noted ? this.#history.noting(kind, job, noted, begin) : begin;
		return this.tasks.start(
			kind,
			job,
			(reporter, id) => {
				const said = new TaskLog(log, kind, job, id);
				const handle = whole(
					{
						progress: (progress) => {
							said.progress(progress);
							reporter.progress(progress);
						},
						event: (event) => {
							said.event(event);
							reporter.event(event);
						},
					},
					id,
				);
				void handle.done.then((summary) => said.ended(summary));
				return handle;
			},
			thaw,
		);
	}

	/** The state database of a job, given by name or by path. @throws FirnError JOB_UNKNOWN */
	#stateOf(job: string): string {
		if (job.includes('/') || job.endsWith('.sqlite3')) {
			if (existsSync(job)) return job;
			throw usageError(
				'STATE_MISSING',
				`There is no state database ${job}.`,
				'Give a job or the path of its state database.',
			);
		}
		const file = this.#stateFileOf(job);
		if (!existsSync(file) && !this.#config.job(job)) throw jobUnknown(job, this.#config);
		return file;
	}

	/** The same, for what needs archives. @throws FirnError JOB_UNKNOWN, MIRROR_HAS_NO_ARCHIVES */
	#archivesOf(job: string): string {
		const file = this.#stateOf(job);
		refuseMirror(this.#config.job(job) ?? safely(() => readJobState(file))?.job);
		return file;
	}

	#stateFileOf(name: string): string {
		return join(this.#options.paths.stateDir, `${name}.sqlite3`);
	}

	#stateFiles(): string[] {
		const { stateDir } = this.#options.paths;
		if (!existsSync(stateDir)) return [];
		return readdirSync(stateDir)
			.filter((name) => name.endsWith('.sqlite3'))
			.map((name) => join(stateDir, name));
	}
}

/** A database that cannot be read must not hide the others; whoever uses it is told. */
function safely(read: () => JobState): JobState | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof FirnError) return undefined;
		throw error;
	}
}
