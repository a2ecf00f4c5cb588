import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';
import type { Fault } from './faults.ts';
import type { LogEntry } from './log.ts';
import type { Bucket, OpenUpload, State } from './state.ts';
import type { ThawTime } from './thaw-time.ts';
import type { Quirks } from './types.ts';

export interface Settings {
	region: string;
	quirks: Quirks;
	minPartSize: number;
	maxPageSize: number;
	/** The store's clock, which a test may move. */
	now: () => number;
	/** The clock that signatures are held to. */
	signedNow: () => number;
	/** How long a thaw takes. */
	thawMs: ThawTime;
}

/** One request on its way to an answer. */
export interface Call extends Settings {
	request: IncomingMessage;
	operation: string;
	bucketName: string;
	key: string;
	query: URLSearchParams;
	state: State;
	fault: Fault | undefined;
	log: LogEntry;
}

export interface Reply {
	status: number;
	headers?: Record<string, string>;
	body?: string | AsyncIterable<Uint8Array>;
	/** Of a body that is a stream, or that a HEAD leaves out. */
	length?: number;
}

export function header(call: Call, name: string): string | undefined {
	const value = call.request.headers[name];
	return Array.isArray(value) ? value.join(', ') : value;
}

/** @throws S3Error NoSuchBucket */
export function bucketOf(call: Call): Bucket {
	const bucket = call.state.buckets.get(call.bucketName);
	if (!bucket) {
		throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: call.bucketName });
	}
	return bucket;
}

/** @throws S3Error NoSuchUpload */
export function uploadOf(call: Call): OpenUpload {
	const upload = call.state.uploads.get(call.query.get('uploadId') ?? '');
	if (!upload || upload.bucket !== call.bucketName || upload.key !== call.key) throw goneUpload(call);
	return upload;
}

export function goneUpload(call: Call): S3Error {
	if (call.operation === 'CompleteMultipartUpload' && call.quirks.completeGone === 'InternalError') {
		return new S3Error(500, 'InternalError', 'This multipart completion is already in progress');
	}
	return new S3Error(404, call.quirks.goneCode, 'The specified upload does not exist.');
}

export const xmlReply = (body: string, headers: Record<string, string> = {}): Reply => ({
	status: 200,
	headers: { 'content-type': 'application/xml', ...headers },
	body,
});

export const quoted = (etag: string) => `"${etag}"`;
