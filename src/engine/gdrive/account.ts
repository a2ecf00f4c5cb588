/** What Google says of a sign-in: whose it is, and how much room there is. And how it is given back. */

import { z } from 'zod';
import { FirnError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import { safePrint } from '../../core/safe-print.ts';
import type { GdriveAccountView } from '../../protocol/contract.ts';
import { accessToken, ask, type GoogleAddresses, oauthRefusal, postForm } from './oauth.ts';

const bytes = z.string().regex(/^\d+$/).transform(Number);
const aboutSchema = z.looseObject({
	user: z.looseObject({ emailAddress: z.string().min(1) }),
	storageQuota: z.looseObject({ limit: bytes.optional(), usage: bytes.default(0) }),
});

/** @throws FirnError (usage) DRIVE_API_OFF; GDRIVE_REFUSED, GDRIVE_UNREACHABLE */
export async function askAccount(addresses: GoogleAddresses, token: string): Promise<GdriveAccountView> {
	const { status, body } = await ask(`${addresses.about}?fields=user(emailAddress),storageQuota(limit,usage)`, {
		headers: { authorization: `Bearer ${token}` },
	});
	const about = aboutSchema.safeParse(body).data;
	if (status < 300 && about) {
		const { limit, usage } = about.storageQuota;
		return { email: about.user.emailAddress, used: usage, ...(limit === undefined ? {} : { limit }) };
	}
	const said = JSON.stringify(body ?? '');
	if (/accessNotConfigured|SERVICE_DISABLED/.test(said)) {
		throw new FirnError('DRIVE_API_OFF', 'The Google Drive API is not enabled in the project of this client.', {
			guidance: 'Enable it in the Google Cloud console, wait some minutes, and sign in again.',
			kind: 'usage',
		});
	}
	throw new FirnError('GDRIVE_REFUSED', `Google Drive does not say whose account this is (${status}).`, {
		guidance: 'Try again later.',
		retry: 'later',
	});
}

/** An access token, good for an hour. @throws FirnError BAD_CREDENTIALS when the sign-in is dead; GDRIVE_UNREACHABLE… */
export async function refresh(
	addresses: GoogleAddresses,
	client: GdriveClient,
	refreshToken: string,
	name: string,
): Promise<string> {
	const answer = await postForm(addresses.token, {
		client_id: client.id,
		client_secret: client.secret,
		refresh_token: refreshToken,
		grant_type: 'refresh_token',
	});
	if (answer.error === '') return accessToken(answer);
	if (answer.error !== 'invalid_grant') throw oauthRefusal(answer, client);
	throw new FirnError('BAD_CREDENTIALS', `The sign-in ${safePrint(name)} to Google Drive has expired or was revoked.`, {
		guidance: `firn gdrive sign-in --name ${safePrint(name)} renews it.`,
		retry: 'later',
	});
}

/** Gives a token back, and with it all of the account that clients of the same project have. One that is dead already counts. @throws FirnError */
export async function revoke(addresses: GoogleAddresses, token: string): Promise<void> {
	const { status, error } = await postForm(addresses.revoke, { token });
	if (error === '' || error === 'invalid_token') return;
	throw new FirnError('GDRIVE_REFUSED', `Google has not revoked the sign-in (${status}).`, { retry: 'later' });
}
