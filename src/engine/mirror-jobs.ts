/** What a job with mirror layout may be. */

import type { Job } from '../config/job.ts';
import { usageError } from '../core/errors.ts';
import { pairsOf, refuseNested } from '../mirror/pairs.ts';
import type { JobOptions } from '../protocol/requests.ts';

/**
 * @param before the job as it was; a new one has no layout yet
 * @param real where the destination really is, links on the way looked through
 * @throws FirnError (usage) LAYOUT_CHANGED, ENCRYPTION_CHANGED, MIRROR_NEEDS_WARM, MIRROR_NESTED, MIRROR_NAMES_CLASH, BAD_OPTIONS…
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
	if (before.layout !== undefined && before.encrypt !== job.encrypt) {
		throw usageError(
			'ENCRYPTION_CHANGED',
			`The files of mirror ${job.name} are ${before.encrypt ? 'encrypted' : 'plain'}; that cannot be changed.`,
			'Make another job with --job NAME and another destination.',
		);
	}
	const { recipients, addRecipients, compression } = options;
	if (!job.encrypt && (recipients || addRecipients)) {
		throw usageError('BAD_OPTIONS', 'A mirror holds plain files unless you say otherwise.', 'Add --encrypt.');
	}
	if ((compression ?? 'none') !== 'none') {
		throw usageError('BAD_OPTIONS', 'The files of a mirror are not compressed.', 'Leave --compression out.');
	}
	checkClass(job, options);
	const { url } = job.destination;
	if (url.startsWith('/')) refuseNested(job.sources, [url, real]);
	pairsOf(job.sources);
}

/** What a mirror holds is compared, replaced and deleted all the time, which archive classes charge for, or delay. */
function checkClass({ destination, storageClass }: Job, options: JobOptions): void {
	if (destination.url.startsWith('/') && options.storageClass !== undefined) {
		throw usageError('BAD_OPTIONS', 'A folder has no storage classes.', 'Leave --storage-class out.');
	}
	if (storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE') return;
	throw usageError(
		'MIRROR_NEEDS_WARM',
		`A mirror cannot be kept in ${storageClass}: its objects must be readable at once.`,
		'Use STANDARD, STANDARD_IA or GLACIER_IR, or --layout archive.',
	);
}

/** Who asks for content to be compared must not believe that it was. @throws FirnError (usage) BAD_OPTIONS */
export function refuseForOtherLayout(
	{ name, layout }: Job,
	{ full, checksum, confirmDeletions }: { full: boolean; checksum: boolean; confirmDeletions: number },
): void {
	const [option, instead] =
		layout === 'mirror'
			? [full && '--full', '--checksum compares the content of all files.']
			: [checksum ? '--checksum' : confirmDeletions > 0 && '--confirm-deletions', '--full packs all files again.'];
	if (!option) return;
	const only = layout === 'mirror' ? 'archives' : 'mirrors';
	throw usageError('BAD_OPTIONS', `${option} is for ${only} only; job ${name} makes none.`, `Leave it out; ${instead}`);
}

/** Before anything is done with the archives of a job. @throws FirnError (usage) MIRROR_HAS_NO_ARCHIVES */
export function refuseMirror(job: Job | undefined): void {
	if (job?.layout !== 'mirror') return;
	throw usageError(
		'MIRROR_HAS_NO_ARCHIVES',
		`Job ${job.name} is a mirror and has no archives: its files lie in ${job.destination.url} ${job.encrypt ? 'as age files' : 'as they are'}.`,
		`firn show ${job.name} lists them, and firn restore ${job.name} brings them back.`,
	);
}
