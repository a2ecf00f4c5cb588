/**
 * Keys of the archives of a run. Every archive has its own age file key, derived from one random key of the run, so
 * that an interrupted archive can be gone on with by a machine that holds no identity. The run's key lies behind the
 * secrets seam and is deleted when the run has ended; from then on only the identities open what it wrote.
 */

import { hkdfSync, randomBytes } from 'node:crypto';
import { createHeader, isHeaderOf } from '../archive/age/header.ts';

const FILE_KEY = 16;
const NONCE = 16;

/** The age file key of the archive with this object key (which is never used for a second archive). */
export function archiveFileKey(runKey: Uint8Array, key: string): Buffer {
	return Buffer.from(hkdfSync('sha256', runKey, Buffer.from(key), 'firn archive file key', FILE_KEY));
}

/** What an encrypted archive begins with: the age header for these recipients, and the payload nonce. */
export function newArchiveHeader(recipients: string[], fileKey: Buffer): Buffer {
	return Buffer.concat([createHeader(recipients, fileKey), randomBytes(NONCE)]);
}

/** Whether the run's key is the one that an archive was begun with: another one would make the rest of it unreadable. */
export function isKeyOf(runKey: Uint8Array, archive: { key: string; ageHeader: Uint8Array | undefined }): boolean {
	return archive.ageHeader !== undefined && isHeaderOf(archive.ageHeader, archiveFileKey(runKey, archive.key));
}
