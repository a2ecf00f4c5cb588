/** What an S3 bucket holds: head, get, delete. */

import {
	DeleteObjectCommand,
	GetObjectCommand,
	type GetObjectCommandOutput,
	HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { StoredObject } from '../destination.ts';
import { notFound } from '../refusals.ts';
import { ask, type Bucket, until } from './bucket.ts';
import { decodeCrc32 } from './checksums.ts';
import { notAStore, s3Error } from './errors.ts';
import { listObjects } from './list.ts';
import { thawInHeader } from './thaw-state.ts';

/**
 * The object's size and checksums, or undefined when it is not there. A role that may write and list, but not read,
 * gets what the listing tells.
 */
export async function headObject(bucket: Bucket, key: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
	if (!bucket.reads) return findObject(bucket, key, signal);
	const answer = await ask(
		bucket,
		`look for ${key}`,
		signal,
		() =>
			bucket.client.send(
				new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.keyOf(key), ChecksumMode: 'ENABLED' }),
				until(signal),
			),
		({ status }) => {
			if (status === 404) return null;
			return status < 500 ? 'refused' : undefined;
		},
	);
	if (answer === 'refused') return explain(bucket, key, signal);
	if (!answer) return undefined;
	if (!answer.ETag) throw notAStore(bucket.place, `look for ${key}`);
	// A composite checksum is one of checksums, not of the bytes.
	const crc32 = answer.ChecksumType === 'COMPOSITE' ? undefined : decodeCrc32(answer.ChecksumCRC32);
	return {
		key,
		size: answer.ContentLength ?? 0,
		etag: answer.ETag,
		...(crc32 === undefined ? {} : { crc32 }),
		...(answer.StorageClass === undefined ? {} : { storageClass: answer.StorageClass }),
		...(answer.ArchiveStatus === undefined ? {} : { archiveTier: answer.ArchiveStatus }),
		...thawInHeader(answer.Restore),
		...(answer.LastModified === undefined ? {} : { modified: answer.LastModified }),
		...(Object.keys(answer.Metadata ?? {}).length === 0 ? {} : { metadata: answer.Metadata! }),
	};
}

/**
 * The answer to a HEAD has no body, so it does not say why it was refused; that to a GET does. Where reading is denied,
 * the listing answers; it is believed only when it is not denied, too.
 * @throws FirnError unless the GET says that there is no such object, or the listing answers
 */
async function explain(bucket: Bucket, key: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
	try {
		for await (const _chunk of getObject(bucket, key, { start: 0, end: 1, ...(signal ? { signal } : {}) })) break;
	} catch (error) {
		if (error instanceof FirnError && error.code === 'NOT_FOUND') return undefined;
		if (!(error instanceof FirnError) || error.code !== 'DEST_DENIED') throw error;
		const found = await findObject(bucket, key, signal);
		bucket.reads = false;
		return found;
	}
	throw new FirnError('STORE_UNAVAILABLE', `${bucket.place.store} refused to describe ${key}, but not to read it.`, {
		retry: 'now',
		guidance: 'It is tried again.',
	});
}

/** The object as the listing has it, where it comes before all longer keys. */
async function findObject(bucket: Bucket, key: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
	for await (const found of listObjects(bucket, key, { signal, pageSize: 1, thaws: true })) {
		return found.key === key ? found : undefined;
	}
	return undefined;
}

/**
 * The bytes `[start, end)` as far as the object has them.
 * @throws FirnError NOT_FOUND, ARCHIVED; NETWORK when the stream breaks or ends too early
 */
export async function* getObject(
	bucket: Bucket,
	key: string,
	options: { start?: number; end?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
	const { start = 0, end, signal } = options;
	if (end !== undefined && end <= start) return;
	const range = start === 0 && end === undefined ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
	const doing = `read ${key}`;
	const answer = await ask(
		bucket,
		doing,
		signal,
		() =>
			bucket.client.send(
				new GetObjectCommand({
					Bucket: bucket.name,
					Key: bucket.keyOf(key),
					...(range === undefined ? {} : { Range: range }),
				}),
				until(signal),
			),
		({ name, status }) => {
			if (status === 404 && name !== 'NoSuchBucket') return notFound(key, bucket.place.url);
			return status === 416 ? null : undefined;
		},
	);
	if (!answer?.Body) return;
	if (!answer.ETag) throw notAStore(bucket.place, doing);
	yield* bytesOf(bucket, answer, { doing, start, end, signal });
}

async function* bytesOf(
	bucket: Bucket,
	answer: GetObjectCommandOutput,
	wanted: { doing: string; start: number; end: number | undefined; signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array> {
	const { doing, start, end, signal } = wanted;
	// A proxy that does not know ranges sends all of it.
	let skip = start > 0 && answer.ContentRange === undefined ? start : 0;
	let left = answer.ContentLength ?? Number.POSITIVE_INFINITY;
	let want = end === undefined ? Number.POSITIVE_INFINITY : end - start;
	try {
		for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
			left -= chunk.length;
			const drop = Math.min(skip, chunk.length);
			skip -= drop;
			const piece = chunk.subarray(drop, drop + Math.min(want, chunk.length - drop));
			want -= piece.length;
			if (piece.length > 0) yield piece;
			if (want <= 0) return;
		}
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		throw s3Error(error, bucket.place, doing);
	}
	if (Number.isFinite(left) && left > 0) {
		throw new FirnError('NETWORK', `${bucket.place.store} ended the answer ${left} bytes too early, to ${doing}.`, {
			retry: 'now',
			guidance: 'It is tried again.',
		});
	}
}

/** Deletes one object; no error when it is not there. */
export async function deleteObject(bucket: Bucket, key: string): Promise<void> {
	await ask(
		bucket,
		`delete ${key}`,
		undefined,
		() => bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: bucket.keyOf(key) })),
		({ name }) => (name === 'NoSuchKey' ? null : undefined),
	);
}
