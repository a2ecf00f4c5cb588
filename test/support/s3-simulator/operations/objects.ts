/** PutObject, GetObject, HeadObject, DeleteObject(s), CopyObject, tags. */

import { receive, receiveText } from '../body.ts';
import { bucketOf, type Call, header, quoted, type Reply, xmlReply } from '../call.ts';
import { assertReadable, thawHeaders } from '../cold.ts';
import { noSuchKey, preconditionFailed, S3Error } from '../errors.ts';
import type { Bucket, State } from '../state.ts';
import type { ObjectVersion } from '../types.ts';
import { elements, textOf, xml } from '../xml.ts';
import {
	checkConditions,
	checksumHeaders,
	endsOf,
	keptHeaders,
	newVersionId,
	storageClassOf,
	tagsOf,
	versionHeaders,
} from './write.ts';

export async function putObject(call: Call): Promise<Reply> {
	const bucket = bucketOf(call);
	const storageClass = storageClassOf(call);
	checkConditions(call, bucket, call.quirks.conditionalPut);
	call.log.storageClass = storageClass;
	const retain = header(call, 'x-amz-object-lock-retain-until-date');
	const received = await receive(call);
	// Of several racers the first to be here wins.
	try {
		checkConditions(call, bucket, call.quirks.conditionalPut);
	} catch (error) {
		call.state.blobs.remove(received.blob);
		throw error;
	}
	const version: ObjectVersion = {
		key: call.key,
		versionId: newVersionId(bucket),
		size: received.blob.size,
		etag: received.etag,
		blobs: [received.blob],
		...(received.checksum ? { checksum: received.checksum } : {}),
		storageClass,
		headers: keptHeaders(call),
		tags: tagsOf(call),
		modified: call.now(),
		...(bucket.objectLock && retain ? { retainUntil: Date.parse(retain) } : {}),
	};
	call.log.size = version.size;
	endsOf(call, bucket, call.key);
	call.state.change({ type: 'object', bucket: bucket.name, version });
	return {
		status: 200,
		headers: { etag: quoted(version.etag), ...checksumHeaders(version.checksum), ...versionHeaders(bucket, version) },
	};
}

/** The version that the request names. @throws S3Error NoSuchKey */
export function found(call: Call, bucket: Bucket): ObjectVersion {
	const id = call.query.get('versionId');
	const version =
		id === null
			? call.state.current(bucket, call.key)
			: bucket.keys.get(call.key)?.find((one) => one.versionId === id && !one.deleteMarker);
	if (!version) throw noSuchKey();
	return version;
}

export async function* contentOf(state: State, version: ObjectVersion, start: number, end: number) {
	let at = 0;
	for (const blob of version.blobs) {
		const from = Math.max(0, start - at);
		const to = Math.min(blob.size, end - at);
		if (to > from) yield* state.blobs.read(blob, from, to);
		at += blob.size;
	}
}

export function getObject(call: Call): Reply {
	const bucket = bucketOf(call);
	const version = found(call, bucket);
	const match = header(call, 'if-match');
	call.log.storageClass = version.storageClass;
	call.log.size = version.size;
	if (match !== undefined && match !== quoted(version.etag)) throw preconditionFailed();
	if (call.operation === 'GetObject') assertReadable(call, version);
	const range = rangeOf(call, version.size);
	const [start, end] = range ?? [0, version.size];
	const wantsSum = header(call, 'x-amz-checksum-mode') === 'ENABLED' && !range;
	return {
		status: range ? 206 : 200,
		headers: {
			...version.headers,
			etag: quoted(version.etag),
			'last-modified': new Date(version.modified).toUTCString(),
			'accept-ranges': 'bytes',
			...(version.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': version.storageClass }),
			...thawHeaders(call, version),
			...(range ? { 'content-range': `bytes ${start}-${end - 1}/${version.size}` } : {}),
			...(wantsSum ? checksumHeaders(version.checksum) : {}),
			...versionHeaders(bucket, version),
		},
		length: end - start,
		...(call.operation === 'GetObject' ? { body: contentOf(call.state, version, start, end) } : {}),
	};
}

/** `[start, end)`, or undefined for all of it. @throws S3Error InvalidRange */
function rangeOf(call: Call, size: number): [number, number] | undefined {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header(call, 'range') ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const [start, end] =
		match[1] === ''
			? [Math.max(0, size - Number(match[2])), size]
			: [Number(match[1]), match[2] === '' ? size : Math.min(size, Number(match[2]) + 1)];
	if (start >= size || end <= start) {
		throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
			ActualObjectSize: String(size),
		});
	}
	return [start, end];
}

