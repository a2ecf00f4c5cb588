import { readFileSync } from 'node:fs';
import { errnoCode, usageError } from '../../core/errors.ts';
import { type GdriveClient, isClientWord, parseClientFile } from '../../core/gdrive-client.ts';
import { clientOf, type KeptSignIn } from './kept.ts';

/**
 * The client to sign in with: the one that is given, that of the sign-in before, or the one that this program was built
 * with (FIRN_GDRIVE_CLIENT of the build names its file).
 * @throws FirnError (usage) BAD_CLIENT_ID, NO_CLIENT, BAD_CLIENT_FILE
 */
export function chooseClient(given: GdriveClient | undefined, before: KeptSignIn | undefined): GdriveClient {
	if (given && !(isClientWord(given.id) && (given.secret === undefined || isClientWord(given.secret)))) {
		throw usageError(
			'BAD_CLIENT_ID',
			'This is no client id with its secret.',
			'Copy both from the Google Cloud console.',
		);
	}
	const client = given ?? (before && clientOf(before)) ?? builtIn();
	if (client) return client;
	throw usageError(
		'NO_CLIENT',
		'Google wants to know which client signs in, and this Firn has none of its own.',
		'Make one as the README says under Google Drive, and give it with --client-file or --client-id.',
	);
}

/** Beside the built program; the sources have none. */
function builtIn(): GdriveClient | undefined {
	try {
		return parseClientFile(readFileSync(new URL('../../gdrive-client.json', import.meta.url), 'utf8'), 'this program');
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return undefined;
		throw error;
	}
}
