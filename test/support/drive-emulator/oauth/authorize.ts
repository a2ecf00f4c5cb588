/** GET /auth: the page of the loopback flow, https://developers.google.com/identity/protocols/oauth2/native-app */

import { randomBytes } from 'node:crypto';
import type { Call, Reply } from '../call.ts';
import { SCOPE } from '../types.ts';
import { page } from './page.ts';

const LIFETIME = 10 * 60 * 1000;

export function authorize(call: Call): Reply {
	const { query } = call;
	const client = call.accounts.clients.get(query.get('client_id') ?? '');
	const redirectUri = query.get('redirect_uri') ?? '';
	// What is wrong here is told to the user on Google's own page: the program never hears of it.
	if (!client) return page(401, 'Error 401: invalid_client');
	if (client.type !== 'desktop' || !isLoopback(redirectUri)) return page(400, 'Error 400: redirect_uri_mismatch');
	if (query.get('response_type') !== 'code') return page(400, 'Error 400: invalid_request (response_type)');
	if (query.get('scope') !== SCOPE) return page(400, 'Error 400: invalid_scope');
	const challenge = query.get('code_challenge') ?? '';
	if (query.get('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
		return page(400, 'Error 400: invalid_request (code_challenge)');
	}
	const asked = call.settings.consent === 'ask' ? query.get('decision') : call.settings.consent;
	if (asked === null) {
		const choice = (decision: string) => `<a href="?${new URLSearchParams([...query, ['decision', decision]])}">`;
		return page(
			200,
			`A program asks for its own files in Drive. ${choice('allow')}Allow</a> ${choice('deny')}Deny</a>`,
		);
	}
	const back = new URL(redirectUri);
	const state = query.get('state');
	if (state !== null) back.searchParams.set('state', state);
	if (asked === 'allow') {
		const code = `4/0${randomBytes(32).toString('base64url')}`;
		call.accounts.codes.set(code, { client, redirectUri, challenge, expires: call.clock.now() + LIFETIME });
		back.searchParams.set('code', code);
		back.searchParams.set('scope', SCOPE);
	} else back.searchParams.set('error', 'access_denied');
	return { status: 302, headers: { location: back.href } };
}

function isLoopback(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname } = new URL(address);
	return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
