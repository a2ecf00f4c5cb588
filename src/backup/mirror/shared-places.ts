/** Keeps what one job has stored out of the places that another one, a mirror, takes for its own. Pure. */

import { basename } from 'node:path';
import type { Job } from '../../config/job.ts';
import { usageError } from '../../core/errors.ts';
import { safePrint } from '../../core/safe-print.ts';
import { isWithin } from '../../mirror/pairs.ts';

/**
 * To be called before a job is saved or run. Two mirrors of one source in one place agree on what belongs there, if both
 * are plain or both encrypted.
 * @param others all jobs, also this one
 * @param real where a path of this machine really leads
 * @throws FirnError (usage) MIRROR_PLACE_TAKEN
 */
export function refuseShared(job: Job, others: readonly Job[], real: (path: string) => string): void {
	for (const other of others) {
		if (other.id === job.id || (job.layout !== 'mirror' && other.layout !== 'mirror')) continue;
		if (storeOf(job) !== storeOf(other)) continue;
		for (const own of placesOf(job, real)) {
			const taken = placesOf(other, real).find((place) => isSame(own, place) && !agree(own, place, job, other));
			if (!taken) continue;
			throw usageError(
				'MIRROR_PLACE_TAKEN',
				`Jobs ${job.name} and ${other.name} would both write below ${safePrint(shorter(own.path, taken.path))} in ${other.destination.url}: a mirror replaces and deletes what is not its own.`,
				'Give one of them another destination: a new job with --job NAME.',
			);
		}
	}
}

interface Place {
	path: string;
	/** Of a mirror; absent where archives lie. */
	source?: string;
}

function isSame({ path: a }: Place, { path: b }: Place): boolean {
	return isWithin(a, b) || isWithin(b, a);
}

function agree(own: Place, taken: Place, job: Job, other: Job): boolean {
	return (
		own.source !== undefined && own.source === taken.source && own.path === taken.path && job.encrypt === other.encrypt
	);
}

function shorter(a: string, b: string): string {
	return a.length <= b.length ? a : b;
}

/** What tells two stores apart that have the same address. */
function storeOf({ destination: { url, endpoint, credentials } }: Job): string {
	if (url.startsWith('/')) return '';
	return JSON.stringify([endpoint ?? '', url.startsWith('gdrive:') ? (credentials ?? '') : '']);
}

function placesOf(job: Job, real: (path: string) => string): Place[] {
	const { url } = job.destination;
	const top = (url.startsWith('/') ? real(url) : url).replace(/\/+$/, '');
	// Archives have a folder of their own (core/object-names.ts).
	if (job.layout !== 'mirror') return [{ path: `${top}/${job.id}` }];
	return job.sources.map((source) => ({ source, path: `${top}/${basename(source)}` }));
}
