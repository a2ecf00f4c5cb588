/** Multipart uploads: begin, what is there, giving up. */

import {
	AbortMultipartUploadCommand,
	CreateMultipartUploadCommand,
	ListPartsCommand,
	type StorageClass,
} from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { PartReceipt, UploadRef, WriteOptions } from '../destination.ts';
import { alreadyExists, noSuchUpload } from '../refusals.ts';
import { ask, type Bucket, stepDown, until } from './bucket.ts';
import { decodeCrc32 } from './checksums.ts';
import { notAStore } from './errors.ts';
import { headObject } from './read.ts';

/** An abort may have to be repeated while parts are still under way. */
const ABORT_ATTEMPTS = 5;

/**
 * Begins an upload and learns what checksums the store takes part in.
 * @throws FirnError ALREADY_EXISTS and what requests throw
 */
export async function beginMultipart(
	bucket: Bucket,
	key: string,
	options: WriteOptions & { overwrite?: boolean },
): Promise<UploadRef> {
	const { signal, storageClass, metadata, overwrite = false } = options;
	if (!overwrite && (await headObject(bucket, key, signal))) throw alreadyExists(key, bucket.place.url);
	for (;;) {
		const asked = bucket.support;
		const checksum =
			asked === 'none'
				? {}
				: ({ ChecksumAlgorithm: 'CRC32', ...(asked === 'parts' ? {} : { ChecksumType: 'FULL_OBJECT' }) } as const);
		const answer = await ask(
			bucket,
			`begin ${key}`,
			signal,
			() =>
				bucket.client.send(
					new CreateMultipartUploadCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(key),
						...(storageClass === undefined ? {} : { StorageClass: storageClass as StorageClass }),
						...(metadata === undefined ? {} : { Metadata: metadata }),
						...checksum,
					}),
					until(signal),
				),
			(fault) => (asked === 'unknown' && stepDown(bucket, fault) ? 'again' : undefined),
		);
		if (answer === 'again') continue;
		if (!answer.UploadId) throw notAStore(bucket.place, `begin ${key}`);
		if (asked !== 'none') learn(bucket, answer.ChecksumAlgorithm, answer.ChecksumType);
		return { key, id: answer.UploadId };
	}
}

function learn(bucket: Bucket, algorithm: string | undefined, type: string | undefined): void {
	if (algorithm !== 'CRC32') bucket.support = 'none';
	else bucket.support = type === 'FULL_OBJECT' ? 'full' : 'parts';
}

/** All parts that the store has. @throws FirnError NO_SUCH_UPLOAD */
export async function partsOf(bucket: Bucket, upload: UploadRef, signal?: AbortSignal): Promise<PartReceipt[]> {
	const parts: PartReceipt[] = [];
	let marker: string | undefined;
	for (;;) {
		const page = await ask(
			bucket,
			`list the parts of ${upload.key}`,
			signal,
			() =>
				bucket.client.send(
					new ListPartsCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(upload.key),
						UploadId: upload.id,
						...(marker === undefined ? {} : { PartNumberMarker: marker }),
					}),
					until(signal),
				),
			(fault) => (isGone(fault) ? noSuchUpload(upload.key, bucket.place.url, fault) : undefined),
		);
		if (!page.UploadId) throw notAStore(bucket.place, `list the parts of ${upload.key}`);
		if (bucket.support === 'unknown') learn(bucket, page.ChecksumAlgorithm, page.ChecksumType);
		for (const part of page.Parts ?? []) {
			if (part.PartNumber === undefined) continue;
			const crc32 = decodeCrc32(part.ChecksumCRC32);
			const known = crc32 === undefined ? {} : { crc32 };
			parts.push({ number: part.PartNumber, size: part.Size ?? 0, etag: part.ETag ?? '', ...known });
		}
		const next = page.NextPartNumberMarker;
		if (!page.IsTruncated || next === undefined || next === marker) return parts;
		marker = next;
	}
}

/** Gives the upload up, and repeats it until the store has forgotten it: what it keeps costs money. */
export async function abortMultipart(bucket: Bucket, upload: UploadRef): Promise<void> {
	const { key, id } = upload;
	for (let attempt = 1; ; attempt++) {
		await ask(
			bucket,
			`give up ${key}`,
			undefined,
			() =>
				bucket.client.send(
					new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: bucket.keyOf(key), UploadId: id }),
				),
			(fault) => (isGone(fault) ? null : undefined),
		);
		try {
			await partsOf(bucket, upload);
		} catch (error) {
			if (error instanceof FirnError && error.code === 'NO_SUCH_UPLOAD') return;
			throw error;
		}
		if (attempt >= ABORT_ATTEMPTS) {
			throw new FirnError('STORE_UNAVAILABLE', `${bucket.place.store} still has the upload of ${key}.`, {
				retry: 'now',
			});
		}
	}
}

/** Ceph says NoSuchKey for an upload that was given up. */
export function isGone({ name, status }: { name: string; status: number }): boolean {
	return name === 'NoSuchUpload' || (status === 404 && name !== 'NoSuchBucket');
}
