/** What a run leaves beside its archives: sidecars, the manifest, and the plain note on how to get everything back. */

import { sealAll } from '../archive/age/payload.ts';
import { compressFrame } from '../archive/frames.ts';
import { beginningsOf, parseRecoverNote, recoverNote } from '../archive/recover-note.ts';
import { joinSidecar, type SidecarHeader } from '../archive/sidecar.ts';
import type { Job } from '../config/job.ts';
import { FirnError } from '../core/errors.ts';
import { type ArchiveNaming, manifestKey, RECOVER_KEY, sidecarKey } from '../core/object-names.ts';
import type { Destination } from '../destinations/destination.ts';
import type { StoredRow } from '../state/archive-store.ts';

/**
 * A sidecar as it is stored: encrypted as its archive is, and for the same recipients, whatever the job has been changed
 * to meanwhile.
 */
export function sealSidecar(job: Job, row: StoredRow, header: SidecarHeader, pieces: Uint8Array[]): Buffer {
	const plain = joinSidecar(header, pieces);
	return row.encrypted === 1 ? sealAll(header.recipients ?? job.recipients, plain) : plain;
}

/** Stores a sidecar. One that is there already was written by an attempt that died before it could note so. */
export async function writeSidecar(destination: Destination, naming: ArchiveNaming, body: Buffer): Promise<void> {
	try {
		await destination.put(sidecarKey(naming), body);
	} catch (error) {
		if (!(error instanceof FirnError) || error.code !== 'ALREADY_EXISTS') throw error;
	}
}

/** Attempts at naming a manifest: each resumed attempt that died behind its manifest leaves one. */
const MANIFESTS = 100;

/** A manifest as it is stored. */
export function sealManifest(job: Job, manifest: object): Buffer {
	const plain = compressFrame('zstd', Buffer.from(`${JSON.stringify(manifest)}\n`));
	return job.encrypt ? sealAll(job.recipients, plain) : plain;
}

/** Stores the manifest under the first free name; the newest one counts. */
export async function writeManifest(
	destination: Destination,
	job: Job,
	runId: string,
	manifest: object,
): Promise<void> {
	const body = sealManifest(job, manifest);
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

/** The longest note that is read: thousands of jobs. */
const LONGEST_NOTE = 1024 * 1024;

/** Puts the note into the destination, unless it is there; what it says of other jobs stays. */
export async function writeRecoverNote(destination: Destination, job: Job): Promise<void> {
	const before = await readNote(destination);
	const jobs = parseRecoverNote(before).set(job.id, job.encrypt ? beginningsOf(job.recipients) : []);
	const note = recoverNote(jobs);
	if (note !== before) await destination.put(RECOVER_KEY, Buffer.from(note), { overwrite: true });
}

/** The note as it is; empty where there is none, or this machine may only write. */
async function readNote(destination: Destination): Promise<string> {
	const chunks: Uint8Array[] = [];
	try {
		for await (const chunk of destination.get(RECOVER_KEY, { start: 0, end: LONGEST_NOTE })) chunks.push(chunk);
	} catch (error) {
		if (error instanceof FirnError && (error.code === 'NOT_FOUND' || error.code === 'DEST_DENIED')) return '';
		throw error;
	}
	return Buffer.concat(chunks).toString('utf8');
}
