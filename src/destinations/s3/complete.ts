/** Joining the parts: the one step whose answer must not be believed, nor its absence. */

import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { crc32OfPieces } from '../../core/crc32-combine.ts';
import { FirnError } from '../../core/errors.ts';
import type { PartReceipt, StoredObject, UploadRef, WriteOptions } from '../destination.ts';
import { alreadyExists, noSuchUpload, storeMismatch } from '../refusals.ts';
import { ask, type Bucket, stepDown, until } from './bucket.ts';
import { bareEtag, encodeCrc32, joinedEtag } from './checksums.ts';
import { isGone, partsOf } from './multipart.ts';
import { headObject } from './read.ts';

interface Wanted {
	size: number;
	/** Of the whole object, where all parts' are known. */
	crc32: number | undefined;
	etag: string | undefined;
	/** Another object may be there, and is to be replaced. */
	overwrite: boolean;
}

/**
 * Joins the parts and proves that the object is there. Whatever the store answers (nothing, an empty ETag, "gone",
 * "exists already", "conflict"), what counts is the object itself.
 * @throws FirnError ALREADY_EXISTS, NO_SUCH_UPLOAD, STORE_MISMATCH and what requests throw
 */
export async function completeMultipart(
	bucket: Bucket,
	upload: UploadRef,
	receipts: readonly PartReceipt[],
	options: WriteOptions & { size: number; overwrite?: boolean },
): Promise<StoredObject> {
	const { signal, size, overwrite = false } = options;
	const parts = receipts.toSorted((a, b) => a.number - b.number);
	const sum = parts.reduce((total, part) => total + part.size, 0);
	if (sum !== size) throw sizeMismatch(bucket, upload.key, sum, size);
	const wanted: Wanted = { size, crc32: crc32OfPieces(parts), etag: joinedEtag(parts), overwrite };
	if (!bucket.isAws && !overwrite) {
		// Elsewhere If-None-Match may be ignored when joining.
		const there = await headObject(bucket, upload.key, signal);
		if (there) return settle(bucket, upload, there, wanted, signal);
	}
	// In a new process nothing is known of the checksums that the upload was begun with.
	if (bucket.support === 'unknown') await isUnderWay(bucket, upload, signal);
	let failure: unknown;
	const outcome = await join(bucket, upload, parts, wanted, signal).catch((error: unknown) => {
		// Ceph answers 500 for ever when the upload is gone, so what is there decides after a 5xx, too.
		if (!(error instanceof FirnError) || error.code !== 'STORE_UNAVAILABLE') throw error;
		failure = error;
		return 'busy' as const;
	});
	const there = await headObject(bucket, upload.key, signal);
	if (outcome === 'joined') {
		if (!there) throw storeMismatch(upload.key, bucket.place.url, 'nothing', { retry: 'now' });
		return proven(bucket, there, wanted);
	}
	if (there && !(overwrite && isOther(there, wanted))) return settle(bucket, upload, there, wanted, signal);
	if (outcome === 'gone' || !(await isUnderWay(bucket, upload, signal))) {
		throw noSuchUpload(upload.key, bucket.place.url, failure);
	}
	throw failure ?? busy(bucket, upload.key);
}

async function join(
	bucket: Bucket,
	upload: UploadRef,
	parts: PartReceipt[],
	wanted: Wanted,
	signal: AbortSignal | undefined,
): Promise<'joined' | 'gone' | 'exists' | 'busy'> {
	for (;;) {
		const withChecksums = bucket.support === 'full' || bucket.support === 'parts';
		const whole = bucket.support === 'full' && wanted.crc32 !== undefined;
		const answer = await ask(
			bucket,
			`complete ${upload.key}`,
			signal,
			() =>
				bucket.client.send(
					new CompleteMultipartUploadCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(upload.key),
						UploadId: upload.id,
						MultipartUpload: {
							Parts: parts.map((part) => ({
								PartNumber: part.number,
								ETag: part.etag,
								...(withChecksums && part.crc32 !== undefined ? { ChecksumCRC32: encodeCrc32(part.crc32) } : {}),
							})),
						},
						MpuObjectSize: wanted.size,
						...(bucket.conditions && !wanted.overwrite ? { IfNoneMatch: '*' } : {}),
						...(whole ? { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: encodeCrc32(wanted.crc32!) } : {}),
					}),
					{ ...until(signal), requestTimeout: bucket.joinIdleMs },
				),
			(fault) => {
				if (isGone(fault)) return 'gone';
				if (fault.status === 412) return 'exists';
				if (fault.status === 409) return 'busy';
				if (/^(InvalidPart|InvalidPartOrder|EntityTooSmall)$/.test(fault.name)) {
					return storeMismatch(upload.key, bucket.place.url, `other parts than were sent (${fault.name})`);
				}
				return stepDown(bucket, fault) ? 'again' : undefined;
			},
		);
		if (answer === 'again') continue;
		return typeof answer === 'string' ? answer : 'joined';
	}
}

/** An object stands under the key and this request did not make it: is it the one that was wanted? */
async function settle(
	bucket: Bucket,
	upload: UploadRef,
	there: StoredObject,
	wanted: Wanted,
	signal: AbortSignal | undefined,
): Promise<StoredObject> {
	if (isOther(there, wanted)) throw alreadyExists(upload.key, bucket.place.url);
	const certain = there.crc32 !== undefined || bareEtag(there.etag) === wanted.etag;
	if (certain) return proven(bucket, there, wanted);
	// Of the same size, and nothing to compare: it is ours if our upload has become it and is gone.
	if (await isUnderWay(bucket, upload, signal)) throw alreadyExists(upload.key, bucket.place.url);
	return there;
}

/** The store's object, compared with what was sent. */
function proven(bucket: Bucket, there: StoredObject, wanted: Wanted): StoredObject {
	if (there.size !== wanted.size) throw sizeMismatch(bucket, there.key, there.size, wanted.size);
	if (contradicted(there, wanted)) throw storeMismatch(there.key, bucket.place.url, 'another checksum than was sent');
	const crc32 = there.crc32 ?? wanted.crc32;
	return crc32 === undefined ? there : { ...there, crc32 };
}

/** Whether it is surely not what was sent. */
function isOther(there: StoredObject, wanted: Wanted): boolean {
	return there.size !== wanted.size || contradicted(there, wanted);
}

function contradicted(there: StoredObject, wanted: Wanted): boolean {
	return there.crc32 !== undefined && wanted.crc32 !== undefined && there.crc32 !== wanted.crc32;
}

/** Whether the store still has the upload, neither joined nor given up. */
async function isUnderWay(bucket: Bucket, upload: UploadRef, signal: AbortSignal | undefined): Promise<boolean> {
	try {
		await partsOf(bucket, upload, signal);
		return true;
	} catch (error) {
		if (error instanceof FirnError && error.code === 'NO_SUCH_UPLOAD') return false;
		throw error;
	}
}

function sizeMismatch(bucket: Bucket, key: string, found: number, wanted: number): FirnError {
	return storeMismatch(key, bucket.place.url, `${found} bytes instead of ${wanted}`);
}

function busy(bucket: Bucket, key: string): FirnError {
	return new FirnError('STORE_UNAVAILABLE', `${bucket.place.store} was busy with another change of ${key}.`, {
		retry: 'now',
		guidance: 'It is tried again.',
	});
}
