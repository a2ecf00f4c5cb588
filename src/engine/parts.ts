/** What the engine is made of, and how its parts know of each other. */

import { join } from 'node:path';
import { Preview } from '../backup/preview/preview.ts';
import { ConfigFile } from '../config/config-file.ts';
import { clockFrom } from '../restore/thaw/clock.ts';
import { Secrets } from '../secrets/secrets.ts';
import { Backups } from './backups.ts';
import { Catalogs } from './catalogs.ts';
import { Credentials } from './credentials.ts';
import type { EngineOptions } from './engine.ts';
import { StoredSignIns } from './gdrive/stored-sign-ins.ts';
import { GdriveSignIns } from './gdrive-sign-in.ts';
import { History } from './history.ts';
import { KeyRing } from './key-ring.ts';
import { Keys } from './keys.ts';
import { Queries } from './queries.ts';
import { Recoveries } from './recover.ts';
import { Restores } from './restores.ts';
import { Runs } from './runs.ts';
import { Hooks } from './schedule/hooks.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { ownPaths, Selections } from './selections.ts';
import { Sheets } from './sheets.ts';
import { StateFiles } from './state-files.ts';
import { Tasks } from './tasks.ts';
import { Watches } from './watch/watches.ts';
import { BY_HAND, startingWork } from './work.ts';

export type Parts = ReturnType<typeof makeParts>;

/** Nothing begins by that. Some know each other in turn: what they call of a later one is called when there is work. */
export function makeParts(options: EngineOptions) {
	const { paths, version, passphrase, onChange, log } = options;
	const config = new ConfigFile(paths.configFile);
	const secrets = new Secrets({ secretsDir: paths.secretsDir, ...(passphrase ? { passphrase } : {}) });
	const files = new StateFiles(paths.stateDir, config);
	const tasks = new Tasks(onChange);
	const queries = new Queries();
	const preview = new Preview();
	const selections = new Selections(preview, paths);
	const clock = clockFrom(process.env);
	const stateOf = (job: string) => files.of(job);
	const stateFiles = () => files.all();

	const storedSignIns = new StoredSignIns({ secrets, config, tasks, stateDir: paths.stateDir, log });
	const signIns = new GdriveSignIns(secrets, storedSignIns);
	const credentials = new Credentials({ secrets, config, tasks, signIns: storedSignIns });
	const envFor: Credentials['envFor'] = (destination, env) => credentials.envFor(destination, env);

	const history = new History({
		file: join(paths.stateDir, 'history.db'),
		stateFiles,
		stateOf,
		isActive: (id) => tasks.list().some((view) => view.id === id && view.summary === undefined),
		goesOn: (id) => restores.thaws.isOpen(id),
		log,
	});
	const start = startingWork(tasks, history, log);
	const home = paths.home === undefined ? {} : { FIRN_HOME: paths.home };
	const hooks = new Hooks(log, { ...process.env, ...home });

	const restores: Restores = new Restores({
		paths,
		secrets,
		queries,
		tasks,
		stateOf,
		stateFiles,
		destinationOf: (file) => config.jobs().find(({ name }) => files.named(name) === file)?.destination,
		envFor,
		start: (kind, job, begin, noted, thaw) => {
			if (thaw === undefined) return start(kind, job, begin, noted);
			const telling = hooks.onThaw(config.job(job), begin, () => restores.thaws.isFirstNotice(thaw));
			return start(kind, job, telling, noted, { thaw });
		},
		onChange,
		log,
	});
	const recoveries = new Recoveries({
		paths,
		secrets,
		config,
		stateFileOf: (name) => files.named(name),
		stateFiles,
		envFor,
		start: (kind, job, begin) => start(kind, job, begin, BY_HAND),
	});
	const catalogs = new Catalogs({
		log,
		version,
		pricesFile: paths.pricesFile,
		secrets,
		envFor,
		queries,
		stateOf,
		jobOf: (id) => config.jobs().find((job) => job.id === id),
		onPruneRefused: (job, error) => history.notBegun('prune', job, { trigger: 'rules' }, error),
		tasks,
		start,
	});

	const watches: Watches = new Watches({
		skipPaths: (job) => ownPaths(paths, job.destination.url),
		now: () => clock.now(),
		onChange: () => scheduler.changed(),
		log,
		env: process.env,
	});
	const scheduler: Scheduler = new Scheduler({
		jobs: () => config.jobs(),
		start: (job, noted) => watches.taking(job, () => backups.beginByItself(job, noted)),
		watches,
		onRefused: (job, error, noted) => {
			history.notBegun('backup', job.name, noted, error);
			hooks.refused(job, error);
		},
		onMissed: (job, due) => history.missed(job.name, due),
		tasks,
		file: join(paths.stateDir, 'schedule.json'),
		clock,
		zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
		onChange,
		log,
	});
	const backups = new Backups({
		paths,
		version,
		config,
		files,
		tasks,
		envFor,
		hooks,
		watches,
		scheduler,
		catalogs,
		start,
	});
	const runs = new Runs({ paths, secrets, config, files, tasks, thaws: restores.thaws, backups });

	const keyRing = new KeyRing({ paths, secrets, jobs: () => config.jobs(), stateFiles });
	const keys = new Keys(keyRing);
	const sheets = new Sheets(keyRing);

	return {
		options,
		config,
		secrets,
		credentials,
		storedSignIns,
		signIns,
		files,
		queries,
		preview,
		selections,
		tasks,
		history,
		restores,
		recoveries,
		catalogs,
		watches,
		scheduler,
		runs,
		keyRing,
		keys,
		sheets,
	};
}
