/**
 * Where secrets are kept: the keychain of the login, a vault under a passphrase, or a plain file. Only this folder
 * knows which. Every secret has a name that is none itself and may be read by anybody.
 */

import { FirnError } from '../core/errors.ts';

export type StoreKind = 'keychain' | 'vault' | 'file';

export interface SecretStore {
	readonly kind: StoreKind;
	/** Where it is, for people. */
	readonly place: string;
	/**
	 * The secrets with these names.
	 * @throws FirnError SECRET_MISSING when there is not each of them; VAULT_LOCKED and others when none can be had
	 */
	get(names: string[]): Promise<Map<string, string>>;
	/** Keeps secrets, in place of others of the same names. They have been read back when this resolves. */
	set(secrets: ReadonlyMap<string, string>): Promise<void>;
	/** Forgets secrets; those that are not there are no error. */
	remove(names: string[]): Promise<void>;
}

const IDENTITY = 'identity/';

/** The name under which the identity of a recipient is kept. */
export const identityName = (recipient: string): string => IDENTITY + recipient;

/** The recipient whose identity has this name, if it is the name of one. */
export function recipientNamed(name: string): string | undefined {
	return name.startsWith(IDENTITY) ? name.slice(IDENTITY.length) : undefined;
}

const CREDENTIALS = 's3/';

/** The name under which S3 credentials are kept. */
export const credentialsName = (name: string): string => CREDENTIALS + name;

/** What people call the credentials with this name, if it is the name of some. */
export function credentialsNamed(name: string): string | undefined {
	return name.startsWith(CREDENTIALS) ? name.slice(CREDENTIALS.length) : undefined;
}

const SIGN_INS = 'gdrive/';

/** The name under which a sign-in to Google Drive is kept. */
export const signInName = (name: string): string => SIGN_INS + name;

/** What people call the sign-in with this name, if it is the name of one. */
export function signInNamed(name: string): string | undefined {
	return name.startsWith(SIGN_INS) ? name.slice(SIGN_INS.length) : undefined;
}

/** A secret that the index of names knows is not where it should be. */
export function secretMissing(place: string, name: string, guidance: string): FirnError {
	return new FirnError('SECRET_MISSING', `${place} does not hold ${describeName(name)}.`, { guidance, retry: 'later' });
}

/** What a secret is, for people. */
export function describeName(name: string): string {
	const recipient = recipientNamed(name);
	if (recipient !== undefined) return `the identity of ${recipient}`;
	const credentials = credentialsNamed(name);
	if (credentials !== undefined) return `the S3 credentials ${credentials}`;
	const signIn = signInNamed(name);
	return signIn === undefined ? `the secret ${name}` : `the sign-in ${signIn} to Google Drive`;
}

/** When what was written does not come back. */
export function notReadBack(place: string, name: string): FirnError {
	return new FirnError('SECRET_NOT_STORED', `${describeName(name)} could not be read back from ${place}.`, {
		guidance: 'It does not count as stored; nothing else was changed.',
		retry: 'later',
	});
}
