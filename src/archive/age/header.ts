/** The header of an age file: one X25519 stanza a recipient, and a MAC (https://c2sp.org/age). */

import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	type KeyObject,
	timingSafeEqual,
} from 'node:crypto';
import { FirnError, usageError } from '../../core/errors.ts';
import { badRecipient, identityKey, publicKey, rawPublicKey, rawRecipient, wrongIdentity } from './identity.ts';
import { badHeader, decodeBase64, encodeBase64, parseStanzas, type Stanza } from './stanzas.ts';

const VERSION_LINE = 'age-encryption.org/v1';
const X25519_INFO = 'age-encryption.org/v1/X25519';
const ZERO_NONCE = Buffer.alloc(12);
const TAG = 16;
/** Longest header that is written and looked at; 1,000 recipients take 100 KiB. */
const LONGEST = 256 * 1024;

/**
 * A complete header for these recipients. `fileKey`: 16 random bytes.
 * @throws FirnError BAD_RECIPIENT when one is none, or there are none (nobody could open it) or too many
 */
export function createHeader(recipients: string[], fileKey: Buffer): Buffer {
	if (recipients.length === 0) {
		throw usageError('BAD_RECIPIENT', 'There is no recipient to encrypt for.', 'Give at least one, such as age1….');
	}
	const stanzas = recipients.map((recipient) => stanzaFor(recipient, fileKey));
	const header = assembleHeader(stanzas, fileKey);
	if (header.length >= LONGEST) {
		throw usageError('BAD_RECIPIENT', `${recipients.length} recipients are too many for one archive.`);
	}
	return header;
}

/** A header of stanzas that hold the file key. */
export function assembleHeader(stanzas: string[], fileKey: Buffer): Buffer {
	const head = `${VERSION_LINE}\n${stanzas.join('')}---`;
	return Buffer.from(`${head} ${encodeBase64(mac(fileKey, head))}\n`);
}

function stanzaFor(recipient: string, fileKey: Buffer): string {
	const raw = rawRecipient(recipient);
	const ephemeral = generateKeyPairSync('x25519');
	const share = rawPublicKey(ephemeral.privateKey);
	const shared = agree(ephemeral.privateKey, raw);
	if (!shared) throw badRecipient(recipient);
	const key = wrapKey(shared, share, raw);
	return `-> X25519 ${encodeBase64(share)}\n${encodeBase64(wrapFileKey(key, fileKey))}\n`;
}

/** The body of a stanza: the file key under the key of a recipient, which is used only once. */
export function wrapFileKey(key: Buffer, fileKey: Buffer): Buffer {
	const cipher = createCipheriv('chacha20-poly1305', key, ZERO_NONCE, { authTagLength: TAG });
	return Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

/** The file key in the body of a stanza, or undefined when it is under another key. @throws FirnError BAD_AGE_HEADER */
export function unwrapFileKey(key: Buffer, body: Buffer): Buffer | undefined {
	if (body.length !== 16 + TAG) throw badHeader('a recipient in it is malformed');
	const decipher = createDecipheriv('chacha20-poly1305', key, ZERO_NONCE, { authTagLength: TAG });
	decipher.setAuthTag(body.subarray(16));
	const fileKey = decipher.update(body.subarray(0, 16));
	try {
		decipher.final();
		return fileKey;
	} catch {
		// Meant for another recipient.
		return undefined;
	}
}

/** The shared secret, or undefined with a point of low order: OpenSSL refuses those, the secret would be all zeros. */
function agree(secret: KeyObject, other: Buffer): Buffer | undefined {
	try {
		return diffieHellman({ privateKey: secret, publicKey: publicKey(other) });
	} catch {
		return undefined;
	}
}

/**
 * Length of the header at the start of `bytes`, or 'more' when it does not end in them.
 * @throws FirnError NOT_AGE, BAD_AGE_HEADER
 */
export function readHeader(bytes: Uint8Array): { length: number; stanzas: Stanza[] } | 'more' {
	const input = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LONGEST));
	const magic = Buffer.from(`${VERSION_LINE}\n`);
	if (!input.subarray(0, magic.length).equals(magic.subarray(0, input.length))) throw notAge();
	const macAt = input.indexOf('\n---');
	const end = macAt === -1 ? -1 : input.indexOf('\n', macAt + 1);
	if (end === -1) {
		if (input.length === LONGEST) throw notAge();
		return 'more';
	}
	return { length: end + 1, stanzas: parseStanzas(input.toString('latin1', magic.length, macAt + 1)) };
}

/**
 * The file key, with the first identity that fits.
 * @throws FirnError NOT_AGE, WRONG_IDENTITY, BAD_AGE_HEADER
 */
export function openHeader(bytes: Uint8Array, identities: string[]): { fileKey: Buffer; length: number } {
	const header = readHeader(bytes);
	if (header === 'more') throw bytes.length <= VERSION_LINE.length ? notAge() : badHeader('the file ends within it');
	const fileKey = unwrap(header.stanzas, identities);
	if (!fileKey) throw wrongIdentity(header.stanzas.length);
	if (!hasMacOf(bytes, header.length, fileKey)) throw badHeader('its checksum is wrong');
	return { fileKey, length: header.length };
}

/** Whether a header was made for this file key. @throws FirnError NOT_AGE, BAD_AGE_HEADER */
export function isHeaderOf(bytes: Uint8Array, fileKey: Buffer): boolean {
	const header = readHeader(bytes);
	return header !== 'more' && hasMacOf(bytes, header.length, fileKey);
}

function hasMacOf(bytes: Uint8Array, length: number, fileKey: Buffer): boolean {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
	const macAt = text.lastIndexOf('---') + 3;
	const expected = Buffer.from(` ${encodeBase64(mac(fileKey, text.slice(0, macAt)))}\n`);
	const found = Buffer.from(text.slice(macAt), 'latin1');
	return expected.length === found.length && timingSafeEqual(expected, found);
}

function unwrap(stanzas: Stanza[], identities: string[]): Buffer | undefined {
	for (const identity of identities) {
		const secret = identityKey(identity);
		const own = rawPublicKey(secret);
		for (const { args, body } of stanzas) {
			if (args[0] !== 'X25519') continue;
			const share = decodeBase64(args[1] ?? '');
			if (args.length !== 2 || share.length !== 32) throw badHeader('a recipient in it is malformed');
			const fileKey = open(secret, share, own, body);
			if (fileKey) return fileKey;
		}
	}
	return undefined;
}

function open(secret: KeyObject, share: Buffer, own: Buffer, body: Buffer): Buffer | undefined {
	const shared = agree(secret, share);
	if (!shared) throw badHeader('a recipient in it has a point of low order');
	return unwrapFileKey(wrapKey(shared, share, own), body);
}

function wrapKey(shared: Buffer, share: Buffer, recipient: Buffer): Buffer {
	return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), X25519_INFO, 32));
}

function mac(fileKey: Buffer, head: string): Buffer {
	const key = Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32));
	return createHmac('sha256', key).update(head, 'latin1').digest();
}

function notAge(): FirnError {
	return new FirnError('NOT_AGE', 'It is not an age-encrypted file.', { kind: 'usage' });
}
