/** How the archives of a run end: confirmed by the store, with a sidecar behind them, or given up. */

import type { Job } from '../../config/job.ts';
import { type FirnError, toFirnError } from '../../core/errors.ts';
import { formatSize } from '../../core/sizes.ts';
import type { TaskReporter } from '../../core/task.ts';
import type { Destination, StoredObject } from '../../destinations/destination.ts';
import { sealSidecar, writeSidecar } from '../finish.ts';
import type { FromPackThread } from '../pack/messages.ts';
import type { RunBooks } from '../run-books.ts';
import { sidecarHeader } from '../sidecar-header.ts';
import type { ArchiveOpener } from './archive-opener.ts';

export interface ArchiveEndingsOptions {
	job: Job;
	/** Firn's own. */
	version: string;
	books: RunBooks;
	destination: Destination;
	/** The class that archives are asked for, and the size below which they do not get it. */
	asked: Pick<ArchiveOpener, 'storageClass' | 'warmBelow'>;
	reporter: TaskReporter;
	onFailed: (error: FirnError) => void;
	/** Something that went on in the background is over. */
	onChange: () => void;
}

/** What a pack thread knows of an archive that is stored. */
type Made = Pick<Extract<FromPackThread, { type: 'stored' }>, 'rawSize' | 'payloadSize' | 'frames'>;

export class ArchiveEndings {
	readonly #options: ArchiveEndingsOptions;
	readonly #background = new Set<Promise<void>>();
	#toldClass = false;
	archivesDone = 0;

	constructor(options: ArchiveEndingsOptions) {
		this.#options = options;
	}

	/** A sidecar is being stored, or something removed. */
	get busy(): boolean {
		return this.#background.size > 0;
	}

	/** Books what the store has confirmed. */
	confirm(archive: number, object: StoredObject, { rawSize, payloadSize, frames }: Made): void {
		const { books, reporter } = this.#options;
		books.transaction.begin();
		books.archives.markStored(archive, {
			size: object.size,
			rawSize,
			payloadSize,
			crc32: object.crc32,
			etag: object.etag,
			frames,
			// Stores do not name the class that an object is in if none was asked for.
			storageClass: object.storageClass ?? 'STANDARD',
			link: object.link,
			now: Date.now(),
		});
		books.transaction.commit();
		this.#tellClass(object);
		this.archivesDone += 1;
		const { key, size, files } = books.archives.describe(archive);
		reporter.event({ event: 'archive', archive: key.split('/').at(-1)!, key, bytes: size, files });
	}

	/** The archive cannot be finished: what was sent is thrown away, what was planned is found by the next scan. */
	giveUp(archive: number, key: string, uploadId: string | undefined, reason: string): void {
		const { books, destination, reporter } = this.#options;
		books.transaction.begin();
		books.archives.markAbandoned(archive);
		books.transaction.commit();
		reporter.event({ event: 'notice', level: 'warn', message: `Archive ${key} is made anew: ${reason}.` });
		// Without an upload it may have been stored whole, the answer being lost; it is in no book then.
		this.#inBackground(uploadId === undefined ? this.#remove(key) : destination.abortUpload({ key, id: uploadId }));
	}

	/** What tells without the books what an archive holds; once it is confirmed. */
	storeSidecar(archive: number): void {
		const { books, destination, job, version } = this.#options;
		const row = books.archives.describe(archive);
		const run = books.runs.get(row.run);
		const { sequence, compression, encrypted } = row;
		const naming = { jobId: job.id, runId: run.id, sequence, compression, encrypted: encrypted === 1 };
		const body = sealSidecar(job, row, sidecarHeader(row, run, job, version), books.archives.indexPieces(archive));
		this.#inBackground(
			writeSidecar(destination, naming, body).then(() => {
				books.transaction.begin();
				books.archives.markSidecar(archive);
			}),
		);
	}

	/** Says once why archives are not where the job has its archives. */
	#tellClass({ size, storageClass = 'STANDARD' }: StoredObject): void {
		const { storageClass: cold, warmBelow } = this.#options.asked;
		if (this.#toldClass || cold === undefined || storageClass === cold || size >= warmBelow) return;
		this.#toldClass = true;
		const message = `Archives below ${formatSize(warmBelow)} are stored in ${storageClass}: ${cold} would cost more for them.`;
		this.#options.reporter.event({ event: 'notice', level: 'info', message });
	}

	async #remove(key: string): Promise<void> {
		try {
			await this.#options.destination.delete(key);
		} catch (error) {
			const message = `The unfinished object ${key} could not be removed: ${toFirnError(error).message}`;
			this.#options.reporter.event({ event: 'notice', level: 'warn', message });
		}
	}

	#inBackground(work: Promise<void>): void {
		const task = work
			.catch((error: unknown) => this.#options.onFailed(toFirnError(error)))
			.finally(() => {
				this.#background.delete(task);
				this.#options.onChange();
			});
		this.#background.add(task);
	}
}
