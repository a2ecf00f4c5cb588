/** The header of an age file: one X25519 stanza a recipient, and a MAC (https://c2sp.org/age). */

import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	timingSafeEqual,
} from 'node:crypto';
import { FirnError } from '../../core/errors.ts';
import { identityKey, publicKey, rawPublicKey, rawRecipient, wrongIdentity } from './identity.ts';

const VERSION_LINE = 'age-encryption.org/v1';
const X25519_INFO = 'age-encryption.org/v1/X25519';
const ZERO_NONCE = Buffer.alloc(12);
const TAG = 16;
/** Longest header that is looked at; a real one has 200 bytes a recipient. */
const LONGEST = 64 * 1024;

interface Stanza {
	args: string[];
	body: Buffer;
}

/** A complete header for these recipients. `fileKey`: 16 random bytes. @throws FirnError BAD_RECIPIENT */
export function createHeader(recipients: string[], fileKey: Buffer): Buffer {
	const stanzas = recipients.map((recipient) => stanzaFor(rawRecipient(recipient), fileKey));
	const head = `${VERSION_LINE}\n${stanzas.join('')}---`;
	return Buffer.from(`${head} ${unpadded(mac(fileKey, head))}\n`);
}

function stanzaFor(recipient: Buffer, fileKey: Buffer): string {
	const ephemeral = generateKeyPairSync('x25519');
	const share = rawPublicKey(ephemeral.privateKey);
	const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKey(recipient) });
	const key = wrapKey(shared, share, recipient);
	const cipher = createCipheriv('chacha20-poly1305', key, ZERO_NONCE, { authTagLength: TAG });
	const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
	return `-> X25519 ${unpadded(share)}\n${unpadded(body)}\n`;
}

/** Length of the header at the start of `bytes`, or 'more' when it does not end in them. @throws FirnError NOT_AGE */
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

/** Whether a header was made for this file key. @throws FirnError NOT_AGE */
export function isHeaderOf(bytes: Uint8Array, fileKey: Buffer): boolean {
	const header = readHeader(bytes);
	return header !== 'more' && hasMacOf(bytes, header.length, fileKey);
}

function hasMacOf(bytes: Uint8Array, length: number, fileKey: Buffer): boolean {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
	const macAt = text.lastIndexOf('---') + 3;
	const expected = Buffer.from(` ${unpadded(mac(fileKey, text.slice(0, macAt)))}\n`);
	const found = Buffer.from(text.slice(macAt), 'latin1');
	return expected.length === found.length && timingSafeEqual(expected, found);
}

function unwrap(stanzas: Stanza[], identities: string[]): Buffer | undefined {
	for (const identity of identities) {
		const secret = identityKey(identity);
		const own = rawPublicKey(secret);
		for (const { args, body } of stanzas) {
			if (args[0] !== 'X25519' || args.length !== 2 || body.length !== 16 + TAG) continue;
			const share = Buffer.from(args[1]!, 'base64');
			if (share.length !== 32 || unpadded(share) !== args[1]) throw badHeader('a recipient in it is malformed');
			const fileKey = open(secret, share, own, body);
			if (fileKey) return fileKey;
		}
	}
	return undefined;
}

function open(secret: ReturnType<typeof identityKey>, share: Buffer, own: Buffer, body: Buffer): Buffer | undefined {
	try {
		// OpenSSL refuses low-order points, whose shared secret is all zeros.
		const shared = diffieHellman({ privateKey: secret, publicKey: publicKey(share) });
		const decipher = createDecipheriv('chacha20-poly1305', wrapKey(shared, share, own), ZERO_NONCE, {
			authTagLength: TAG,
		});
		decipher.setAuthTag(body.subarray(16));
		return Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]);
	} catch {
		// Meant for another recipient.
		return undefined;
	}
}

function parseStanzas(text: string): Stanza[] {
	const stanzas: Stanza[] = [];
	const lines = text.split('\n');
	for (let at = 0; at < lines.length - 1; ) {
		if (!lines[at]!.startsWith('-> ')) throw badHeader('a line in it is malformed');
		const args = lines[at]!.slice(3).split(' ');
		let body = '';
		let line: string;
		do {
			at += 1;
			line = lines[at] ?? '';
			body += line;
		} while (line.length === 64);
		at += 1;
		stanzas.push({ args, body: Buffer.from(body, 'base64') });
	}
	if (stanzas.length === 0) throw badHeader('it names no recipient');
	return stanzas;
}

function wrapKey(shared: Buffer, share: Buffer, recipient: Buffer): Buffer {
	return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), X25519_INFO, 32));
}

function mac(fileKey: Buffer, head: string): Buffer {
	const key = Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32));
	return createHmac('sha256', key).update(head, 'latin1').digest();
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function notAge(): FirnError {
	return new FirnError('NOT_AGE', 'It is not an age-encrypted file.', { kind: 'usage' });
}

function badHeader(why: string): FirnError {
	return new FirnError('BAD_AGE_HEADER', `The age header is damaged: ${why}.`, { guidance: 'Fetch the file again.' });
}
