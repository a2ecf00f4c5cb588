/**
 * The identities of this machine: a 0600 file in the format of age-keygen, so that `age -d -i` takes it as it is. The
 * only place that knows where they are kept.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, parseIdentityFile, recipientOf } from '../archive/age/identity.ts';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';

/** Where the identities are kept. */
export function identityFile(secretsDir: string): string {
	return join(secretsDir, 'identity.txt');
}

/** All identities of this machine; none on one that only writes. @throws FirnError BAD_IDENTITY */
export function listIdentities(secretsDir: string): string[] {
	const file = identityFile(secretsDir);
	return existsSync(file) ? parseIdentityFile(readFileSync(file, 'utf8')) : [];
}

/**
 * The recipient that new jobs write to. The first call makes the identity, and reads it back before it counts.
 * @throws FirnError IDENTITY_NOT_STORED
 */
export function defaultRecipient(secretsDir: string, now: Date): string {
	const existing = listIdentities(secretsDir)[0];
	if (existing) return recipientOf(existing);
	const { identity, recipient } = generateIdentity();
	const file = identityFile(secretsDir);
	writeDurably(file, `# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n`);
	if (listIdentities(secretsDir)[0] !== identity) {
		throw new FirnError('IDENTITY_NOT_STORED', `The new identity could not be read back from ${file}.`, {
			guidance: 'Without it nothing that is backed up could be read again; nothing was done.',
		});
	}
	return recipient;
}

/** The identities in a file of the user's. @throws FirnError IDENTITY_MISSING, BAD_IDENTITY */
export function readIdentities(file: string): string[] {
	try {
		return parseIdentityFile(readFileSync(file, 'utf8'));
	} catch (error) {
		const code = errnoCode(error);
		if (code === undefined || error instanceof FirnError) throw error;
		throw usageError(
			'IDENTITY_MISSING',
			`The identity file ${file} cannot be read (${code}).`,
			'Give the path of an age identity file.',
		);
	}
}
