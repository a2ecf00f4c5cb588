/** The single requests of a test, none of which leaves anything that costs. */

import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
	AbortMultipartUploadCommand,
	CreateMultipartUploadCommand,
	DeleteObjectCommand,
	ListPartsCommand,
	PutObjectCommand,
	RestoreObjectCommand,
	type StorageClass,
} from '@aws-sdk/client-s3';
import type { UploadRef } from '../destination.ts';
import { Absent } from '../test/step-log.ts';
import { ask, type Bucket, until } from './bucket.ts';
import { notAStore } from './errors.ts';
import { isGone } from './multipart.ts';
import { transmitPart } from './upload-part.ts';

/** Begins as the probes of `check` do, so that whatever a killed process leaves is tidied away with those. */
export const probeKey = (): string => `.firn-probe-${randomBytes(8).toString('hex')}`;

export const PROBE_BODY = Buffer.from('probe');

export async function begin(
	bucket: Bucket,
	signal: AbortSignal,
	options: { StorageClass?: StorageClass } = {},
): Promise<UploadRef> {
	const key = probeKey();
	const doing = options.StorageClass ? `begin an upload of class ${options.StorageClass}` : 'begin an upload';
	const command = new CreateMultipartUploadCommand({ Bucket: bucket.name, Key: bucket.keyOf(key), ...options });
	const { UploadId } = await ask(bucket, doing, signal, () => bucket.client.send(command, until(signal)));
	if (!UploadId) throw notAStore(bucket.place, doing);
	return { key, id: UploadId };
}

export async function sendProbe(bucket: Bucket, upload: UploadRef, signal: AbortSignal): Promise<void> {
	await transmitPart(bucket, upload, { number: 1, body: PROBE_BODY, crc32: crc32(PROBE_BODY) }, { signal });
}

/** The storage class that the store has noted for an upload, where it tells. */
export async function classOf(bucket: Bucket, upload: UploadRef, signal: AbortSignal): Promise<string | undefined> {
	const command = new ListPartsCommand({ Bucket: bucket.name, Key: bucket.keyOf(upload.key), UploadId: upload.id });
	const send = () => bucket.client.send(command, until(signal));
	return (await ask(bucket, 'list the parts of an upload', signal, send)).StorageClass;
}

/** Without looking whether it is gone, which takes another right. */
export async function abort(bucket: Bucket, upload: UploadRef, signal: AbortSignal): Promise<void> {
	const Key = bucket.keyOf(upload.key);
	const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId: upload.id });
	const send = () => bucket.client.send(command, until(signal));
	await ask(bucket, 'give up an upload', signal, send, (fault) => (isGone(fault) ? null : undefined));
}

export async function put(bucket: Bucket, key: string, signal: AbortSignal): Promise<void> {
	const command = new PutObjectCommand({
		Bucket: bucket.name,
		Key: bucket.keyOf(key),
		Body: PROBE_BODY,
		ContentLength: PROBE_BODY.length,
	});
	await ask(bucket, 'write an object', signal, () => bucket.client.send(command, until(signal)));
}

/** @returns the version of the marker that this has made in a bucket with versions, even of what was not there */
export async function remove(
	bucket: Bucket,
	key: string,
	signal: AbortSignal,
	version?: string,
): Promise<string | undefined> {
	const VersionId = version === undefined ? {} : { VersionId: version };
	const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: bucket.keyOf(key), ...VersionId });
	const answer = await ask(
		bucket,
		version === undefined ? 'delete an object' : 'delete a version of an object',
		signal,
		() => bucket.client.send(command, until(signal)),
		({ name }) => (name === 'NoSuchKey' ? null : undefined),
	);
	return answer?.DeleteMarker && version === undefined ? (answer.VersionId ?? 'null') : undefined;
}

/** Asks for the thaw of an object that is not there. @throws Absent where the store has never heard of thawing */
export async function thaw(bucket: Bucket, signal: AbortSignal): Promise<void> {
	const command = new RestoreObjectCommand({
		Bucket: bucket.name,
		Key: bucket.keyOf(probeKey()),
		RestoreRequest: { Days: 1, GlacierJobParameters: { Tier: 'Bulk' } },
	});
	await ask(
		bucket,
		'thaw an object',
		signal,
		() => bucket.client.send(command, until(signal)),
		({ status, name }) => {
			if (status === 404 && name !== 'NoSuchBucket') return null;
			if (status === 405 || status === 501 || (status === 400 && /^(Invalid|Malformed|Not)/.test(name))) {
				throw new Absent('The store has no RestoreObject: what it keeps can be read at once.');
			}
			return undefined;
		},
	);
}
