/** One part on its way to the store, and the proof that it arrived. */

import { UploadPartCommand, type UploadPartCommandOutput } from '@aws-sdk/client-s3';
import type { Pace, PartReceipt, UploadRef } from '../destination.ts';
import { noSuchUpload, storeMismatch } from '../refusals.ts';
import { ask, type Bucket, stepDown, until } from './bucket.ts';
import { type BodyProof, bodyProof } from './checksums.ts';
import { notAStore } from './errors.ts';
import { watched } from './http-handler.ts';
import { isGone } from './multipart.ts';
import { disproves } from './probe.ts';

interface Part {
	number: number;
	body: Uint8Array;
	crc32: number;
}

interface SendOptions {
	signal?: AbortSignal;
	onProgress?: (sent: number) => void;
	pace?: Pace;
}

/** Sends a part and gives what the store has acknowledged. @throws FirnError NO_SUCH_UPLOAD, STORE_MISMATCH */
export async function sendPart(
	bucket: Bucket,
	upload: UploadRef,
	part: Part,
	options: SendOptions = {},
): Promise<PartReceipt> {
	const { number, body, crc32 } = part;
	const { answer, proof } = await transmitPart(bucket, upload, part, options);
	if (await disproves(bucket, answer, proof, options.signal)) {
		const found = `other bytes than were sent as part ${number}`;
		throw storeMismatch(upload.key, bucket.place.url, found, { retry: 'now' });
	}
	return { number, size: body.length, etag: answer.ETag!, crc32 };
}

/** Sends a part; the answer, which has an ETag, is not compared with anything yet. @throws FirnError NO_SUCH_UPLOAD */
export async function transmitPart(
	bucket: Bucket,
	upload: UploadRef,
	part: Part,
	options: SendOptions = {},
): Promise<{ answer: UploadPartCommandOutput; proof: BodyProof }> {
	const { signal, onProgress, pace } = options;
	const { number, body, crc32 } = part;
	const doing = `send part ${number} of ${upload.key}`;
	for (;;) {
		const proof = bodyProof(bucket.support, body, crc32);
		const answer = await ask(
			bucket,
			doing,
			signal,
			() =>
				bucket.client.send(
					new UploadPartCommand({
						Bucket: bucket.name,
						Key: bucket.keyOf(upload.key),
						UploadId: upload.id,
						PartNumber: number,
						Body: watched(body, { onProgress, pace }),
						ContentLength: body.length,
						...proof.headers,
					}),
					until(signal),
				),
			(fault) => {
				if (isGone(fault)) return noSuchUpload(upload.key, bucket.place.url, fault);
				return stepDown(bucket, fault) ? 'again' : undefined;
			},
		);
		if (answer === 'again') continue;
		if (!answer.ETag) throw notAStore(bucket.place, doing);
		return { answer, proof };
	}
}
