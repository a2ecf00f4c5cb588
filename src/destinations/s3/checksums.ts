/** Proofs that the store has what was sent: CRC-32 where it takes part, else MD5, which all of them check. */

import { createHash } from 'node:crypto';
import type { PartReceipt } from '../destination.ts';

/**
 * What is known of the store's own checksums. `full`: CRC-32 of the whole object; `parts`: of parts only; `none`: it
 * ignores or refuses them; `unknown`: not asked yet.
 */
export type ChecksumSupport = 'unknown' | 'full' | 'parts' | 'none';

/** What goes along with a body, and what an answer is compared with. */
export interface BodyProof {
	headers: { ChecksumCRC32?: string; ContentMD5?: string };
	crc32: number;
	/** Hex; only where the store's CRC cannot be counted on. */
	md5: string | undefined;
}

/** Until a store has shown that it checks the CRC, the MD5 goes along, at the cost of computing it. */
export function bodyProof(support: ChecksumSupport, body: Uint8Array, crc32: number): BodyProof {
	const sendsCrc = support !== 'none';
	const digest = support === 'none' || support === 'unknown' ? md5Of(body) : undefined;
	return {
		headers: {
			...(sendsCrc ? { ChecksumCRC32: encodeCrc32(crc32) } : {}),
			...(digest ? { ContentMD5: digest.toString('base64') } : {}),
		},
		crc32,
		md5: digest?.toString('hex'),
	};
}

/** What an answer to a body says about it. */
export interface Answer {
	ETag?: string | undefined;
	ChecksumCRC32?: string | undefined;
	ServerSideEncryption?: string | undefined;
	SSECustomerAlgorithm?: string | undefined;
}

export function md5Of(body: Uint8Array): Buffer {
	return createHash('md5').update(body).digest();
}

/** Four bytes, big endian, base64, as in `x-amz-checksum-crc32`. */
export function encodeCrc32(crc32: number): string {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(crc32);
	return bytes.toString('base64');
}

/** The CRC of an answer, or undefined when there is none (or one of another form, such as `…-3` of a composite). */
export function decodeCrc32(text: string | undefined): number | undefined {
	if (!text || !/^[A-Za-z0-9+/]{6}==$/.test(text)) return undefined;
	return Buffer.from(text, 'base64').readUInt32BE();
}

/** An ETag without its quotes. */
export function bareEtag(etag: string | undefined): string {
	return (etag ?? '').replaceAll('"', '');
}

/**
 * The ETag that a store which makes it of MD5s gives the joined parts, or undefined when the parts' ETags are not MD5s.
 * That it matches proves the object; that it does not proves nothing, since ETags may be anything.
 */
export function joinedEtag(parts: readonly PartReceipt[]): string | undefined {
	const hash = createHash('md5');
	for (const part of parts) {
		const etag = bareEtag(part.etag);
		if (!/^[0-9a-f]{32}$/.test(etag)) return undefined;
		hash.update(Buffer.from(etag, 'hex'));
	}
	return `${hash.digest('hex')}-${parts.length}`;
}
