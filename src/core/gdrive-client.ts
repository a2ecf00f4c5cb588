/** The OAuth client that Firn speaks to Google as, as Google's console hands it out. */

import { usageError } from './errors.ts';

/** The name of the sign-in that a destination goes by when it names none. */
export const GDRIVE_SIGN_IN = 'gdrive';

export interface GdriveClient {
	id: string;
	/** Google gives one to every client; not every other OAuth server does. */
	secret?: string | undefined;
}

/**
 * The client in a downloaded `client_secret_….json`.
 * @param source where it is from, for people
 * @throws FirnError (usage) BAD_CLIENT_FILE; nothing of what is in it is repeated
 */
export function parseClientFile(text: string, source: string): GdriveClient {
	const { installed, web } = asObject(text);
	if (web !== undefined && installed === undefined) {
		throw usageError(
			'BAD_CLIENT_FILE',
			`The client in ${source} is of type Web application.`,
			'Make one of type TVs and Limited Input devices.',
		);
	}
	const { client_id: id, client_secret: secret } = asObject(JSON.stringify(installed ?? {}));
	if (typeof id !== 'string' || !isClientWord(id) || (secret !== undefined && !isClientWord(secret))) {
		throw usageError(
			'BAD_CLIENT_FILE',
			`There is no OAuth client in ${source}.`,
			'Give the client_secret_….json that the Google Cloud console lets you download.',
		);
	}
	return secret === undefined ? { id } : { id, secret };
}

/** Whether this can be a client's id or secret. */
export function isClientWord(text: unknown): text is string {
	return typeof text === 'string' && /^[\x21-\x7e]{1,512}$/.test(text);
}

function asObject(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}
