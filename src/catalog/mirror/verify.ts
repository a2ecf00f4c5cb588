/** Verifies a mirror in a store (in a folder: verify-folder.ts): every object by name, size and checksum, and a share of the files by reading them. */

import { createHash } from 'node:crypto';
import { createDecryptor } from '../../archive/age/decryptor.ts';
import type { Job } from '../../config/job.ts';
import { FirnError } from '../../core/errors.ts';
import { giveBack } from '../../core/give-back.ts';
import { inParallel, LANES } from '../../core/in-parallel.ts';
import { counted } from '../../core/sizes.ts';
import { objectKey } from '../../mirror/object-key.ts';
import { isPlainFolder, mirroredPath, pairsOf } from '../../mirror/pairs.ts';
import { quoteReading } from '../../pricing/quote-restore.ts';
import { MirrorStore } from '../../state/mirror-store.ts';
import type { Desk, Ending } from '../desk.ts';
import type { PlanVerifyWork, VerifyWork } from '../spec.ts';
import { compareMirror, jobOf } from './compare.ts';
import { planVerifyFolder, verifyFolder } from './verify-folder.ts';

/** Faults that the error names. */
const NAMED = 5;

interface StoredFile {
	key: string;
	size: number;
	sha256: Uint8Array;
}

/** What a verify would read, and what that costs. Nothing is asked of the store. */
export async function planVerifyMirror(desk: Desk, { share, prices }: PlanVerifyWork): Promise<Ending> {
	const job = jobOf(desk);
	if (isPlainFolder(job)) return planVerifyFolder(desk, share);
	const { n, bytes } = desk.db.prepare('SELECT count(*) AS n, coalesce(sum(size), 0) AS bytes FROM objects').get()!;
	const [objects, all] = [Number(n), Number(bytes)];
	const [read, readBytes] = [Math.ceil((objects * share) / 100), Math.ceil((all * share) / 100)];
	const wanted = [{ size: all, storageClass: job.storageClass, fetchBytes: readBytes, requests: read }];
	const cost = prices ? quoteReading(prices, { archives: wanted })?.total : undefined;
	const details = { dryRun: 1, objects, objectBytes: all, readObjects: read, readBytes };
	return {
		status: 'complete',
		archives: 0,
		bytes: all,
		errors: 0,
		details: cost === undefined ? details : { ...details, cost },
	};
}

/** @throws FirnError as compareMirror() and verifyFolder() */
export async function verifyMirror(desk: Desk, { share, identities }: VerifyWork): Promise<Ending> {
	const { progress, report, signal, spec } = desk;
	const job = jobOf(desk);
	if (isPlainFolder(job)) return verifyFolder(desk, job, share);
	const faults = new Map<string, string>();
	const fault = (key: string, what: string) => {
		if (faults.has(key)) return;
		faults.set(key, what);
		progress.errors += 1;
		report({ event: 'notice', level: 'warn', message: `Object ${key} ${what.replace(/\.$/, '')}.` });
	};
	let unknown = 0;
	const compared = await compareMirror(desk, job, (found) => {
		if (found.kind === 'missing') fault(found.key, 'is not in the store');
		else if (found.kind === 'differs') fault(found.key, `has another ${found.fault} than was stored`);
		else {
			unknown += 1;
			report({ event: 'notice', level: 'info', message: `Object ${found.key} is not known to the books.` });
		}
	});
	const counts = { provenObjects: 0, provenBytes: 0 };
	if (share > 0) {
		const mirror = new MirrorStore(desk.db);
		const wanted = [...chosen(mirror, job, share)].filter(({ key }) => !faults.has(key));
		Object.assign(progress, { done: 0, total: wanted.length, bytes: wanted.reduce((sum, { size }) => sum + size, 0) });
		await inParallel(wanted, LANES, async (file) => {
			signal.throwIfAborted();
			const wrong = await prove(desk, file, job.encrypt ? identities : undefined);
			if (wrong === undefined) {
				counts.provenObjects += 1;
				counts.provenBytes += file.size;
			} else {
				fault(file.key, wrong);
				// What the books know nothing of is sent anew; a list alone would never show that it has rotted.
				mirror.forget(file.key);
			}
			progress.done += 1;
			progress.bytesDone += file.size;
		});
	}
	const details = { objects: compared.objects, seenObjects: compared.right, unknown, ...counts, faults: faults.size };
	const ending = { archives: 0, bytes: compared.knownBytes, errors: faults.size, details };
	if (faults.size === 0) return { ...ending, status: 'complete' };
	const named = [...faults].slice(0, NAMED).map(([key, what]) => `${key} ${what}`);
	const more = faults.size > NAMED ? ` And ${faults.size - NAMED} more.` : '';
	const error = new FirnError(
		'VERIFY_FAILED',
		`${counted(faults.size, 'object')} cannot be relied on: ${named.join('; ')}.${more}`,
		{ guidance: `firn backup ${spec.job.name} copies their files again.` },
	);
	return { ...ending, status: 'failed', error };
}

/** The files to be read: all of them, or a share chosen at random, another one each time. */
function* chosen(mirror: MirrorStore, job: Job, share: number): Generator<StoredFile> {
	const pairs = pairsOf(job.sources);
	for (const { path, entry } of mirror.entries()) {
		const own = entry.type === 'file' ? mirroredPath(pairs, path) : undefined;
		if (!own || !entry.sha256 || (share < 100 && Math.random() * 100 >= share)) continue;
		yield { key: objectKey(own.to, job.encrypt), size: entry.size, sha256: entry.sha256 };
	}
}

/** Faults of what was read, not of the store. */
const READING_FAULTS = new Set(['NOT_FOUND', 'TRUNCATED', 'DAMAGED', 'NOT_AGE', 'BAD_AGE_HEADER']);

/** @returns what is wrong, if something is */
async function prove(desk: Desk, { key, sha256 }: StoredFile, identities?: string[]): Promise<string | undefined> {
	const { destination, signal } = desk;
	const digest = createHash('sha256');
	const decryptor = identities && createDecryptor(identities);
	const take = (pieces: Uint8Array[]) => {
		for (const piece of pieces) {
			digest.update(piece);
			giveBack(piece);
		}
	};
	try {
		for await (const chunk of destination.get(key, { signal })) take(decryptor ? decryptor.write(chunk) : [chunk]);
		if (decryptor) take(decryptor.end());
	} catch (error) {
		if (!(error instanceof FirnError) || !READING_FAULTS.has(error.code)) throw error;
		return `cannot be restored: ${error.message}`;
	}
	return digest.digest().equals(sha256) ? undefined : 'cannot be restored: its content has another SHA-256';
}
