/**
 * The identities of this machine: a 0600 file in the format of age-keygen, so that `age -d -i` takes it as it is. The
 * only place that knows where they are kept.
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, parseIdentityFile, recipientOf } from '../archive/age/identity.ts';
import { createDurably } from '../core/create-durably.ts';
import { writeDurably } from '../core/durable-file.ts';
import { errnoCode, FirnError, usageError } from '../core/errors.ts';

/** Where the identities are kept. */
export function identityFile(secretsDir: string): string {
	return join(secretsDir, 'identity.txt');
}

/** All identities of this machine; none on one that only writes. @throws FirnError BAD_IDENTITY */
export function listIdentities(secretsDir: string): string[] {
	const file = identityFile(secretsDir);
	return existsSync(file) ? readIdentities(file) : [];
}

/**
 * The recipient that new jobs write to. The first call makes the identity, and reads it back before it counts.
 * @throws FirnError IDENTITY_NOT_STORED, BAD_IDENTITY
 */
export function defaultRecipient(secretsDir: string, now: Date): string {
	const existing = listIdentities(secretsDir)[0];
	if (existing) return recipientOf(existing);
	const file = identityFile(secretsDir);
	const { identity } = generateIdentity();
	const isOurs = store(file, () => createDurably(file, describeIdentity(identity, now)));
	const stored = listIdentities(secretsDir)[0];
	// If it is not ours, another process was faster, and its identity counts for both.
	if (stored && (!isOurs || stored === identity)) return recipientOf(stored);
	throw new FirnError('IDENTITY_NOT_STORED', `The new identity could not be read back from ${file}.`, {
		guidance: 'Without it nothing that is backed up could be read again; nothing was done.',
	});
}

/**
 * Takes in identities of another machine, so that its backups can be opened here; those that are known already count
 * once, and the first stays the one that new jobs write to.
 * @returns the recipients of those that were new
 * @throws FirnError IDENTITY_NOT_STORED, BAD_IDENTITY
 */
export function addIdentities(secretsDir: string, identities: string[], now: Date): string[] {
	const known = listIdentities(secretsDir);
	const added = [...new Set(identities)].filter((identity) => !known.includes(identity));
	if (added.length === 0) return [];
	const file = identityFile(secretsDir);
	const before = existsSync(file) ? `${readFileSync(file, 'utf8').trimEnd()}\n` : '';
	const content = before + added.map((identity) => describeIdentity(identity, now)).join('');
	store(file, () => writeDurably(file, content));
	return added.map(recipientOf);
}

/**
 * Forgets an identity. What it alone opens cannot be read on this machine from then on.
 * @throws FirnError IDENTITY_NOT_STORED, BAD_IDENTITY
 */
export function removeIdentity(secretsDir: string, recipient: string): void {
	const file = identityFile(secretsDir);
	const left = listIdentities(secretsDir).filter((identity) => recipientOf(identity) !== recipient);
	// Before each identity stand its own comments.
	const blocks = readFileSync(file, 'utf8').match(/[\s\S]*?^\s*AGE-SECRET-KEY-.*(\n|$)/gim) ?? [];
	const kept = blocks.filter((block) => left.some((identity) => block.includes(identity)));
	store(file, () => (kept.length === 0 ? rmSync(file) : writeDurably(file, kept.join(''))));
}

/** The identities in a file of the user's. @throws FirnError IDENTITY_MISSING, BAD_IDENTITY */
export function readIdentities(file: string): string[] {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw usageError(
			'IDENTITY_MISSING',
			`The identity file ${file} cannot be read (${errnoCode(error)}).`,
			'Give the path of an age identity file.',
		);
	}
	try {
		return parseIdentities(text);
	} catch (error) {
		if (!(error instanceof FirnError)) throw error;
		throw usageError(error.code, `The identity file ${file} is not right: ${error.message}`, error.guidance);
	}
}

/** The identities in a text that somebody gave. @throws FirnError (usage) BAD_IDENTITY */
export function parseIdentities(text: string): string[] {
	if (/^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE)/.test(text.trimStart())) {
		throw usageError(
			'BAD_IDENTITY',
			'The identities are encrypted with a passphrase.',
			'Decrypt them first with age -d; what it prints can be piped in.',
		);
	}
	return parseIdentityFile(text);
}

/** As age-keygen writes it. */
function describeIdentity(identity: string, now: Date): string {
	return `# created: ${now.toISOString()}\n# public key: ${recipientOf(identity)}\n${identity}\n`;
}

function store<T>(file: string, write: () => T): T {
	try {
		return write();
	} catch (error) {
		throw new FirnError('IDENTITY_NOT_STORED', `The identity file ${file} cannot be written (${errnoCode(error)}).`, {
			guidance: 'Make room or give rights there; nothing was done.',
			retry: 'later',
			cause: error,
		});
	}
}
