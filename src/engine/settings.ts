/** What is set for all of Firn, and what there is to be set up. */

import type { ConfigFile } from '../config/config-file.ts';
import type { Job } from '../config/job.ts';
import type { Paths } from '../config/paths.ts';
import { parseSetting, type Settings, settingOf } from '../core/settings.ts';
import type { DestinationView, Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';

export function settings(config: ConfigFile, paths: Paths): Results['settings'] {
	const jobs = config.jobs();
	return {
		settings: config.settings(),
		destinations: destinationsOf(jobs),
		jobs: jobs.map(({ name, workers, limitUpload }) => ({ name, workers, limitUpload })),
		paths: {
			config: paths.configFile,
			state: paths.stateDir,
			reports: paths.reportDir,
			log: paths.logDir,
			secrets: paths.secretsDir,
			socket: paths.socketFile,
		},
	};
}

/** All of the changes or none. @throws FirnError (usage) SETTING_UNKNOWN, BAD_SETTING, CONFIG_NOT_WRITTEN */
export function saveSettings(
	{ changes }: CheckedRequests['saveSettings'],
	config: ConfigFile,
): Results['saveSettings'] {
	const parsed = Object.entries(changes).map(([name, text]) => {
		const setting = settingOf(name);
		return [setting.key, text === null ? undefined : parseSetting(setting, text)];
	});
	config.saveSettings(Object.fromEntries(parsed));
	return { settings: config.settings() };
}

/** What a new job begins with, where its maker says nothing. */
export function newJobDefaults({ workers, limitUpload, compression, splitSize }: Settings): Partial<Job> {
	const given = { workers, limitUpload, compression, splitSize };
	return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Each place once, in the order of the jobs that write there. */
function destinationsOf(jobs: Job[]): DestinationView[] {
	const places = new Map<string, DestinationView>();
	for (const { name, destination } of jobs) {
		const { url, endpoint, region, profile, credentials } = destination;
		const id = JSON.stringify([url, endpoint, region, profile, credentials]);
		const known = places.get(id);
		if (known) known.jobs.push(name);
		else {
			const where = Object.entries({ endpoint, region, profile, credentials }).filter(
				([, value]) => value !== undefined,
			);
			places.set(id, { url, ...Object.fromEntries(where), jobs: [name] });
		}
	}
	return [...places.values()];
}
