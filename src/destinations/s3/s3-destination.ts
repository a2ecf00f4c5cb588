/** A bucket of AWS or of any S3-compatible store as a destination. */

import { AWS_ARCHIVE_CLASS } from '../aws.ts';
import type {
	Destination,
	DestinationLimits,
	OpenUpload,
	Pace,
	PartReceipt,
	StoredObject,
	ThawAnswer,
	ThawOptions,
	UploadRef,
	WriteOptions,
} from '../destination.ts';
import { assertKey, assertLength } from '../keys.ts';
import type { Bucket } from './bucket.ts';
import { completeMultipart } from './complete.ts';
import { listObjects } from './list.ts';
import { moveObject } from './move.ts';
import { abortMultipart, beginMultipart, partsOf } from './multipart.ts';
import { type BucketOptions, openBucket } from './open-bucket.ts';
import { probe } from './probe.ts';
import { putObject } from './put.ts';
import { deleteObject, getObject, headObject } from './read.ts';
import type { S3Config } from './settings.ts';
import { thawObject } from './thaw.ts';
import { sendPart } from './upload-part.ts';
import { openUploads } from './uploads.ts';

const MiB = 1024 * 1024;
const TiB = 1024 ** 4;
/** Of UTF-8, the prefix included (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
const LONGEST_KEY = 1024;

/**
 * Opens a bucket; nothing is asked of it yet.
 * @param env where credentials and region are looked for
 * @param options who is told of requests; timeouts are for tests
 */
export async function openS3Destination(
	config: S3Config,
	env: Readonly<Record<string, string | undefined>>,
	options?: BucketOptions,
): Promise<Destination> {
	const bucket = await openBucket(config, env, options);
	// AWS has raised the largest object to 50 TB; the others still end at 5 TiB.
	return new S3Destination(bucket, bucket.isAws ? 48 * TiB : 5 * TiB);
}

class S3Destination implements Destination {
	readonly url: string;
	readonly limits: DestinationLimits;
	readonly archiveClass?: string;
	readonly #bucket: Bucket;

	constructor(bucket: Bucket, maxObjectSize: number) {
		this.url = bucket.place.url;
		this.limits = { minPartSize: 5 * MiB, maxPartSize: 5 * 1024 * MiB, maxParts: 10_000, maxObjectSize };
		this.#bucket = bucket;
		// What others call so, if they know it, is not known to be cheaper.
		if (bucket.isAws) this.archiveClass = AWS_ARCHIVE_CLASS;
	}

	/** Lists, and writes a probe that never becomes an object. */
	async check(options: { signal?: AbortSignal } = {}): Promise<void> {
		const { signal } = options;
		const bucket = this.#bucket;
		for await (const _object of listObjects(bucket, '', { signal, pageSize: 1 })) break;
		await probe(bucket, signal);
	}

	async put(key: string, body: Uint8Array, options?: WriteOptions & { overwrite?: boolean }): Promise<StoredObject> {
		this.#assertNew(key);
		return putObject(this.#bucket, key, body, options);
	}

	async beginUpload(
		key: string,
		options: WriteOptions & { partSize: number; overwrite?: boolean },
	): Promise<UploadRef> {
		this.#assertNew(key);
		return beginMultipart(this.#bucket, key, options);
	}

	uploadPart(
		upload: UploadRef,
		part: { number: number; body: Uint8Array; crc32: number },
		options?: { signal?: AbortSignal; onProgress?: (sent: number) => void; pace?: Pace },
	): Promise<PartReceipt> {
		return sendPart(this.#bucket, upload, part, options);
	}

	listParts(upload: UploadRef, options: { signal?: AbortSignal }): Promise<PartReceipt[]> {
		return partsOf(this.#bucket, upload, options.signal);
	}

	completeUpload(
		upload: UploadRef,
		parts: PartReceipt[],
		options: WriteOptions & { size: number; overwrite?: boolean },
	): Promise<StoredObject> {
		return completeMultipart(this.#bucket, upload, parts, options);
	}

	abortUpload(upload: UploadRef): Promise<void> {
		return abortMultipart(this.#bucket, upload);
	}

	uploads(prefix: string, options: { signal?: AbortSignal } = {}): AsyncIterable<OpenUpload> {
		return openUploads(this.#bucket, prefix, options.signal);
	}

	async head(key: string, options: { signal?: AbortSignal } = {}): Promise<StoredObject | undefined> {
		assertKey(key);
		return headObject(this.#bucket, key, options.signal);
	}

	async *get(
		key: string,
		options?: { start?: number; end?: number; signal?: AbortSignal },
	): AsyncGenerator<Uint8Array> {
		assertKey(key);
		yield* getObject(this.#bucket, key, options);
	}

	async thaw(key: string, options: ThawOptions): Promise<ThawAnswer> {
		assertKey(key);
		return thawObject(this.#bucket, key, options);
	}

	list(prefix: string, options: { signal?: AbortSignal; thaws?: boolean } = {}): AsyncIterable<StoredObject> {
		return listObjects(this.#bucket, prefix, options);
	}

	async move(from: string, to: string, options: { signal?: AbortSignal } = {}): Promise<void> {
		assertKey(from);
		this.#assertNew(to);
		await moveObject(this.#bucket, from, to, options);
	}

	async delete(key: string): Promise<void> {
		assertKey(key);
		await deleteObject(this.#bucket, key);
	}

	async close(): Promise<void> {
		this.#bucket.client.destroy();
	}

	#assertNew(key: string): void {
		assertKey(key);
		assertLength(this.#bucket.keyOf(key), LONGEST_KEY, this.url);
	}
}
