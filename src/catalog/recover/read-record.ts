/** Reads sidecars and manifests: fetched whole, opened with the identities, unpacked as they are used. */

import { createDecryptor } from '../../archive/age/decryptor.ts';
import { decompress } from '../../archive/decompressor.ts';
import { FirnError } from '../../core/errors.ts';
import type { Destination } from '../../destinations/destination.ts';
import type { RecordObject } from './listing.ts';

/** Larger ones are not ours: a store takes at most so much in one request of ours. */
const LARGEST = 64 * 1024 * 1024;
/** A list of like names becomes hundreds of times smaller; more than this is meant to fill the disk. */
const GROWTH = 2000;

/**
 * The stored bytes of a record.
 * @throws FirnError RECORD_DAMAGED, or as Destination.get
 */
export async function fetchRecord(
	destination: Destination,
	record: RecordObject,
	signal: AbortSignal,
): Promise<Buffer> {
	if (record.size > LARGEST) throw damaged('it is too large');
	const chunks: Uint8Array[] = [];
	for await (const chunk of destination.get(record.key, { end: LARGEST, signal })) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/**
 * What a record holds, as it is unpacked.
 * @throws FirnError WRONG_IDENTITY, RECORD_DAMAGED
 */
export async function* openRecord(
	body: Buffer,
	encrypted: boolean,
	identities: readonly string[],
): AsyncGenerator<Buffer> {
	let bytes = 0;
	try {
		for await (const piece of decompress('zstd', encrypted ? decrypt(body, identities) : [body])) {
			bytes += piece.length;
			if (bytes > GROWTH * (body.length + 1024)) throw damaged('it holds more than it can');
			yield piece;
		}
	} catch (error) {
		if (!(error instanceof FirnError) || error.code === 'WRONG_IDENTITY' || error.code === 'RECORD_DAMAGED')
			throw error;
		throw damaged(error.message, error);
	}
}

/** A manifest in memory: the names of millions of deleted files. */
const LONGEST = 256 * 1024 * 1024;

/** All of what a record holds. @throws FirnError as openRecord() */
export async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
	const all: Buffer[] = [];
	let bytes = 0;
	for await (const piece of pieces) {
		bytes += piece.length;
		if (bytes > LONGEST) throw damaged('it is too large');
		all.push(piece);
	}
	return Buffer.concat(all).toString('utf8');
}

function* decrypt(body: Buffer, identities: readonly string[]): Generator<Buffer> {
	const decryptor = createDecryptor([...identities]);
	yield* decryptor.write(body);
	yield* decryptor.end();
}

function damaged(why: string, cause?: unknown): FirnError {
	return new FirnError('RECORD_DAMAGED', `It cannot be read: ${why}`, { cause });
}
