/**
 * SHA-256 of the content of a file. Of a big one a thread beside computes it, since that takes as long as to read and
 * encrypt it: of a single big file both processors have their half.
 */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { besideModule } from '../beside.ts';
import { FirnError } from '../errors.ts';
import { BEGIN, DIGEST, HashRing, SLOT } from './ring.ts';

/** As much as Hash of node:crypto. */
export interface ContentHash {
	/** Takes the next bytes; they may be used again when it returns. @throws FirnError HASHING_DIED */
	update(bytes: Uint8Array): unknown;
	/** To be called once. @throws FirnError HASHING_DIED */
	digest(): Buffer;
}

/** Below this the thread is not worth its start. */
const BIG = 64 * 1024 * 1024;

let ring: HashRing | undefined;
/** Who has the thread; another one takes it over only from who needs it no more. */
let owner: FarHash | undefined;

/** @param size bytes that will come, about */
export function contentHash(size: number): ContentHash {
	if (size < BIG || owner || availableParallelism() < 2) return createHash('sha256');
	ring ??= startThread();
	owner = new FarHash(ring);
	return owner;
}

/** The hash is not wanted any more; one whose digest was taken need not be given up. */
export function giveUp(hash: ContentHash): void {
	if (owner === hash) owner = undefined;
}

class FarHash implements ContentHash {
	readonly #ring: HashRing;

	constructor(ring: HashRing) {
		this.#ring = ring;
		this.#put(BEGIN);
	}

	update(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length; at += SLOT) this.#put(bytes.subarray(at, at + SLOT));
	}

	digest(): Buffer {
		this.#put(DIGEST);
		const digest = this.#ring.digest();
		if (!digest) throw died();
		giveUp(this);
		return Buffer.from(digest.buffer, digest.byteOffset, digest.length);
	}

	#put(piece: Parameters<HashRing['put']>[0]): void {
		if (!this.#ring.put(piece)) throw died();
	}
}

function startThread(): HashRing {
	const made = new HashRing();
	const worker = new Worker(besideModule(import.meta.url, 'hash-thread'), {
		workerData: made.shared,
		resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
	});
	// It ends with the thread that it works for.
	worker.unref();
	return made;
}

function died(): FirnError {
	return new FirnError('HASHING_DIED', 'The thread that computes checksums does not answer.', {
		guidance: 'Begin it again: it goes on where it was.',
		retry: 'later',
	});
}
