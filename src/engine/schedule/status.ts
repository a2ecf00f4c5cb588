import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ConfigFile } from '../../config/config-file.ts';
import type { Job } from '../../config/job.ts';
import { toFirnError } from '../../core/errors.ts';
import type { Results } from '../../protocol/contract.ts';
import type { Watches } from '../watch/watches.ts';
import { keyTrouble } from './own-keys.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * What will begin by itself or is watched for it, and whether that outlives the login. A config that is broken is a
 * trouble: what goes on is shown all the same.
 */
export function scheduleStatus(
	config: ConfigFile,
	scheduler: Scheduler,
	watches: Watches,
): Results['status']['schedule'] {
	const survives = outlivesLogin(process.env);
	let jobs: Job[];
	try {
		jobs = config.jobs();
	} catch (thrown) {
		const { message, guidance = '' } = toFirnError(thrown);
		return { next: [], watched: [], troubles: [{ job: '', message, guidance }], survives };
	}
	const watched = jobs.flatMap((job) => {
		const view = watches.view(job);
		return view ? [{ job: job.name, ...view }] : [];
	});
	const next = jobs.flatMap((job) => {
		const at = scheduler.next(job);
		return at === null ? [] : [{ job: job.name, at }];
	});
	const troubles = jobs.flatMap((job) => {
		const trouble = keyTrouble(job);
		return trouble ? [{ job: job.name, ...trouble }] : [];
	});
	return { next: next.sort((a, b) => a.at - b.at), watched, troubles, survives };
}

/** A service of a user ends with the last login, unless the user lingers (loginctl(1)). */
function outlivesLogin({ FIRN_SERVICE }: NodeJS.ProcessEnv): boolean {
	if (FIRN_SERVICE === 'user') return existsSync(join('/var/lib/systemd/linger', userInfo().username));
	return FIRN_SERVICE === '1';
}
