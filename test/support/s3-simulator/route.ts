import type { Call, Reply } from './call.ts';
import { notImplemented } from './errors.ts';
import * as buckets from './operations/buckets.ts';
import { completeUpload } from './operations/complete.ts';
import * as multipart from './operations/multipart.ts';
import * as objects from './operations/objects.ts';
import { restoreObject } from './operations/restore.ts';

const OPERATIONS: Record<string, (call: Call) => Reply | Promise<Reply>> = {
	ListBuckets: buckets.listBuckets,
	CreateBucket: buckets.createBucket,
	HeadBucket: buckets.headBucket,
	DeleteBucket: buckets.deleteBucket,
	GetBucketLocation: buckets.getLocation,
	PutBucketVersioning: buckets.putVersioning,
	GetBucketVersioning: buckets.getVersioning,
	PutBucketLifecycleConfiguration: buckets.putLifecycle,
	GetBucketLifecycleConfiguration: buckets.getLifecycle,
	ListObjectVersions: buckets.listVersions,
	ListMultipartUploads: buckets.listUploads,
	ListObjectsV2: buckets.listObjects,
	PutObject: objects.putObject,
	GetObject: objects.getObject,
	HeadObject: objects.getObject,
	DeleteObject: objects.deleteObject,
	DeleteObjects: objects.deleteObjects,
	CopyObject: objects.copyObject,
	GetObjectTagging: objects.getTags,
	CreateMultipartUpload: multipart.createUpload,
	UploadPart: multipart.uploadPart,
	UploadPartCopy: multipart.uploadPartCopy,
	ListParts: multipart.listParts,
	AbortMultipartUpload: multipart.abortUpload,
	RestoreObject: restoreObject,
	CompleteMultipartUpload: completeUpload,
};

/** The name of the operation as AWS has it. */
export function operationOf(
	method: string,
	key: string,
	query: URLSearchParams,
	copies: boolean,
	bucket: string,
): string {
	const has = (name: string) => query.has(name);
	const pick = (...pairs: [boolean, string][]) => pairs.find(([applies]) => applies)?.[1] ?? 'Unknown';
	if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'Unknown';
	if (key === '') {
		if (method === 'HEAD') return 'HeadBucket';
		if (method === 'DELETE') return 'DeleteBucket';
		if (method === 'POST') return pick([has('delete'), 'DeleteObjects']);
		if (method === 'PUT') {
			return pick(
				[has('versioning'), 'PutBucketVersioning'],
				[has('lifecycle'), 'PutBucketLifecycleConfiguration'],
				[query.size === 0, 'CreateBucket'],
			);
		}
		return pick(
			[has('location'), 'GetBucketLocation'],
			[has('versioning'), 'GetBucketVersioning'],
			[has('lifecycle'), 'GetBucketLifecycleConfiguration'],
			[has('versions'), 'ListObjectVersions'],
			[has('uploads'), 'ListMultipartUploads'],
			[has('list-type'), 'ListObjectsV2'],
		);
	}
	if (method === 'HEAD') return 'HeadObject';
	if (method === 'DELETE') return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
	if (method === 'GET') {
		return pick([has('uploadId'), 'ListParts'], [has('tagging'), 'GetObjectTagging'], [!has('acl'), 'GetObject']);
	}
	if (method === 'POST') {
		return pick(
			[has('uploads'), 'CreateMultipartUpload'],
			[has('uploadId'), 'CompleteMultipartUpload'],
			[has('restore'), 'RestoreObject'],
		);
	}
	return pick(
		[has('uploadId') && copies, 'UploadPartCopy'],
		[has('uploadId'), 'UploadPart'],
		[copies, 'CopyObject'],
		[!has('tagging') && !has('acl'), 'PutObject'],
	);
}

/** @throws S3Error */
export async function perform(call: Call): Promise<Reply> {
	const operation = OPERATIONS[call.operation];
	if (!operation) throw notImplemented(call.operation);
	return operation(call);
}
