import type { ConfigFile } from '../../config/config-file.ts';
import type { Results } from '../../protocol/contract.ts';
import type { Watches } from '../watch/watches.ts';
import type { Scheduler } from './scheduler.ts';

/** What will begin by itself or is watched for it, and whether that outlives the login. @throws FirnError CONFIG_… */
export function scheduleStatus(
	config: ConfigFile,
	scheduler: Scheduler,
	watches: Watches,
): Results['status']['schedule'] {
	const watched = config.jobs().flatMap((job) => {
		const view = watches.view(job);
		return view ? [{ job: job.name, ...view }] : [];
	});
	const next = config.jobs().flatMap((job) => {
		const at = scheduler.next(job);
		return at === null ? [] : [{ job: job.name, at }];
	});
	return { next: next.sort((a, b) => a.at - b.at), watched, survives: process.env.FIRN_SERVICE === '1' };
}
