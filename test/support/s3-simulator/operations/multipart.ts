/** Multipart uploads with their rules about sizes, order, checksums and conditions. */

import { createHash, randomBytes } from 'node:crypto';
import { hasChecksumHeaders, receive } from '../body.ts';
import { bucketOf, type Call, goneUpload, header, quoted, type Reply, uploadOf, xmlReply } from '../call.ts';
import { assertReadable } from '../cold.ts';
import { invalidRequest, S3Error } from '../errors.ts';
import type { OpenUpload } from '../state.ts';
import type { BlobRef, Checksum, ChecksumAlgorithm, ChecksumType, Part } from '../types.ts';
import { xml } from '../xml.ts';
import { contentOf, copySource } from './objects.ts';
import { keptHeaders, storageClassOf, tagsOf } from './write.ts';

export function createUpload(call: Call): Reply {
	const bucket = bucketOf(call);
	const { quirks } = call;
	if (quirks.checksums === 'refused' && hasChecksumHeaders(call))
		throw invalidRequest('Unsupported header x-amz-checksum.');
	const kept = quirks.checksums === 'kept';
	const algorithm = kept ? (header(call, 'x-amz-checksum-algorithm') as ChecksumAlgorithm | undefined) : undefined;
	const type = algorithm && checksumType(algorithm, header(call, 'x-amz-checksum-type') as ChecksumType | undefined);
	const id = randomBytes(24).toString('base64url');
	call.log.storageClass = storageClassOf(call);
	call.state.change({
		type: 'upload',
		upload: {
			id,
			bucket: bucket.name,
			key: call.key,
			initiated: call.now(),
			storageClass: storageClassOf(call),
			headers: keptHeaders(call),
			tags: tagsOf(call),
			...(algorithm && type ? { checksumAlgorithm: algorithm, checksumType: type } : {}),
		},
	});
	return xmlReply(xml('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: call.key, UploadId: id }), {
		...(algorithm && type ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } : {}),
	});
}

/** @throws S3Error InvalidRequest for pairs that S3 does not have */
function checksumType(algorithm: ChecksumAlgorithm, asked: ChecksumType | undefined): ChecksumType {
	if (asked === 'FULL_OBJECT' && algorithm.startsWith('SHA')) {
		throw invalidRequest(`The FULL_OBJECT checksum type cannot be used with the ${algorithm} checksum algorithm.`);
	}
	if (asked === 'COMPOSITE' && algorithm === 'CRC64NVME') {
		throw invalidRequest('The COMPOSITE checksum type cannot be used with the CRC64NVME checksum algorithm.');
	}
	return asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
}

export async function uploadPart(call: Call): Promise<Reply> {
	bucketOf(call);
	const upload = open(call);
	const number = partNumber(call);
	const received = await receive(call, upload.checksumAlgorithm);
	const { checksumAlgorithm: wanted } = upload;
	const brought = received.checksum?.algorithm;
	if (wanted && brought !== wanted) {
		call.state.blobs.remove(received.blob);
		throw invalidRequest(`Checksum Type mismatch occurred, expected checksum Type: ${wanted}, actual: ${brought}`);
	}
	// It may have been given up in the meantime.
	if (!call.state.uploads.has(upload.id)) {
		call.state.blobs.remove(received.blob);
		throw goneUpload(call);
	}
	keepPart(call, upload, number, received.blob, received.etag, received.checksum);
	const sum = received.checksum;
	return {
		status: 200,
		headers: {
			etag: quoted(received.etag),
			...(sum ? { [`x-amz-checksum-${sum.algorithm.toLowerCase()}`]: sum.value } : {}),
		},
	};
}

function keepPart(
	call: Call,
	upload: OpenUpload,
	number: number,
	blob: BlobRef,
	etag: string,
	checksum?: Checksum,
): void {
	const part: Part = { number, size: blob.size, etag, blob, modified: call.now(), ...(checksum ? { checksum } : {}) };
	call.state.change({ type: 'part', id: upload.id, part });
}

function open(call: Call): OpenUpload {
	const upload = uploadOf(call);
	if (upload.completed) throw goneUpload(call);
	return upload;
}

function partNumber(call: Call): number {
	const number = Number(call.query.get('partNumber'));
	if (!Number.isInteger(number) || number < 1 || number > 10_000) {
		throw new S3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
	}
	return number;
}

export async function uploadPartCopy(call: Call): Promise<Reply> {
	const upload = open(call);
	const { version } = copySource(call);
	assertReadable(call, version);
	const match = /^bytes=(\d+)-(\d+)$/.exec(header(call, 'x-amz-copy-source-range') ?? '');
	const [start, end] = match ? [Number(match[1]), Number(match[2]) + 1] : [0, version.size];
	const writer = call.state.blobs.create();
	const md5 = createHash('md5');
	for await (const chunk of contentOf(call.state, version, start, end)) {
		writer.write(chunk);
		md5.update(chunk);
	}
	const etag = md5.digest('hex');
	keepPart(call, upload, partNumber(call), writer.end(), etag);
	return xmlReply(xml('CopyPartResult', { ETag: quoted(etag), LastModified: new Date(call.now()).toISOString() }));
}

export function listParts(call: Call): Reply {
	const upload = open(call);
	const most = Math.min(call.maxPageSize, Number(call.query.get('max-parts') ?? call.maxPageSize));
	const after = Number(call.query.get('part-number-marker') ?? 0);
	const parts = [...upload.parts.values()].sort((a, b) => a.number - b.number).filter((part) => part.number > after);
	const page = parts.slice(0, most);
	return xmlReply(
		xml('ListPartsResult', {
			Bucket: upload.bucket,
			Key: upload.key,
			UploadId: upload.id,
			StorageClass: upload.storageClass,
			PartNumberMarker: after,
			NextPartNumberMarker: page.at(-1)?.number,
			MaxParts: most,
			IsTruncated: parts.length > page.length,
			ChecksumAlgorithm: upload.checksumAlgorithm,
			ChecksumType: upload.checksumType,
			Part: page.map((part) => ({
				PartNumber: part.number,
				LastModified: new Date(part.modified).toISOString(),
				ETag: quoted(part.etag),
				Size: part.size,
				...(part.checksum ? { [`Checksum${part.checksum.algorithm}`]: part.checksum.value } : {}),
			})),
		}),
	);
}

export function abortUpload(call: Call): Reply {
	const upload = open(call);
	call.state.change({ type: 'upload-gone', id: upload.id, kept: [] });
	return { status: 204 };
}
