/** POST /token and POST /revoke. */

import { createHash } from 'node:crypto';
import type { Call, Reply } from '../call.ts';
import { invalidGrant, OAuthError } from '../errors.ts';
import { DAY, SCOPE } from '../types.ts';
import { ACCESS_SECONDS, type OAuthClient } from './accounts.ts';
import { polled } from './device.ts';
import { formOf } from './form.ts';

export async function token(call: Call): Promise<Reply> {
	const form = await formOf(call);
	switch (form.get('grant_type')) {
		case 'urn:ietf:params:oauth:grant-type:device_code':
			return signedIn(call, polled(call, form).client);
		case 'authorization_code':
			return signedIn(call, exchanged(call, form));
		case 'refresh_token':
			return refreshed(call, form);
		default:
			throw new OAuthError(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`);
	}
}

export async function revoke(call: Call): Promise<Reply> {
	const form = await formOf(call);
	const revoked = call.accounts.revoke({ token: form.get('token') ?? call.query.get('token') ?? '' });
	if (!revoked) throw new OAuthError(400, 'invalid_token', 'Token expired or revoked');
	return { status: 200, body: {} };
}

function signedIn(call: Call, client: OAuthClient): Reply {
	const refresh = call.accounts.grant(client, call.settings.testing);
	const ends = call.settings.testing ? { refresh_token_expires_in: (7 * DAY) / 1000 - 1 } : {};
	return tokens(call, client, { refresh_token: refresh, ...ends });
}

/** A code of the loopback flow, which is spent with this. */
function exchanged(call: Call, form: URLSearchParams): OAuthClient {
	const client = call.accounts.client(form, true);
	const given = form.get('code') ?? '';
	const code = call.accounts.codes.get(given);
	if (!code || code.client.id !== client.id || call.clock.now() >= code.expires) throw invalidGrant('Bad Request');
	if (form.get('redirect_uri') !== code.redirectUri) {
		throw new OAuthError(400, 'redirect_uri_mismatch', 'Bad Request');
	}
	const verifier = form.get('code_verifier');
	if (verifier === null) throw invalidGrant('Missing code verifier.');
	if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier) || challengeOf(verifier) !== code.challenge) {
		throw invalidGrant('Invalid code verifier.');
	}
	call.accounts.codes.delete(given);
	return client;
}

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

function refreshed(call: Call, form: URLSearchParams): Reply {
	const client = call.accounts.client(form, true);
	const given = form.get('refresh_token') ?? '';
	call.accounts.refresh(given, client);
	if (!call.settings.rotates) return tokens(call, client, {});
	call.accounts.dropRefresh(given);
	return tokens(call, client, { refresh_token: call.accounts.grant(client, call.settings.testing) });
}

function tokens(call: Call, client: OAuthClient, more: object): Reply {
	return {
		status: 200,
		headers: { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate' },
		body: {
			access_token: call.accounts.access(client.project),
			expires_in: ACCESS_SECONDS,
			...more,
			scope: SCOPE,
			token_type: 'Bearer',
		},
	};
}
