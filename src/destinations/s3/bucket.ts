/** One bucket and prefix with a client: what all operations of the S3 destination share. */

import type { S3Client } from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { ChecksumSupport } from './checksums.ts';
import { s3Error } from './errors.ts';
import { type Fault, faultOf, type Place, regionIn } from './fault.ts';

export interface RequestOptions {
	abortSignal?: AbortSignal;
	/** How long nothing may move; the default is for all but long joins. */
	requestTimeout?: number;
}

export interface Bucket {
	client: S3Client;
	place: Place;
	readonly name: string;
	/** AWS keeps conditional writes for sure; elsewhere they are helped by asking beforehand. */
	readonly isAws: boolean;
	/** Looks for credentials anew, where they may have been changed. */
	renew: () => Promise<void>;
	/** Goes on in another region; only when the person has named none. */
	moveTo?: (region: string) => Promise<void>;
	/** A store may be busy for minutes with the joining of parts before it says a word. */
	readonly joinIdleMs: number;
	/** Learnt from answers as they come. */
	support: ChecksumSupport;
	/** Whether ETags are MD5s of the bytes. */
	etags: 'unknown' | 'md5' | 'opaque';
	/** Whether `If-None-Match` is sent; some stores refuse requests that have it. */
	conditions: boolean;
	/** Turns false when reading is denied: what is there is then seen by listing alone. */
	reads: boolean;
	/** Turns false when the store refuses lists that tell of thaws. */
	listsThaws: boolean;
	/** The full key in the bucket. */
	keyOf(key: string): string;
	/** The key relative to the prefix. */
	relative(fullKey: string): string;
}

/** The options of a request that `signal` ends. */
export function until(signal: AbortSignal | undefined): RequestOptions {
	return signal ? { abortSignal: signal } : {};
}

/**
 * Does one request and gives its answer; a fault becomes a FirnError, or whatever `expected` makes of it.
 * @param doing what is tried, for messages
 * @param expected gives what the request returns after this fault, a FirnError to throw, or undefined
 * @throws FirnError, or the reason of the signal
 */
export async function ask<T, E = undefined>(
	bucket: Bucket,
	doing: string,
	signal: AbortSignal | undefined,
	request: () => Promise<T>,
	expected?: (fault: Fault) => E,
): Promise<T | Exclude<E, FirnError | undefined>> {
	for (let attempt = 1; ; attempt++) {
		signal?.throwIfAborted();
		try {
			return await request();
		} catch (error) {
			if (signal?.aborted) throw signal.reason;
			const fault = faultOf(error);
			// The SDK has just learnt the store's clock from the answer; the second try is signed with it.
			if (fault?.name === 'RequestTimeTooSkewed' && attempt === 1) continue;
			const region = fault && regionIn(fault);
			if (region !== undefined && bucket.moveTo) {
				await bucket.moveTo(region);
				continue;
			}
			const known = fault && expected?.(fault);
			if (known instanceof FirnError) throw known;
			if (known !== undefined) return known as Exclude<E, FirnError | undefined>;
			const refusal = s3Error(error, bucket.place, doing);
			// Whoever tries again has those of now.
			if (refusal.code === 'BAD_CREDENTIALS' || refusal.code === 'DEST_DENIED') await bucket.renew();
			throw refusal;
		}
	}
}

/**
 * Gives up a header that this store may have stumbled over, so that the request can be made once more without it.
 * @returns false when there is nothing left to give up: the refusal means something else
 */
export function stepDown(bucket: Bucket, { name, status }: Fault): boolean {
	if (status !== 501 && !(status === 400 && REFUSALS.has(name))) return false;
	if (status === 501 && bucket.conditions && !bucket.isAws) {
		bucket.conditions = false;
		return true;
	}
	if (bucket.support !== 'unknown') return false;
	bucket.support = 'none';
	return true;
}

const REFUSALS = new Set(['InvalidArgument', 'InvalidRequest', 'NotImplemented', 'UnsupportedArgument']);
