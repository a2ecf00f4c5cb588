/** Where a restore finds the files of a mirror. */

import { recipientOf } from '../../archive/age/identity.ts';
import type { Job } from '../../config/job.ts';
import { type FirnError, usageError } from '../../core/errors.ts';
import { isPlainFolder, type Pair, pairsOf } from '../../mirror/pairs.ts';

/** Plain data that crosses into threads. */
export interface MirrorPlace {
	pairs: Pair[];
	/** Each file is an age file. */
	encrypted: boolean;
	/** Who can open what its last run has sent. */
	recipients: string[];
	storageClass: string | undefined;
	/** Plain files lie in this folder; undefined where it holds objects. */
	folder: string | undefined;
}

/** @param job as its last run had it */
export function mirrorPlace(job: Job): MirrorPlace | undefined {
	if (job.layout !== 'mirror') return undefined;
	return {
		pairs: pairsOf(job.sources),
		encrypted: job.encrypt,
		recipients: job.encrypt ? job.recipients : [],
		storageClass: job.storageClass,
		folder: isPlainFolder(job) ? job.destination.url : undefined,
	};
}

/** Why the identities at hand cannot open what a mirror holds, if so (NO_IDENTITY, WRONG_IDENTITY). */
export function shutMirror({ encrypted, recipients }: MirrorPlace, identities: string[]): FirnError | undefined {
	if (!encrypted) return undefined;
	const meant = `They are for ${recipients.join(', ')}.`;
	const guidance = 'Give the identity they were made for with --identity FILE.';
	if (identities.length === 0) {
		return usageError(
			'NO_IDENTITY',
			`The files of the mirror are encrypted, and there is no identity to open them. ${meant}`,
			guidance,
		);
	}
	const atHand = identities.map(recipientOf);
	if (atHand.some((recipient) => recipients.includes(recipient))) return undefined;
	return usageError(
		'WRONG_IDENTITY',
		`The files of the mirror are opened by none of the identities at hand (${atHand.join(', ')}). ${meant}`,
		guidance,
	);
}
