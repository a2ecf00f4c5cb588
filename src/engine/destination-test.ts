import type { ConfigFile } from '../config/config-file.ts';
import { usageError } from '../core/errors.ts';
import { askTest } from '../destinations/test/ask-test.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Credentials } from './credentials.ts';
import { destinationUrl, jobUnknown } from './job-request.ts';

/**
 * Tests the destination of a job, or one that no job has yet.
 * @throws FirnError (usage) NO_DESTINATION, JOB_UNKNOWN, BAD_DESTINATION, CREDENTIALS_MISSING; VAULT_LOCKED, DEST_LOST
 */
export async function testDestination(
	params: CheckedRequests['testDestination'],
	config: ConfigFile,
	credentials: Credentials,
): Promise<Results['testDestination']> {
	const { job: name, to, cwd, env, storageClass, ...where } = params;
	if ((name === undefined) === (to === undefined)) {
		throw usageError('NO_DESTINATION', 'Which destination is to be tested?', 'Give either a job or --to DESTINATION.');
	}
	if (to !== undefined) {
		const destination = { url: destinationUrl(to, cwd), ...where };
		return askTest({
			destination,
			sources: [],
			env: await credentials.envFor(destination, env),
			...(storageClass === undefined ? {} : { storageClass }),
		});
	}
	const job = config.job(name!);
	if (!job) throw jobUnknown(name!, config);
	const { destination, sources, splitSize } = job;
	const kept = storageClass ?? job.storageClass;
	// What the command line says goes before the job, to try it out before the job is changed.
	return askTest({
		destination: { ...destination, ...where },
		sources,
		splitSize,
		env: await credentials.envFor(
			where.profile === undefined ? { ...destination, ...where } : { url: destination.url, ...where },
			env,
		),
		...(kept === undefined ? {} : { storageClass: kept }),
	});
}