export function deleteObject(call: Call): Reply {
	const bucket = bucketOf(call);
	const match = header(call, 'if-match');
	const there = call.state.current(bucket, call.key);
	if (match !== undefined && call.quirks.conditionalPut === 'kept' && there && match !== quoted(there.etag)) {
		throw preconditionFailed();
	}
	const marker = remove(call, bucket, call.key, call.query.get('versionId') ?? undefined);
	const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker?.versionId ?? '' };
	return { status: 204, ...(marker ? { headers } : {}) };
}

/** Gives the marker that a bucket with versions has instead. */
function remove(call: Call, bucket: Bucket, key: string, versionId: string | undefined): ObjectVersion | undefined {
	const version = bucket.keys.get(key)?.find((one) => one.versionId === versionId);
	if (version?.retainUntil !== undefined && version.retainUntil > call.now()) {
		throw new S3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
	}
	if (versionId !== undefined || !bucket.versioning) {
		endsOf(call, bucket, key, versionId);
		call.state.change({ type: 'delete', bucket: bucket.name, key, ...(versionId === undefined ? {} : { versionId }) });
		return undefined;
	}
	const marker: ObjectVersion = {
		key,
		versionId: newVersionId(bucket),
		size: 0,
		etag: '',
		blobs: [],
		storageClass: 'STANDARD',
		headers: {},
		tags: [],
		modified: call.now(),
		deleteMarker: true,
	};
	call.state.change({ type: 'object', bucket: bucket.name, version: marker });
	return marker;
}

export async function deleteObjects(call: Call): Promise<Reply> {
	const bucket = bucketOf(call);
	const body = await receiveText(call);
	const keys = elements(body, 'Object').map((text) => textOf(text, 'Key') ?? '');
	for (const key of keys) remove(call, bucket, key, undefined);
	const quiet = textOf(body, 'Quiet') === 'true';
	return xmlReply(xml('DeleteResult', quiet ? '' : { Deleted: keys.map((Key) => ({ Key })) }));
}

export async function copyObject(call: Call): Promise<Reply> {
	const bucket = bucketOf(call);
	const { version: source } = copySource(call);
	assertReadable(call, source);
	call.log.storageClass = storageClassOf(call);
	call.log.size = source.size;
	const writer = call.state.blobs.create();
	for await (const chunk of contentOf(call.state, source, 0, source.size)) writer.write(chunk);
	const replaces = header(call, 'x-amz-metadata-directive') === 'REPLACE';
	const version: ObjectVersion = {
		...source,
		key: call.key,
		versionId: newVersionId(bucket),
		blobs: [writer.end()],
		storageClass: storageClassOf(call),
		headers: replaces ? keptHeaders(call) : source.headers,
		modified: call.now(),
	};
	delete version.thaw;
	delete version.accessTier;
	endsOf(call, bucket, call.key);
	call.state.change({ type: 'object', bucket: bucket.name, version });
	return xmlReply(
		xml('CopyObjectResult', { ETag: quoted(version.etag), LastModified: new Date(version.modified).toISOString() }),
	);
}

/** @throws S3Error NoSuchBucket, NoSuchKey */
export function copySource(call: Call): { version: ObjectVersion } {
	const source = decodeURIComponent(header(call, 'x-amz-copy-source') ?? '').replace(/^\//, '');
	const [bucketName = '', key = ''] = source.split(/\/(.*)/s);
	const bucket = call.state.buckets.get(bucketName);
	if (!bucket) throw new S3Error(404, 'NoSuchBucket');
	const version = call.state.current(bucket, key);
	if (!version) throw noSuchKey();
	return { version };
}

export function getTags(call: Call): Reply {
	const { tags } = found(call, bucketOf(call));
	return xmlReply(xml('Tagging', { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } }));
}
