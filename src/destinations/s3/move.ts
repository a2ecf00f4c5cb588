/** Another key for an object: a copy that the store makes by itself, compared, and then the old key deleted. */

import { CopyObjectCommand, type StorageClass, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import type { PartReceipt, StoredObject } from '../destination.ts';
import { alreadyExists, notFound, storeMismatch } from '../refusals.ts';
import { ask, type Bucket, until } from './bucket.ts';
import { decodeCrc32 } from './checksums.ts';
import { completeMultipart } from './complete.ts';
import { notAStore } from './errors.ts';
import { abortMultipart, beginMultipart } from './multipart.ts';
import { deleteObject, headObject } from './read.ts';

const GiB = 1024 ** 3;
/** What CopyObject takes; more is copied by parts. */
const AT_ONCE = 5 * GiB;

/**
 * @param options.atOnce bytes that one request may copy
 * @throws FirnError NOT_FOUND, ALREADY_EXISTS, STORE_MISMATCH and what requests throw
 */
export async function moveObject(
	bucket: Bucket,
	from: string,
	to: string,
	options: { signal?: AbortSignal; atOnce?: number } = {},
): Promise<void> {
	const { signal, atOnce = AT_ONCE } = options;
	const source = await headObject(bucket, from, signal);
	const there = await headObject(bucket, to, signal);
	if (!source) {
		// Perhaps it was moved before, and the answer was lost.
		if (there) return;
		throw notFound(from, bucket.place.url);
	}
	if (there && !isSurelySame(there, source)) throw alreadyExists(to, bucket.place.url);
	if (!there) {
		if (source.size > atOnce) await copyByParts(bucket, source, to, atOnce, signal);
		else await copyWhole(bucket, source, to, signal);
		const copy = await headObject(bucket, to, signal);
		if (!copy || !isCopy(copy, source)) throw storeMismatch(to, bucket.place.url, 'another object than was copied');
	}
	await deleteObject(bucket, from);
}

/** Whether an object that was there before is what an attempt has copied whose answer was lost. */
function isSurelySame(there: StoredObject, source: StoredObject): boolean {
	if (there.size !== source.size) return false;
	if (there.crc32 !== undefined && source.crc32 !== undefined) return there.crc32 === source.crc32;
	return there.etag === source.etag;
}

function isCopy(copy: StoredObject, source: StoredObject): boolean {
	return copy.size === source.size && (copy.crc32 ?? source.crc32) === (source.crc32 ?? copy.crc32);
}

async function copyWhole(bucket: Bucket, source: StoredObject, to: string, signal?: AbortSignal): Promise<void> {
	const doing = `copy ${source.key}`;
	const answer = await ask(bucket, doing, signal, () =>
		bucket.client.send(
			new CopyObjectCommand({
				Bucket: bucket.name,
				Key: bucket.keyOf(to),
				CopySource: copySource(bucket, source.key),
				CopySourceIfMatch: source.etag,
				...classOf(source),
			}),
			until(signal),
		),
	);
	// A copy that fails midway may say so in a body of status 200, which the SDK takes for an error; this is neither.
	if (!answer.CopyObjectResult?.ETag) throw notAStore(bucket.place, doing);
}

async function copyByParts(
	bucket: Bucket,
	source: StoredObject,
	to: string,
	partSize: number,
	signal: AbortSignal | undefined,
): Promise<void> {
	const { key, size, storageClass, metadata } = source;
	const options = {
		...(signal ? { signal } : {}),
		...(storageClass === undefined ? {} : { storageClass }),
		...(metadata ? { metadata } : {}),
	};
	const doing = `copy ${key}`;
	const upload = await beginMultipart(bucket, to, options);
	try {
		const parts: PartReceipt[] = [];
		for (let start = 0; start < size; start += partSize) {
			const end = Math.min(size, start + partSize);
			const number = parts.length + 1;
			const answer = await ask(bucket, doing, signal, () =>
				bucket.client.send(
					new UploadPartCopyCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(to),
						UploadId: upload.id,
						PartNumber: number,
						CopySource: copySource(bucket, key),
						CopySourceIfMatch: source.etag,
						CopySourceRange: `bytes=${start}-${end - 1}`,
					}),
					until(signal),
				),
			);
			const { ETag: etag, ChecksumCRC32 } = answer.CopyPartResult ?? {};
			if (!etag) throw notAStore(bucket.place, doing);
			const crc32 = decodeCrc32(ChecksumCRC32);
			parts.push({ number, size: end - start, etag, ...(crc32 === undefined ? {} : { crc32 }) });
		}
		await completeMultipart(bucket, upload, parts, { ...options, size });
	} catch (error) {
		// The first error is the one to tell; a run tidies up what is left of uploads.
		await abortMultipart(bucket, upload).catch(() => undefined);
		throw error;
	}
}

function copySource(bucket: Bucket, key: string): string {
	return `${bucket.name}/${bucket.keyOf(key).split('/').map(encodeURIComponent).join('/')}`;
}

/** A copy does not take over the class by itself. */
function classOf({ storageClass }: StoredObject): { StorageClass?: StorageClass } {
	return storageClass === undefined ? {} : { StorageClass: storageClass as StorageClass };
}
