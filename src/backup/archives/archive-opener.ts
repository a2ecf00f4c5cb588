/** Begins the archives of a run: name, class, part size and key of each, and what its pack thread has to know of them. */

import type { Job } from '../../config/job.ts';
import { archiveKey } from '../../core/object-names.ts';
import type { Destination } from '../../destinations/destination.ts';
import { warmBelowOf } from '../../pricing/object-class.ts';
import type { Prices } from '../../pricing/price-table.ts';
import type { OpenArchive } from '../../state/archive-store.ts';
import type { RunRow } from '../../state/run-store.ts';
import { archiveFileKey, newArchiveHeader } from '../archive-key.ts';
import type { OpenArchiveMessage } from '../pack/messages.ts';
import { partSizeFor } from '../plan/part-size.ts';
import type { RunBooks } from '../run-books.ts';

export interface ArchiveOpenerOptions {
	job: Job;
	run: RunRow;
	books: RunBooks;
	destination: Destination;
	/** Of the destination, if they are known. */
	prices: Prices | undefined;
	/** Absent when the job does not encrypt. */
	runKey: Uint8Array | undefined;
}

export class ArchiveOpener {
	readonly #options: ArchiveOpenerOptions;
	#sequence: number;
	/** Of new archives, and the size below which it does not pay. */
	readonly storageClass: string | undefined;
	readonly warmBelow: number;

	constructor(options: ArchiveOpenerOptions) {
		this.#options = options;
		const { job, run, books, destination, prices } = options;
		this.storageClass = job.storageClass ?? destination.archiveClass;
		this.warmBelow = warmBelowOf(prices, this.storageClass);
		this.#sequence = books.archives.lastSequence(run.run);
	}

	/**
	 * Books an archive that will hold at most `bytes` TAR bytes; on disk with the next commit.
	 * @throws FirnError ARCHIVE_TOO_BIG
	 */
	begin(bytes: number): OpenArchive {
		const { job, run, books, destination, runKey } = this.#options;
		this.#sequence += 1;
		const sequence = this.#sequence;
		const { compression, encrypt: encrypted } = job;
		const key = archiveKey({ jobId: job.id, runId: run.id, sequence, compression, encrypted });
		const planned = {
			sequence,
			key,
			compression,
			encrypted,
			partSize: partSizeFor(bytes, job.partSize, destination.limits),
			ageHeader: encrypted ? newArchiveHeader(job.recipients, archiveFileKey(runKey!, key)) : undefined,
			storageClass: this.storageClass,
		};
		books.transaction.begin();
		const archive = books.archives.create(run.run, { ...planned, recipients: job.recipients });
		return { ...planned, archive, uploadId: undefined };
	}

	/** What the thread that makes it is told. @param resume of one that an earlier attempt has begun */
	message(archive: OpenArchive, resume?: Omit<NonNullable<OpenArchiveMessage['resume']>, 'uploadId'>) {
		const { runKey } = this.#options;
		const { key, compression, partSize, storageClass, ageHeader, uploadId } = archive;
		return {
			type: 'open',
			archive: archive.archive,
			key,
			compression,
			partSize,
			...(ageHeader ? { encryption: { header: ageHeader, fileKey: archiveFileKey(runKey!, key) } } : {}),
			...(storageClass === undefined ? {} : { storageClass, warmBelow: this.warmBelow }),
			...(resume ? { resume: { uploadId, ...resume } } : {}),
		} satisfies OpenArchiveMessage;
	}
}
