import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Bucket } from './bucket.ts';
import { type Answer, type BodyProof, bareEtag, decodeCrc32, md5Of } from './checksums.ts';
import { abortMultipart, beginMultipart } from './multipart.ts';
import { transmitPart } from './upload-part.ts';

/**
 * Sends a tiny part in an upload that is given up: proves that the bucket can be written and shows whether its ETags are
 * MD5s. No object is ever seen, billed or locked by it, nor is one deleted.
 * @throws what requests throw
 */
export async function probe(bucket: Bucket, signal?: AbortSignal): Promise<void> {
	const options = signal ? { signal } : {};
	const body = Buffer.from('probe');
	const upload = await beginMultipart(bucket, `.firn-probe-${randomBytes(8).toString('hex')}`, options);
	try {
		const { answer } = await transmitPart(bucket, upload, { number: 1, body, crc32: crc32(body) }, options);
		bucket.etags = bareEtag(answer.ETag) === md5Of(body).toString('hex') ? 'md5' : 'opaque';
	} finally {
		await abortMultipart(bucket, upload);
	}
}

/**
 * Whether an answer says that other bytes arrived. A CRC that is echoed decides; else an ETag that looks like an MD5
 * does, if this store's ETags are MD5s: that is found out when first it matters.
 */
export async function disproves(
	bucket: Bucket,
	answer: Answer,
	proof: BodyProof,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const echoed = decodeCrc32(answer.ChecksumCRC32);
	if (echoed !== undefined) return echoed !== proof.crc32;
	if (proof.md5 === undefined || bucket.etags === 'opaque') return false;
	if (answer.ServerSideEncryption || answer.SSECustomerAlgorithm) return false;
	const etag = bareEtag(answer.ETag);
	if (!/^[0-9a-f]{32}$/.test(etag) || etag === proof.md5) return false;
	if (bucket.etags === 'unknown') await probe(bucket, signal);
	return bucket.etags === 'md5';
}
