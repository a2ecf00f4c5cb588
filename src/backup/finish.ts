/** What a run leaves beside its archives: sidecars, the manifest, and the plain note on how to get everything back. */

import { sealAll } from '../archive/age/payload.ts';
import { compressFrame } from '../archive/frames.ts';
import { joinSidecar, type SidecarHeader } from '../archive/sidecar.ts';
import type { Job } from '../config/job.ts';
import { FirnError } from '../core/errors.ts';
import { type ArchiveNaming, manifestKey, RECOVER_KEY, sidecarKey } from '../core/object-names.ts';
import type { Destination } from '../destinations/destination.ts';

/** Encrypts for the job's recipients, if it encrypts. */
function protect(job: Job, plain: Buffer): Buffer {
	return job.encrypt ? sealAll(job.recipients, plain) : plain;
}

/** Stores a sidecar. One that is there already was written by an attempt that died before it could note so. */
export async function writeSidecar(
	destination: Destination,
	job: Job,
	naming: ArchiveNaming,
	header: SidecarHeader,
	pieces: Uint8Array[],
): Promise<void> {
	const body = protect(job, joinSidecar(header, pieces));
	try {
		await destination.put(sidecarKey({ ...naming, encrypted: job.encrypt }), body);
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'ALREADY_EXISTS') throw error;
	}
}

/** Attempts at naming a manifest: each resumed attempt that died behind its manifest leaves one. */
const MANIFESTS = 100;

/** Stores the manifest under the first free name; the newest one counts. */
export async function writeManifest(
	destination: Destination,
	job: Job,
	runId: string,
	manifest: object,
): Promise<void> {
	const body = protect(job, compressFrame('zstd', Buffer.from(`${JSON.stringify(manifest)}\n`)));
	for (let attempt = 1; ; attempt++) {
		const key = manifestKey(job.id, runId, job.encrypt).replace(
			'/manifest',
			`/manifest${attempt === 1 ? '' : `-${attempt}`}`,
		);
		try {
			await destination.put(key, body);
			return;
		} catch (error) {
			const taken = error instanceof FirnError && error.code === 'ALREADY_EXISTS';
			if (!taken || attempt === MANIFESTS) throw error;
		}
	}
}

/** Puts the note into the destination. */
export async function writeRecoverNote(destination: Destination): Promise<void> {
	await destination.put(RECOVER_KEY, Buffer.from(RECOVER_NOTE), { overwrite: true });
}

const RECOVER_NOTE = `HOW TO GET YOUR FILES BACK WITHOUT FIRN

The archives below this place are standard TAR files, some of them compressed and
encrypted. Nothing but the stock tools age, zstd (or gzip) and tar is needed, and
the identity (a line that begins with AGE-SECRET-KEY-1) for encrypted ones.

    <job>/<run>/000001.tar.zst.age     an archive
    <job>/<run>/000001.idx.age         what it holds (age -d ... | zstd -d prints it)
    <job>/<run>/manifest.age           what the run consists of

The ending tells what to undo, from right to left:

    .tar            tar -xpf 000001.tar
    .tar.zst        zstd -d < 000001.tar.zst | tar -xp
    .tar.gz         gzip -d < 000001.tar.gz | tar -xp
    .tar.age        age -d -i identity.txt 000001.tar.age | tar -xp
    .tar.zst.age    age -d -i identity.txt 000001.tar.zst.age | zstd -d | tar -xp
    .tar.gz.age     age -d -i identity.txt 000001.tar.gz.age | gzip -d | tar -xp

The names of the runs sort by time. Unpack all archives of all runs of a job in the
order of their names, into an empty folder: later ones hold what changed later.
Archives in a Glacier storage class have to be restored (thawed) first.
`;
