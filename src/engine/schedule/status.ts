import type { ConfigFile } from '../../config/config-file.ts';
import type { Results } from '../../protocol/contract.ts';
import type { Scheduler } from './scheduler.ts';

/** What will begin by itself, and whether that outlives the login. @throws FirnError CONFIG_… */
export function scheduleStatus(config: ConfigFile, scheduler: Scheduler): Results['status']['schedule'] {
	const next = config.jobs().flatMap((job) => {
		const at = scheduler.next(job);
		return at === null ? [] : [{ job: job.name, at }];
	});
	return { next: next.sort((a, b) => a.at - b.at), survives: process.env.FIRN_SERVICE === '1' };
}
