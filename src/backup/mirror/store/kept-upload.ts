/**
 * The upload by parts of one plain file, kept over runs: one that a killed or stopped run has begun is gone on with when the
 * file is still the same. (Encrypted ones are begun anew: their keys are never written down.)
 */

import type { BigIntStats } from 'node:fs';
import { FirnError } from '../../../core/errors.ts';
import type { Destination, PartReceipt, StoredObject, UploadRef } from '../../../destinations/destination.ts';
import type { RunBooks } from '../../run-books.ts';
import { SourceFault } from '../source.ts';
import { Torn } from './source-file.ts';

/** The store has something else under this upload than the file: it is given up, and another one begun. */
export class Stale extends Error {}

/** What there is already: parts of an upload, or the object, when only the note of it was lost. */
export type Found = { upload: UploadRef; stored: PartReceipt[] } | { object: StoredObject };

export interface KeptUploadOptions {
	destination: Destination;
	books: RunBooks;
	key: string;
	/** Of the file as it is now. */
	stat: BigIntStats;
	storageClass: string | undefined;
	signal: AbortSignal;
}

export class KeptUpload {
	readonly #options: KeptUploadOptions;

	constructor(options: KeptUploadOptions) {
		this.#options = options;
	}

	/** What the file's upload can go on with; what it cannot is given up. @throws FirnError when the store cannot be asked */
	async find(partSize: number): Promise<Found | undefined> {
		const { destination, books, key, stat, storageClass, signal } = this.#options;
		const begun = books.uploads.get(key);
		if (!begun) return undefined;
		const isSame =
			begun.partSize === partSize &&
			begun.storageClass === storageClass &&
			begun.size === Number(stat.size) &&
			begun.mtimeNs === stat.mtimeNs &&
			begun.ctimeNs === stat.ctimeNs &&
			begun.ino === BigInt.asIntN(64, stat.ino);
		if (!isSame) {
			await this.giveUp(begun);
			return undefined;
		}
		try {
			return { upload: begun, stored: await destination.listParts(begun, { partSize, signal }) };
		} catch (error) {
			if (!(error instanceof FirnError) || error.code !== 'NO_SUCH_UPLOAD') throw error;
			this.ended();
			const object = await destination.head(key, { signal });
			return object?.size === begun.size && object.crc32 !== undefined ? { object } : undefined;
		}
	}

	/** On disk when it returns: nothing is sent of which the next run would not know. */
	begun(upload: UploadRef, partSize: number): void {
		const { books, stat, storageClass } = this.#options;
		const { size, mtimeNs, ctimeNs, ino } = stat;
		books.transaction.begin();
		books.uploads.begun({
			...{ ...upload, partSize, storageClass },
			...{ size: Number(size), mtimeNs, ctimeNs, ino: BigInt.asIntN(64, ino) },
		});
		books.transaction.commit();
	}

	/** What the next run cannot go on with is given up at once; a run that ends early leaves the rest to it. */
	isKept(error: unknown): boolean {
		return !(error instanceof Torn || error instanceof SourceFault || error instanceof Stale);
	}

	/** What cannot be given up now, the next run gives up. */
	async giveUp(upload: UploadRef): Promise<void> {
		await this.#options.destination.abortUpload(upload).catch(() => undefined);
		this.ended();
	}

	/** It is complete, or there no more. */
	ended(): void {
		const { books, key } = this.#options;
		books.transaction.begin();
		books.uploads.ended(key);
	}
}
