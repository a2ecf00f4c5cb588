/** Gives up the uploads that earlier runs of a mirror have left in its store, where they cost money. */

import type { Job } from '../../../config/job.ts';
import { FirnError } from '../../../core/errors.ts';
import type { Destination, UploadRef } from '../../../destinations/destination.ts';
import { listPrefix } from '../../../mirror/list-key.ts';
import { objectKey } from '../../../mirror/object-key.ts';
import type { Pair } from '../../../mirror/pairs.ts';

/** Names of what a look at the store writes for a moment; another run may be at it just now. */
const PROBES = '.firn-probe';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * To be called before a run sends anything. Only a run of this mirror writes below these names.
 * @param isKept whether the run goes on with it
 * @throws FirnError when the store cannot be reached; what it refuses is told as a notice
 */
export async function giveUpUploads(
	destination: Destination,
	job: Job,
	pairs: readonly Pair[],
	isKept: (upload: UploadRef) => boolean,
	onNotice: (message: string) => void,
): Promise<void> {
	const own = pairs.map(({ name }) => objectKey(name, false));
	const isOwn = (key: string) =>
		key.startsWith(listPrefix(job.id)) ||
		own.some((name) => key === objectKey(name, job.encrypt) || key.startsWith(`${name}/`));
	try {
		for (const prefix of [...own, listPrefix(job.id)]) {
			for await (const upload of destination.uploads(prefix)) {
				if (isOwn(upload.key) && !isKept(upload)) await destination.abortUpload(upload);
			}
		}
		for await (const upload of destination.uploads(PROBES)) {
			if (Date.now() - upload.begun.getTime() > DAY_MS) await destination.abortUpload(upload);
		}
	} catch (error) {
		if (!(error instanceof FirnError) || error.retry === 'now' || error.code === 'STOPPED') throw error;
		onNotice(`Unfinished uploads could not be looked for: ${error.message}`);
	}
}
