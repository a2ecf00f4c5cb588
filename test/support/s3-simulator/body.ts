/** Takes the body of a request in: undoes the framing, proves the checksums, keeps the bytes. */

import { randomBytes } from 'node:crypto';
import { type Call, header } from './call.ts';
import { ChunkedDecoder } from './chunked.ts';
import { invalidRequest, S3Error } from './errors.ts';
import { ALGORITHMS, type Hasher, hasher } from './hashes.ts';
import type { BlobRef, Checksum, ChecksumAlgorithm } from './types.ts';

export interface Received {
	blob: BlobRef;
	etag: string;
	checksum?: Checksum;
}

/** The checksum that the request carries in a header or announces as a trailer. */
function announced(call: Call): { algorithm: ChecksumAlgorithm; value: string | undefined } | undefined {
	const trailer = header(call, 'x-amz-trailer')?.toLowerCase();
	const found = ALGORITHMS.filter((algorithm) => {
		const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
		return header(call, name) !== undefined || trailer === name;
	});
	if (found.length > 1) throw invalidRequest('Expecting a single x-amz-checksum- header.');
	const algorithm = found[0];
	return algorithm && { algorithm, value: header(call, `x-amz-checksum-${algorithm.toLowerCase()}`) };
}

/** Whether the request has any header that only stores with checksums know. */
export function hasChecksumHeaders(call: Call): boolean {
	return Object.keys(call.request.headers).some(
		(name) => name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm',
	);
}

/**
 * Reads the body to its end.
 * @param wants the checksum to compute when the request brings none
 * @throws S3Error, and the stream's error when the connection broke; nothing is kept then
 */
export async function receive(call: Call, wants?: ChecksumAlgorithm): Promise<Received> {
	const { quirks, fault } = call;
	const sha = header(call, 'x-amz-content-sha256') ?? '';
	const decoder = sha.startsWith('STREAMING-') ? new ChunkedDecoder() : undefined;
	if (decoder && quirks.chunked === 'refused') throw new S3Error(411, 'MissingContentLength');
	if (quirks.checksums === 'refused' && hasChecksumHeaders(call))
		throw invalidRequest('Unsupported header x-amz-checksum.');
	const proof = quirks.checksums === 'kept' ? announced(call) : undefined;
	const algorithm = proof?.algorithm ?? (quirks.checksums === 'kept' ? wants : undefined);
	const contentMd5 = header(call, 'content-md5');
	const hashes = {
		md5: quirks.etags === 'md5' || contentMd5 !== undefined ? hasher('MD5') : undefined,
		sha: /^[0-9a-f]{64}$/.test(sha) ? hasher('SHA256') : undefined,
		sum: algorithm ? hasher(algorithm) : undefined,
	};
	const all = Object.values(hashes).filter((hash): hash is Hasher => hash !== undefined);
	const writer = call.state.blobs.create();
	let size = 0;
	try {
		for await (const raw of call.request as AsyncIterable<Buffer>) {
			call.log.bytesIn += raw.length;
			if (fault?.kind === 'cut-request' && call.log.bytesIn >= fault.afterBytes) call.request.socket.destroy();
			for (let piece of decoder ? decoder.decode(raw) : [raw]) {
				if (fault?.kind === 'damage-received' && size === 0) piece = flipped(piece);
				for (const hash of all) hash.update(piece);
				writer.write(fault?.kind === 'damage-stored' && size === 0 ? flipped(piece) : piece);
				size += piece.length;
			}
		}
		decoder?.end();
		const expected = header(call, 'x-amz-decoded-content-length') ?? header(call, 'content-length');
		if (expected !== undefined && Number(expected) !== size) throw new S3Error(400, 'IncompleteBody');
		const md5 = hashes.md5?.digest();
		if (hashes.sha && hashes.sha.digest().toString('hex') !== sha) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
		if (contentMd5 !== undefined && quirks.contentMd5 === 'checked' && md5?.toString('base64') !== contentMd5) {
			throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
		}
		const value = hashes.sum?.digest().toString('base64');
		const claimed = proof?.value ?? (algorithm && decoder?.trailers.get(`x-amz-checksum-${algorithm.toLowerCase()}`));
		if (proof && claimed !== value) {
			throw new S3Error(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
		}
		return {
			blob: writer.end(),
			etag: quirks.etags === 'md5' ? md5!.toString('hex') : randomBytes(16).toString('hex'),
			...(algorithm ? { checksum: { algorithm, value: value!, type: 'FULL_OBJECT' } } : {}),
		};
	} catch (error) {
		writer.discard();
		throw error;
	}
}

/** The body of a request whose body is XML. */
export async function receiveText(call: Call): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of call.request as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString('utf8');
}

function flipped(bytes: Uint8Array): Uint8Array {
	const copy = Buffer.from(bytes);
	copy[0] = copy[0]! ^ 1;
	return copy;
}
