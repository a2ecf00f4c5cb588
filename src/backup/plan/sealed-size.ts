import { createHeader } from '../../archive/age/header.ts';
import { generateIdentity } from '../../archive/age/identity.ts';
import { CHUNK, NONCE, TAG } from '../../archive/age/payload.ts';

/**
 * Bytes of age's header and nonce for these recipients, the same whatever the key. A new job has none yet: it gets the
 * machine's own when it begins.
 */
export function headerSize(recipients: string[]): number {
	const known = recipients.length > 0 ? recipients : [generateIdentity().recipient];
	return createHeader(known, Buffer.alloc(16)).length + NONCE;
}

/**
 * Bytes of an object that holds so many bytes of content.
 * @param header of age, as headerSize() has it; undefined where nothing is encrypted
 */
export function sealedSize(content: number, header: number | undefined): number {
	return header === undefined ? content : header + content + Math.max(1, Math.ceil(content / CHUNK)) * TAG;
}
