/** Joining the parts of an upload, with the rules about their order, sizes and checksums. */

import { createHash, randomBytes } from 'node:crypto';
import { receiveText } from '../body.ts';
import { bucketOf, type Call, goneUpload, header, quoted, type Reply, uploadOf, xmlReply } from '../call.ts';
import { invalidRequest, S3Error } from '../errors.ts';
import { hasher } from '../hashes.ts';
import type { OpenUpload } from '../state.ts';
import type { Checksum, ObjectVersion, Part } from '../types.ts';
import { elements, textOf, xml } from '../xml.ts';
import { checkConditions, endsOf, newVersionId } from './write.ts';

export async function completeUpload(call: Call): Promise<Reply> {
	const bucket = bucketOf(call);
	const upload = uploadOf(call);
	call.log.storageClass = upload.storageClass;
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
	call.log.size = size;
	endsOf(call, bucket, upload.key);
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
