/** Whole objects, never over another one. */

import { crc32 } from 'node:zlib';
import { PutObjectCommand, type PutObjectCommandOutput, type StorageClass } from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { StoredObject, WriteOptions } from '../destination.ts';
import { alreadyExists, storeMismatch } from '../refusals.ts';
import { ask, type Bucket, stepDown, until } from './bucket.ts';
import { bareEtag, bodyProof, md5Of } from './checksums.ts';
import { watched } from './http-handler.ts';
import { disproves } from './probe.ts';
import { getObject, headObject } from './read.ts';

type PutOptions = WriteOptions & { overwrite?: boolean };

/**
 * Stores an object in one request. The same bytes under the same key are no error, other bytes are.
 * @throws FirnError ALREADY_EXISTS, STORE_MISMATCH and what requests throw
 */
export async function putObject(
	bucket: Bucket,
	key: string,
	body: Uint8Array,
	options: PutOptions = {},
): Promise<StoredObject> {
	const { overwrite = false, signal, storageClass } = options;
	const crc = crc32(body);
	if (!overwrite && !bucket.isAws) {
		// Other stores may not know If-None-Match.
		const there = await sameObject(bucket, key, body, crc, signal);
		if (there) return there;
	}
	const answer = await send(bucket, key, body, crc, options);
	if (answer === 'exists') {
		const there = await sameObject(bucket, key, body, crc, signal);
		if (there) return there;
		throw new FirnError('STORE_UNAVAILABLE', `${key} was there and is gone again in ${bucket.place.url}.`, {
			retry: 'now',
		});
	}
	const etag = answer.ETag ?? (await confirmedEtag(bucket, key, body.length, signal));
	const className = storageClass === undefined ? {} : { storageClass };
	return { key, size: body.length, etag, crc32: crc, modified: new Date(), ...className };
}

async function send(
	bucket: Bucket,
	key: string,
	body: Uint8Array,
	crc: number,
	options: PutOptions,
): Promise<PutObjectCommandOutput | 'exists'> {
	const { overwrite = false, signal, storageClass, pace, metadata } = options;
	for (;;) {
		const proof = bodyProof(bucket.support, body, crc);
		const answer = await ask(
			bucket,
			`write ${key}`,
			signal,
			() =>
				bucket.client.send(
					new PutObjectCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(key),
						Body: watched(body, { pace }),
						ContentLength: body.length,
						...(!overwrite && bucket.conditions ? { IfNoneMatch: '*' } : {}),
						...(storageClass === undefined ? {} : { StorageClass: storageClass as StorageClass }),
						...(metadata === undefined ? {} : { Metadata: metadata }),
						...proof.headers,
					}),
					until(signal),
				),
			(fault) => (fault.status === 412 ? 'exists' : stepDown(bucket, fault) ? 'again' : undefined),
		);
		if (answer === 'again') continue;
		if (answer !== 'exists' && (await disproves(bucket, answer, proof, signal))) {
			throw storeMismatch(key, bucket.place.url, 'other bytes than were sent', { retry: 'now' });
		}
		return answer;
	}
}

/** For an answer without ETag, which may not be a store's at all: the object itself must be there. */
async function confirmedEtag(bucket: Bucket, key: string, size: number, signal?: AbortSignal): Promise<string> {
	const there = await headObject(bucket, key, signal);
	if (there?.size === size) return there.etag;
	throw storeMismatch(key, bucket.place.url, `${there?.size ?? 'no'} bytes instead of ${size}`, { retry: 'now' });
}

/**
 * The object `key` when it is these very bytes, undefined when there is none.
 * @throws FirnError ALREADY_EXISTS when it is others
 */
async function sameObject(
	bucket: Bucket,
	key: string,
	body: Uint8Array,
	crc: number,
	signal: AbortSignal | undefined,
): Promise<StoredObject | undefined> {
	const there = await headObject(bucket, key, signal);
	if (!there) return undefined;
	const other = there.size !== body.length || (there.crc32 !== undefined && there.crc32 !== crc);
	if (other) throw alreadyExists(key, bucket.place.url);
	const proven = there.crc32 === crc || bareEtag(there.etag) === md5Of(body).toString('hex');
	if (!proven && !(await readsAs(bucket, key, body, signal))) throw alreadyExists(key, bucket.place.url);
	return { ...there, crc32: crc };
}

async function readsAs(bucket: Bucket, key: string, body: Uint8Array, signal?: AbortSignal): Promise<boolean> {
	let at = 0;
	for await (const chunk of getObject(bucket, key, signal ? { signal } : {})) {
		if (Buffer.compare(chunk, body.subarray(at, at + chunk.length)) !== 0) return false;
		at += chunk.length;
	}
	return at === body.length;
}
