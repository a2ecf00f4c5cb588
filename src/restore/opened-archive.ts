/** An archive that can be read: where its bytes lie and the key that opens them. Plain data, it goes to threads. */

import { openHeader } from '../archive/age/header.ts';
import { NONCE } from '../archive/age/payload.ts';
import { FrameTable } from '../archive/frame-table.ts';
import type { ArchiveShape } from '../archive/layout.ts';
import { FirnError, type PlainError, usageError } from '../core/errors.ts';
import type { ArchiveRecord } from '../state/archive-list.ts';

export interface OpenedArchive {
	record: ArchiveRecord;
	/** Of an encrypted archive. */
	fileKey: Uint8Array | undefined;
	/** Why it is not even tried. */
	unreadable?: PlainError;
}

/**
 * Opens all archives of a restore by what the state database holds of their headers; nothing is fetched.
 * @throws FirnError NO_IDENTITY, WRONG_IDENTITY, BAD_IDENTITY, BAD_AGE_HEADER
 */
export function openArchives(records: ArchiveRecord[], identities: string[]): Map<number, OpenedArchive> {
	// The archives of a run may share a header.
	const keys = new Map<string, Uint8Array>();
	const opened = new Map<number, OpenedArchive>();
	for (const record of records) {
		if (!record.encrypted || record.status !== 'stored') {
			opened.set(record.archive, { record, fileKey: undefined });
			continue;
		}
		const header = Buffer.from(record.ageHeader ?? []);
		const known = header.toString('latin1', 0, header.length - NONCE);
		const fileKey = keys.get(known) ?? openKey(record, header, identities);
		keys.set(known, fileKey);
		opened.set(record.archive, { record, fileKey });
	}
	return opened;
}

function openKey(record: ArchiveRecord, header: Uint8Array, identities: string[]): Uint8Array {
	if (identities.length === 0) {
		throw usageError(
			'NO_IDENTITY',
			`The archive ${record.key} is encrypted, and there is no identity to open it.${meantFor(record)}`,
			'Give the identity it was made for with --identity FILE.',
		);
	}
	try {
		return openHeader(header, identities).fileKey;
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		throw FirnError.fromPlain({
			...error.toPlain(),
			message: `The archive ${record.key} cannot be opened.${meantFor(record)} ${error.message}`,
		});
	}
}

function meantFor({ recipients }: ArchiveRecord): string {
	return recipients ? ` It is for ${recipients.join(', ')}.` : '';
}

/** How the bytes of the archive are arranged. @throws FirnError BAD_FRAME_TABLE */
export function shapeOf({ record }: { record: ArchiveRecord }): ArchiveShape {
	return {
		compression: record.compression,
		encrypted: record.encrypted,
		ageHeaderLength: record.ageHeader?.length ?? 0,
		payloadSize: record.payloadSize,
		objectSize: record.size,
		...(record.frames ? { frames: FrameTable.decode(record.frames) } : {}),
	};
}

/** The 16 bytes between the age header and the first chunk. */
export function nonceOf({ record }: OpenedArchive): Buffer {
	return Buffer.from(record.ageHeader!.subarray(-NONCE));
}
