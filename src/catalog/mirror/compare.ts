/** Compares the objects that the books of a mirror know with those that its store has. Nothing is changed. */

import { type Job, jobSchema } from '../../config/job.ts';
import { FirnError } from '../../core/errors.ts';
import { inParallel, LANES } from '../../core/in-parallel.ts';
import { objectKey } from '../../mirror/object-key.ts';
import { isPlainFolder, pairsOf } from '../../mirror/pairs.ts';
import { MirrorStore } from '../../state/mirror-store.ts';
import { RunStore } from '../../state/run-store.ts';
import { compareObject } from '../compare-object.ts';
import type { Desk } from '../desk.ts';

/** `fault`: how one differs. */
export interface Finding {
	kind: 'missing' | 'differs' | 'unknown';
	key: string;
	/** As the books have it; of an unknown one they have none. */
	expected?: number;
	size?: number;
	fault?: 'size' | 'checksum';
}

export interface Compared {
	/** In the store. */
	objects: number;
	bytes: number;
	/** Those that the books know, and those of them that are as they were sent. */
	known: number;
	knownBytes: number;
	right: number;
}

/** The job as it was when the books were written last. */
export function jobOf({ db }: Desk): Job {
	return jobSchema.parse(JSON.parse(new RunStore(db).getMeta('job') ?? 'null'));
}

/** The same, of a mirror in a store. @throws FirnError (usage) MIRROR_IS_FOLDER */
export function mirrorJob(desk: Desk): Job {
	const job = jobOf(desk);
	if (!isPlainFolder(job)) return job;
	const { name } = desk.spec.job;
	throw new FirnError(
		'MIRROR_IS_FOLDER',
		`Job ${name} mirrors to plain files in a folder, which each run looks at itself: there is nothing to be synced.`,
		{
			guidance: `firn verify ${name} finds what is missing, changed or damaged there, and firn backup ${name} copies it again.`,
			kind: 'usage',
		},
	);
}

/**
 * @param find told of all that is not as it should be
 * @throws FirnError STORE_EMPTY when nothing at all is there: rather a disk that is not mounted than so many objects gone;
 * as the destination does
 */
export async function compareMirror(desk: Desk, job: Job, find: (finding: Finding) => void): Promise<Compared> {
	const { db, destination, signal, progress } = desk;
	const mirror = new MirrorStore(db);
	const counts: Compared = { objects: 0, bytes: 0, known: 0, knownBytes: 0, right: 0 };
	const listed = (object: { key: string; size: number; etag: string }) => {
		signal.throwIfAborted();
		mirror.listed(object);
		counts.objects += 1;
		counts.bytes += object.size;
		progress.done += 1;
	};
	for (const { name } of pairsOf(job.sources)) {
		const single = await destination.head(objectKey(name, job.encrypt), { signal });
		if (single) listed(single);
		for await (const object of destination.list(`${objectKey(name, false)}/`, { signal })) listed(object);
	}
	if (counts.objects === 0 && !mirror.objects().next().done) throw nothingThere(desk);
	// What the list does not settle is asked for by name, and a store may have lost much.
	await inParallel(mirror.objects(), LANES, async (known) => {
		signal.throwIfAborted();
		counts.known += 1;
		counts.knownBytes += known.size;
		const { key, size: expected } = known;
		const isRight = mirror.meet(key).verdict === 'right';
		const stored = isRight ? undefined : await destination.head(key, { signal });
		const fault = stored && (await compareObject(destination, known, stored));
		if (!isRight && !stored) find({ kind: 'missing', key, expected });
		else if (fault) find({ kind: 'differs', key, expected, size: stored.size, fault });
		else counts.right += 1;
	});
	for (const key of mirror.unmet()) find({ kind: 'unknown', key });
	return counts;
}

function nothingThere({ destination, spec }: Desk): FirnError {
	const { name } = spec.job;
	return new FirnError(
		'STORE_EMPTY',
		`${destination.url} holds nothing of the mirror ${name}, and the books say it does.`,
		{
			guidance: `Is its disk mounted, its bucket the right one? Nothing was changed. If all of it is lost, firn backup ${name} copies everything again.`,
			retry: 'later',
		},
	);
}
