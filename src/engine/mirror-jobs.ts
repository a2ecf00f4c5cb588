/** What a job with mirror layout may be. */

import { pairsOf, refuseNested } from '../backup/mirror/pairs.ts';
import type { Job } from '../config/job.ts';
import { usageError } from '../core/errors.ts';
import type { JobOptions } from '../protocol/requests.ts';

/**
 * @param before the job as it was; a new one has no layout yet
 * @param real where the destination really is, links on the way looked through
 * @throws FirnError (usage) LAYOUT_CHANGED, MIRROR_NEEDS_FOLDER, MIRROR_NESTED, MIRROR_NAMES_CLASH, BAD_OPTIONS…
 */
export function checkMirror(job: Job, before: Partial<Job>, options: JobOptions, real: string): void {
	if (before.layout !== undefined && before.layout !== job.layout) {
		throw usageError(
			'LAYOUT_CHANGED',
			`Job ${job.name} has the layout ${before.layout}; that cannot be changed.`,
			'Make another job with --job NAME.',
		);
	}
	if (job.layout !== 'mirror') {
		if (options.deletions === undefined) return;
		throw usageError('BAD_OPTIONS', '--deletions is for mirrors only.', 'Leave it out, or add --layout mirror.');
	}
	const { url } = job.destination;
	if (!url.startsWith('/')) {
		throw usageError(
			'MIRROR_NEEDS_FOLDER',
			`A mirror cannot be kept in ${url}: it needs a folder, such as one on a disk or a NAS.`,
			'Use --layout archive there.',
		);
	}
	const { encrypt, recipients, addRecipients, compression, storageClass } = options;
	if (encrypt || recipients || addRecipients || storageClass || (compression ?? 'none') !== 'none') {
		throw usageError(
			'BAD_OPTIONS',
			'A mirror holds plain files: they are neither encrypted nor compressed, and have no storage class.',
			'Leave those options out, or use --layout archive.',
		);
	}
	refuseNested(job.sources, [url, real]);
	pairsOf(job.sources);
}

/** Before anything is done with the archives of a job. @throws FirnError (usage) MIRROR_HAS_NO_ARCHIVES */
export function refuseMirror(job: Job | undefined): void {
	if (job?.layout !== 'mirror') return;
	throw usageError(
		'MIRROR_HAS_NO_ARCHIVES',
		`Job ${job.name} is a mirror: its files lie in ${job.destination.url} as they are.`,
		'Look at them there, and copy from there what you need.',
	);
}
