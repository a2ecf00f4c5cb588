/** Identities and recipients of age (X25519, https://age-encryption.org/v1), as `age-keygen` writes them. */

import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bech32 } from '@scure/base';
import { FirnError, usageError } from '../../core/errors.ts';

const IDENTITY_PREFIX = 'age-secret-key-';
const RECIPIENT_PREFIX = 'age';
const KEY_BYTES = 32;

// DER wrappers of raw X25519 keys (RFC 8410): node:crypto takes no raw ones.
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** A new identity (`AGE-SECRET-KEY-1…`) and its recipient (`age1…`). */
export function generateIdentity(): { identity: string; recipient: string } {
	const { privateKey } = generateKeyPairSync('x25519');
	const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
	const identity = bech32.encodeFromBytes(IDENTITY_PREFIX, raw).toUpperCase();
	return { identity, recipient: recipientOf(identity) };
}

/** The recipient that belongs to an identity. @throws FirnError BAD_IDENTITY */
export function recipientOf(identity: string): string {
	return bech32.encodeFromBytes(RECIPIENT_PREFIX, rawPublicKey(identityKey(identity)));
}

/** Checks a recipient and gives its canonical form. @throws FirnError BAD_RECIPIENT */
export function parseRecipient(text: string): string {
	const raw = rawRecipient(text.trim());
	try {
		// A point of low order is well-formed, and nothing can be encrypted for it.
		diffieHellman({ privateKey: generateKeyPairSync('x25519').privateKey, publicKey: publicKey(raw) });
	} catch {
		throw badRecipient(text.trim());
	}
	return bech32.encodeFromBytes(RECIPIENT_PREFIX, raw);
}

/**
 * The identities in a file as `age-keygen` writes it: one a line, `#` begins a comment.
 * @throws FirnError BAD_IDENTITY when a line is none, or there is none at all
 */
export function parseIdentityFile(text: string): string[] {
	const lines = text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	for (const line of lines) identityKey(line);
	if (lines.length === 0) {
		throw usageError(
			'BAD_IDENTITY',
			'There is no identity in the file.',
			'Give a file with an AGE-SECRET-KEY-1… line.',
		);
	}
	return lines;
}

/** The secret key as node:crypto takes it. The text of a wrong one is never in the error: it may be nearly right. */
export function identityKey(identity: string): KeyObject {
	const raw = decode(identity.toLowerCase(), IDENTITY_PREFIX);
	if (!raw || (identity !== identity.toUpperCase() && identity !== identity.toLowerCase())) {
		throw usageError(
			'BAD_IDENTITY',
			'This is not an age identity that Firn can use.',
			'An identity is a line that begins with AGE-SECRET-KEY-1; SSH keys and plugins are not supported.',
		);
	}
	return createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
}

/** The 32 bytes of a recipient's public key. @throws FirnError BAD_RECIPIENT */
export function rawRecipient(recipient: string): Buffer {
	const raw = decode(recipient, RECIPIENT_PREFIX);
	if (!raw) throw badRecipient(recipient);
	return raw;
}

/** What cannot be encrypted for, and why. A secret given by mistake is not repeated. */
export function badRecipient(recipient: string): FirnError {
	if (/^age-(secret-key|plugin)-/i.test(recipient)) {
		return usageError(
			'BAD_RECIPIENT',
			'This is an identity, which is secret, and not a recipient.',
			'Give its recipient, the age1… line beside it; whoever may have seen the identity can open what is for it.',
		);
	}
	return usageError(
		'BAD_RECIPIENT',
		`"${recipient}" is not an age recipient that Firn can use.`,
		whyNot(recipient) ?? 'A recipient is age1 and 58 letters and digits, as age-keygen prints it.',
	);
}

function whyNot(recipient: string): string | undefined {
	if (/^(ssh-|ecdsa-|sk-)/.test(recipient)) return 'SSH keys are not supported; age-keygen makes a key for age.';
	if (/^age1[a-z0-9]*1/i.test(recipient)) {
		return 'Recipients of age plugins, such as hardware keys, are not supported; age-keygen makes a usual one.';
	}
	return undefined;
}

/** A raw public key as node:crypto takes it. */
export function publicKey(raw: Uint8Array): KeyObject {
	return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

/** The 32 public bytes of a secret key. */
export function rawPublicKey(secret: KeyObject): Buffer {
	return createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
}

function decode(text: string, prefix: string): Buffer | undefined {
	const decoded = bech32.decodeUnsafe(text, 128);
	if (!decoded || decoded.prefix !== prefix) return undefined;
	try {
		const bytes = bech32.fromWords(decoded.words);
		return bytes.length === KEY_BYTES ? Buffer.from(bytes) : undefined;
	} catch {
		return undefined;
	}
}

/** When none of the identities opens something. */
export function wrongIdentity(recipients: number): FirnError {
	const held = recipients === 1 ? 'one recipient' : `${recipients} recipients`;
	return new FirnError('WRONG_IDENTITY', `It was encrypted for ${held}; none of the identities given opens it.`, {
		guidance: 'Give the identity it was made for with --identity FILE.',
		kind: 'usage',
	});
}
