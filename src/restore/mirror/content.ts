/** What a restore of a mirror reads files from. */

import { decrypted } from '../../archive/age/decryptor.ts';
import { FirnError } from '../../core/errors.ts';
import type { Destination } from '../../destinations/destination.ts';
import { objectKey } from '../../mirror/object-key.ts';
import { mirroredPath } from '../../mirror/pairs.ts';
import type { PlanItem } from '../../state/restore-plan.ts';
import { Fatal } from '../item-writer.ts';
import type { WorkReport } from '../work-report.ts';
import type { MirrorPlace } from './place.ts';

/** A piece of content, and where it belongs. */
export interface Piece {
	at: number;
	bytes: Uint8Array;
}

export interface Content {
	/** Holes are left out of the pieces. */
	isSparse: boolean;
	pieces: AsyncIterable<Piece>;
	/** The SHA-256 in hexadecimal, where the books have none; read anew. */
	hash: () => Promise<string | undefined>;
}

/** Answers of the store that concern one object only. */
const OF_ONE = new Set(['NOT_FOUND', 'ARCHIVED', 'TRUNCATED']);

export interface StoreContentOptions {
	place: MirrorPlace;
	destination: () => Promise<Destination>;
	identities: string[];
	report: WorkReport;
	signal: AbortSignal;
}

/** Where in its mirror a file lies. @throws FirnError BAD_STATE */
export function whereOf({ pairs }: MirrorPlace, { storedPath }: PlanItem): string {
	const own = mirroredPath(pairs, storedPath);
	if (own) return own.to;
	throw new FirnError('BAD_STATE', 'It lies in none of the sources of the mirror.');
}

/** The content of a file that is an object in a store. Its pieces throw Fatal for what ends all. */
export function storeContent(options: StoreContentOptions, item: PlanItem): Content {
	const key = objectKey(whereOf(options.place, item), options.place.encrypted);
	const pieces = options.place.encrypted
		? decrypted(fetched(options, key), options.identities, false)
		: fetched(options, key);
	return { isSparse: false, pieces: placed(pieces), hash: async () => item.sha256 };
}

async function* fetched({ destination, report, signal }: StoreContentOptions, key: string): AsyncGenerator<Uint8Array> {
	report.archive = key;
	report.tally.requests += 1;
	try {
		for await (const chunk of (await destination()).get(key, { signal })) {
			report.tally.fetchedBytes += chunk.length;
			yield chunk;
		}
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof FirnError)) throw error;
		if (!OF_ONE.has(error.code)) throw new Fatal(error);
		if (error.code !== 'NOT_FOUND') throw error;
		throw new FirnError('NOT_FOUND', `Its object ${key} is not in the store any more.`);
	}
}

async function* placed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
	let at = 0;
	for await (const bytes of pieces) {
		yield { at, bytes };
		at += bytes.length;
	}
}
