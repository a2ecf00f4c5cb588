import { EXIT } from '../core/exit-codes.ts';
import { formatRate, parseRate } from '../core/sizes.ts';
import type { Context } from './context.ts';
import { wholeNumber } from './numbers.ts';

/** `firn pause JOB`: nothing new is sent until `firn resume JOB`. */
export async function pause(context: Context, [job]: string[]): Promise<number> {
	const { out } = context;
	const { tasks } = await context.ask((engine) => engine.call('control', { job: job!, pause: true }));
	out.record({ event: 'paused', job: job!, tasks });
	out.line(`${job} is paused: the parts under way are finished, nothing new is sent. firn resume ${job} goes on.`);
	return EXIT.ok;
}

export interface LimitOptions {
	workers?: string;
	upload?: string;
}

/** `firn limit JOB`: changes the run that goes on; the job stays as it is. */
export async function limit(context: Context, [job]: string[], { workers, upload }: LimitOptions): Promise<number> {
	const { out } = context;
	const change = {
		...(workers === undefined ? {} : { workers: wholeNumber('--workers', workers, 1, 64) }),
		...(upload === undefined ? {} : { limitUpload: parseRate(upload) }),
	};
	const { tasks } = await context.ask((engine) => engine.call('control', { job: job!, ...change }));
	out.record({ event: 'changed', job: job!, tasks, ...change });
	if (change.workers !== undefined) out.line(`${job}: ${change.workers} at the same time.`);
	if (change.limitUpload !== undefined)
		out.line(`${job}: ${change.limitUpload === 0 ? 'no upload limit' : `at most ${formatRate(change.limitUpload)}`}.`);
	return EXIT.ok;
}
