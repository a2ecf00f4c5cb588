/** Runs that begin by themselves have nobody's environment: what a job needs for them, and what is said where it lacks. */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '../../config/job.ts';
import type { Begin } from '../tasks.ts';

type Env = Readonly<Record<string, string | undefined>>;
/** What the engine itself may ask a store with (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). */
const OWN = /^AWS_(ACCESS_KEY_ID|PROFILE|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_(RELATIVE|FULL)_URI)$/;

/** Why such a job cannot begin by itself, and what to do; undefined: it can, as far as is known. */
export function keyTrouble(job: Job, env: Env = process.env): { message: string; guidance: string } | undefined {
	if (job.trigger === undefined || job.enabled === false || !lacksKeys(job, env)) return undefined;
	const { name } = job;
	return {
		message: `Job ${name} has no keys of its own for its store: when it begins by itself, AWS_… of your shell is not there.`,
		guidance: advice(name),
	};
}

/** A run that begins by itself: where the store refuses it for want of keys, it is said what to do about that. */
export function advisingKeys(job: Job, begin: Begin, env: Env = process.env): Begin {
	if (!lacksKeys(job, env)) return begin;
	return (reporter, id) => {
		const handle = begin(reporter, id);
		const done = handle.done.then((summary) =>
			summary.error?.code === 'BAD_CREDENTIALS'
				? { ...summary, error: { ...summary.error, guidance: advice(job.name) } }
				: summary,
		);
		return { ...handle, done };
	};
}

const advice = (job: string): string =>
	`firn credentials set NAME stores keys, firn jobs edit ${job} --credentials NAME gives them to the job.`;

function lacksKeys({ destination: { url, credentials, profile } }: Job, env: Env): boolean {
	if (!url.startsWith('s3:') || credentials !== undefined || profile !== undefined) return false;
	return !Object.keys(env).some((name) => OWN.test(name)) && !hasFiles(env) && !isInEc2();
}

/** Those of the AWS tools; what is in them is their business. */
function hasFiles({ HOME = homedir() }: Env): boolean {
	return ['credentials', 'config'].some((name) => existsSync(join(HOME, '.aws', name)));
}

/** There the machine itself may have a role. */
function isInEc2(): boolean {
	try {
		return readFileSync('/sys/devices/virtual/dmi/id/sys_vendor', 'utf8').startsWith('Amazon');
	} catch {
		// Nothing says so.
		return false;
	}
}
