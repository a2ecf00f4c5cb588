/** Multipart uploads with their rules about sizes, order, checksums and conditions. */

import { createHash, randomBytes } from 'node:crypto';
import { hasChecksumHeaders, receive, receiveText } from '../body.ts';
import { bucketOf, type Call, goneUpload, header, quoted, type Reply, uploadOf, xmlReply } from '../call.ts';
import { invalidRequest, S3Error } from '../errors.ts';
import { hasher } from '../hashes.ts';
import type { OpenUpload } from '../state.ts';
import type { BlobRef, Checksum, ChecksumAlgorithm, ChecksumType, ObjectVersion, Part } from '../types.ts';
import { elements, textOf, xml } from '../xml.ts';
import { contentOf, copySource } from './objects.ts';
import { checkConditions, keptHeaders, newVersionId, storageClassOf, tagsOf } from './write.ts';

export function createUpload(call: Call): Reply {
	const bucket = bucketOf(call);
	const { quirks } = call;
	if (quirks.checksums === 'refused' && hasChecksumHeaders(call))
		throw invalidRequest('Unsupported header x-amz-checksum.');
	const kept = quirks.checksums === 'kept';
	const algorithm = kept ? (header(call, 'x-amz-checksum-algorithm') as ChecksumAlgorithm | undefined) : undefined;
	const type = algorithm && checksumType(algorithm, header(call, 'x-amz-checksum-type') as ChecksumType | undefined);
	const id = randomBytes(24).toString('base64url');
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

export async function completeUpload(call: Call): Promise<Reply> {
	const bucket = bucketOf(call);
	const upload = uploadOf(call);
	const text = await receiveText(call);
	if (upload.completed) {
		if (call.quirks.completeTwice === 'gone') throw goneUpload(call);
		return completed(call, upload.completed.etag, undefined);
	}
	checkConditions(call, bucket, call.quirks.conditionalComplete);
	const parts = chosenParts(call, upload, text);
	const size = parts.reduce((sum, part) => sum + part.size, 0);
	const claimed = header(call, 'x-amz-mp-object-size');
	if (claimed !== undefined && call.quirks.mpuObjectSize === 'checked' && Number(claimed) !== size) {
		throw invalidRequest(`The provided 'x-amz-mp-object-size' header does not match what was computed.`);
	}
	const checksum = await wholeChecksum(call, upload, parts);
	const md5 = createHash('md5');
	for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'));
	const version: ObjectVersion = {
		key: upload.key,
		versionId: newVersionId(bucket),
		size,
		etag: `${call.quirks.etags === 'md5' ? md5.digest('hex') : randomBytes(16).toString('hex')}-${parts.length}`,
		blobs: parts.map((part) => part.blob),
		...(checksum ? { checksum } : {}),
		storageClass: upload.storageClass,
		headers: upload.headers,
		tags: upload.tags,
		modified: call.now(),
	};
	if (!call.state.uploads.has(upload.id) || upload.completed) throw goneUpload(call);
	checkConditions(call, bucket, call.quirks.conditionalComplete);
	call.state.change({ type: 'object', bucket: bucket.name, version });
	const done = { etag: version.etag, versionId: version.versionId };
	call.state.change({ type: 'upload-gone', id: upload.id, kept: parts.map((part) => part.number), completed: done });
	return completed(call, version.etag, checksum);
}

function completed(call: Call, etag: string, checksum: Checksum | undefined): Reply {
	return xmlReply(
		xml('CompleteMultipartUploadResult', {
			Location: `/${call.bucketName}/${call.key}`,
			Bucket: call.bucketName,
			Key: call.key,
			ETag: call.quirks.completeEtag === 'real' ? quoted(etag) : '',
			...(checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {}),
		}),
	);
}

/** The parts as the request lists them. @throws S3Error InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest */
function chosenParts(call: Call, upload: OpenUpload, text: string): Part[] {
	const listed = elements(text, 'Part');
	if (listed.length === 0) throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed.');
	let before = 0;
	return listed.map((element, index) => {
		const number = Number(textOf(element, 'PartNumber'));
		const part = upload.parts.get(number);
		if (number <= before) throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
		before = number;
		if (!part || (textOf(element, 'ETag') ?? '').replaceAll('"', '') !== part.etag) {
			throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
		}
		if (index < listed.length - 1 && part.size < call.minPartSize) {
			throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
		}
		const { checksumAlgorithm: algorithm } = upload;
		if (algorithm) {
			if (number !== index + 1) throw new S3Error(400, 'InvalidPartOrder', 'Part numbers must be consecutive.');
			const claimed = textOf(element, `Checksum${algorithm}`);
			if (claimed === undefined && upload.checksumType === 'COMPOSITE') {
				throw invalidRequest(
					`The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part.`,
				);
			}
			if (claimed !== undefined && claimed !== part.checksum?.value) {
				throw new S3Error(400, 'InvalidPart', 'The checksum of a part does not match.');
			}
		}
		return part;
	});
}

/** @throws S3Error BadDigest, InvalidRequest */
async function wholeChecksum(call: Call, upload: OpenUpload, parts: Part[]): Promise<Checksum | undefined> {
	const { checksumAlgorithm: algorithm, checksumType: type } = upload;
	if (!algorithm || !type) return undefined;
	const askedType = header(call, 'x-amz-checksum-type');
	if (askedType !== undefined && askedType !== type) throw invalidRequest('The checksum type does not match.');
	const hash = hasher(algorithm);
	if (type === 'COMPOSITE') for (const part of parts) hash.update(Buffer.from(part.checksum!.value, 'base64'));
	else {
		for (const part of parts) {
			for await (const chunk of call.state.blobs.read(part.blob, 0, part.size)) hash.update(chunk);
		}
	}
	const value = hash.digest().toString('base64') + (type === 'COMPOSITE' ? `-${parts.length}` : '');
	const claimed = header(call, `x-amz-checksum-${algorithm.toLowerCase()}`);
	if (claimed !== undefined && claimed !== value) {
		throw new S3Error(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
	}
	return { algorithm, value, type };
}
