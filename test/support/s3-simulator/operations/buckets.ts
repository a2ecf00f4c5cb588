/** Buckets: their making, settings and listings. */

import { receiveText } from '../body.ts';
import { bucketOf, type Call, header, quoted, type Reply, xmlReply } from '../call.ts';
import { thawStatus } from '../cold.ts';
import { invalidRequest, S3Error } from '../errors.ts';
import { uriEncode } from '../sigv4.ts';
import type { ObjectVersion } from '../types.ts';
import { type Node, textOf, xml } from '../xml.ts';

export function listBuckets(call: Call): Reply {
	const all = [...call.state.buckets.keys()].map((Name) => ({ Name, CreationDate: new Date(0).toISOString() }));
	return xmlReply(xml('ListAllMyBucketsResult', { Buckets: { Bucket: all } }));
}

export function createBucket(call: Call): Reply {
	const name = call.bucketName;
	if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new S3Error(400, 'InvalidBucketName');
	if (call.state.buckets.has(name)) throw new S3Error(409, 'BucketAlreadyOwnedByYou');
	const objectLock = header(call, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
	call.state.change({ type: 'bucket', name, objectLock });
	return { status: 200, headers: { location: `/${name}` } };
}

export function headBucket(call: Call): Reply {
	bucketOf(call);
	return { status: 200, headers: { 'x-amz-bucket-region': call.region } };
}

export function deleteBucket(call: Call): Reply {
	const bucket = bucketOf(call);
	if (bucket.keys.size > 0) throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
	call.state.change({ type: 'bucket-gone', name: bucket.name });
	return { status: 204 };
}

export function getLocation(call: Call): Reply {
	bucketOf(call);
	return xmlReply(xml('LocationConstraint', call.region === 'us-east-1' ? '' : call.region));
}

export async function putVersioning(call: Call): Promise<Reply> {
	const on = textOf(await receiveText(call), 'Status') === 'Enabled';
	call.state.change({ type: 'versioning', name: bucketOf(call).name, on });
	return { status: 200 };
}

export function getVersioning(call: Call): Reply {
	return xmlReply(xml('VersioningConfiguration', bucketOf(call).versioning ? { Status: 'Enabled' } : ''));
}

export async function putLifecycle(call: Call): Promise<Reply> {
	const text = await receiveText(call);
	call.state.change({ type: 'lifecycle', name: bucketOf(call).name, text });
	return { status: 200 };
}

export function getLifecycle(call: Call): Reply {
	const { lifecycle } = bucketOf(call);
	if (lifecycle === undefined) throw new S3Error(404, 'NoSuchLifecycleConfiguration');
	return xmlReply(lifecycle);
}

export function listVersions(call: Call): Reply {
	const bucket = bucketOf(call);
	const prefix = call.query.get('prefix') ?? '';
	const keys = call.state.sortedKeys(bucket).filter((key) => key.startsWith(prefix));
	const versions = keys.flatMap((key) => bucket.keys.get(key)!.toReversed());
	const node = (version: ObjectVersion) => ({
		Key: version.key,
		VersionId: version.versionId,
		IsLatest: bucket.keys.get(version.key)!.at(-1) === version,
		LastModified: new Date(version.modified).toISOString(),
		...(version.deleteMarker
			? {}
			: { ETag: quoted(version.etag), Size: version.size, StorageClass: version.storageClass }),
	});
	return xmlReply(
		xml('ListVersionsResult', {
			Name: bucket.name,
			IsTruncated: false,
			Version: versions.filter((version) => !version.deleteMarker).map(node),
			DeleteMarker: versions.filter((version) => version.deleteMarker).map(node),
		}),
	);
}

export function listUploads(call: Call): Reply {
	const bucket = bucketOf(call);
	const { query } = call;
	const prefix = query.get('prefix') ?? '';
	const most = Math.min(call.maxPageSize, Number(query.get('max-uploads') ?? call.maxPageSize));
	const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker')];
	const uploads = [...call.state.uploads.values()]
		.filter((upload) => upload.bucket === bucket.name && upload.key.startsWith(prefix) && !upload.completed)
		.sort((a, b) => compare(a.key, b.key) || compare(a.id, b.id))
		.filter(({ key, id }) => {
			const order = compare(key, keyMarker);
			return order > 0 || (order === 0 && idMarker !== null && compare(id, idMarker) > 0);
		});
	const page = uploads.slice(0, most);
	const last = page.at(-1);
	const truncated = uploads.length > page.length;
	return xmlReply(
		xml('ListMultipartUploadsResult', {
			Bucket: bucket.name,
			MaxUploads: most,
			IsTruncated: truncated,
			...(truncated && last ? { NextKeyMarker: last.key, NextUploadIdMarker: last.id } : {}),
			Upload: page.map((upload) => ({
				Key: upload.key,
				UploadId: upload.id,
				Initiated: new Date(upload.initiated).toISOString(),
				StorageClass: upload.storageClass,
			})),
		}),
	);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function listObjects(call: Call): Reply {
	const bucket = bucketOf(call);
	const { query } = call;
	const prefix = query.get('prefix') ?? '';
	const delimiter = query.get('delimiter') ?? '';
	const token = query.get('continuation-token');
	const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
	const most = Math.min(call.maxPageSize, Number(query.get('max-keys') ?? call.maxPageSize));
	const encode = query.get('encoding-type') === 'url' ? uriEncode : (text: string) => text;
	const wanted = header(call, 'x-amz-optional-object-attributes') ?? '';
	if (wanted !== '' && call.quirks.restoreStatus === 'refused') throw invalidRequest(`${wanted} is not known`);
	const tellsThaws = wanted.split(',').includes('RestoreStatus') && call.quirks.restoreStatus === 'kept';
	const contents: Node[] = [];
	const prefixes: string[] = [];
	let last = '';
	let truncated = false;
	const bytesAfter = Buffer.from(after);
	for (const key of call.state.sortedKeys(bucket)) {
		if (!key.startsWith(prefix) || Buffer.compare(Buffer.from(key), bytesAfter) <= 0) continue;
		const version = call.state.current(bucket, key);
		if (!version) continue;
		const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
		const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
		if (common !== undefined && (prefixes.includes(common) || after.startsWith(common))) continue;
		if (contents.length + prefixes.length >= most) {
			truncated = true;
			break;
		}
		last = common ?? key;
		if (common !== undefined) prefixes.push(common);
		else {
			contents.push({
				Key: encode(key),
				LastModified: new Date(version.modified).toISOString(),
				ETag: quoted(version.etag),
				Size: version.size,
				StorageClass: version.storageClass,
				...(tellsThaws ? thawStatus(call, version) : {}),
				...(version.checksum
					? { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type }
					: {}),
			});
		}
	}
	return xmlReply(
		xml('ListBucketResult', {
			Name: bucket.name,
			Prefix: encode(prefix),
			...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
			...(query.get('encoding-type') === null ? {} : { EncodingType: 'url' }),
			MaxKeys: most,
			KeyCount: contents.length + prefixes.length,
			IsTruncated: truncated,
			...(truncated ? { NextContinuationToken: Buffer.from(last).toString('base64url') } : {}),
			Contents: contents,
			CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
		}),
	);
}
