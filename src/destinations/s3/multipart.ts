/** Multipart uploads: begin, parts, what is there, giving up. */

import {
	AbortMultipartUploadCommand,
	CreateMultipartUploadCommand,
	ListPartsCommand,
	type StorageClass,
	UploadPartCommand,
} from '@aws-sdk/client-s3';
import { FirnError } from '../../core/errors.ts';
import type { Pace, PartReceipt, UploadRef, WriteOptions } from '../destination.ts';
import { alreadyExists, noSuchUpload, storeMismatch } from '../refusals.ts';
import { ask, type Bucket, stepDown, until } from './bucket.ts';
import { bodyProof, contradicts, decodeCrc32 } from './checksums.ts';
import { watched } from './http-handler.ts';
import { headObject } from './read.ts';

/** An abort may have to be repeated while parts are still under way. */
const ABORT_ATTEMPTS = 5;

/**
 * Begins an upload and learns what checksums the store takes part in.
 * @throws FirnError ALREADY_EXISTS and what requests throw
 */
export async function beginMultipart(bucket: Bucket, key: string, options: WriteOptions): Promise<UploadRef> {
	const { signal, storageClass } = options;
	if (await headObject(bucket, key, signal)) throw alreadyExists(key, bucket.place.url);
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
						...checksum,
					}),
					until(signal),
				),
			(fault) => (asked === 'unknown' && stepDown(bucket, fault) ? 'again' : undefined),
		);
		if (answer === 'again') continue;
		if (!answer.UploadId) throw notAStore(bucket, `begin ${key}`);
		if (asked !== 'none') learn(bucket, answer.ChecksumAlgorithm, answer.ChecksumType);
		return { key, id: answer.UploadId };
	}
}

function learn(bucket: Bucket, algorithm: string | undefined, type: string | undefined): void {
	if (algorithm !== 'CRC32') bucket.support = 'none';
	else bucket.support = type === 'FULL_OBJECT' ? 'full' : 'parts';
}

/** Sends a part and gives what the store has acknowledged. @throws FirnError NO_SUCH_UPLOAD, STORE_MISMATCH */
export async function sendPart(
	bucket: Bucket,
	upload: UploadRef,
	part: { number: number; body: Uint8Array; crc32: number },
	options: { signal?: AbortSignal; onProgress?: (sent: number) => void; pace?: Pace } = {},
): Promise<PartReceipt> {
	const { signal, onProgress, pace } = options;
	const { number, body, crc32 } = part;
	const doing = `send part ${number} of ${upload.key}`;
	for (;;) {
		const proof = bodyProof(bucket.support, body, crc32);
		const answer = await ask(
			bucket,
			doing,
			signal,
			() =>
				bucket.client.send(
					new UploadPartCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(upload.key),
						UploadId: upload.id,
						PartNumber: number,
						Body: watched(body, { onProgress, pace }),
						ContentLength: body.length,
						...proof.headers,
					}),
					until(signal),
				),
			(fault) => {
				if (isGone(fault)) return noSuchUpload(upload.key, bucket.place.url, fault);
				return stepDown(bucket, fault) ? 'again' : undefined;
			},
		);
		if (answer === 'again') continue;
		if (contradicts(answer, proof)) {
			throw storeMismatch(upload.key, bucket.place.url, `other bytes than were sent as part ${number}`, {
				retry: 'now',
			});
		}
		if (!answer.ETag) throw notAStore(bucket, doing);
		return { number, size: body.length, etag: answer.ETag, crc32 };
	}
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

/** 200 without what a store would say: a login page or a proxy stands in between. */
function notAStore(bucket: Bucket, doing: string): FirnError {
	return new FirnError('NETWORK', `What answered for ${bucket.place.store} is not an S3 store, to ${doing}.`, {
		retry: 'now',
		guidance: 'Look for a proxy or a login page on the way to it.',
	});
}
