/**
 * The flow for a machine with a browser (RFC 8252, RFC 7636): the page of Google leads back to a port of this machine.
 * Where the browser is elsewhere it ends on a dead page, whose address can be given here instead.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { usageError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import type { Endpoints } from '../../destinations/gdrive/endpoints.ts';
import { type OauthAnswer, oauthRefusal, postForm, SCOPE } from './oauth.ts';

export interface Loopback {
	/** The page of Google. */
	url: string;
	/** The answer that holds the tokens. */
	tokens: Promise<OauthAnswer>;
	/** Takes the address of the dead page, or the code alone. @throws FirnError (usage) BAD_REDIRECT */
	give: (text: string) => void;
	close: () => void;
}

/** What a redirection brings; `undefined` when it is none of this sign-in. */
export type Redirect = { code: string } | { error: string } | undefined;

/** Reads the query of a redirection; one without the right state is from somebody else. */
export function readRedirect(query: URLSearchParams, state: string): Redirect {
	const given = createHash('sha256')
		.update(query.get('state') ?? '')
		.digest();
	if (!timingSafeEqual(given, createHash('sha256').update(state).digest())) return undefined;
	const [code, error] = [query.get('code'), query.get('error')];
	if (error) return { error };
	return code ? { code } : undefined;
}

/** Reads the target of a request: whoever finds the port may ask for anything, also for what is no address at all. */
export function readTarget(target: string, state: string): Redirect {
	const url = URL.parse(target, 'http://127.0.0.1');
	return url?.pathname === '/' ? readRedirect(url.searchParams, state) : undefined;
}

/** Reads what a person has pasted: the whole address, or the code alone, which the verifier proves to be ours. */
export function readPasted(text: string, state: string): Redirect {
	const word = text.trim();
	if (URL.canParse(word) && /^https?:/i.test(word)) return readRedirect(new URL(word).searchParams, state);
	return /^[A-Za-z0-9/_.-]{10,1024}$/.test(word) ? { code: word } : undefined;
}

/** Listens on a port of this machine alone. */
export async function listenForRedirect(
	endpoints: Endpoints,
	client: GdriveClient,
	signal: AbortSignal,
): Promise<Loopback> {
	const state = randomBytes(24).toString('base64url');
	const verifier = randomBytes(48).toString('base64url');
	const redirected = Promise.withResolvers<Exclude<Redirect, undefined>>();
	const server = createServer((request, response) => {
		const found = request.method === 'GET' ? readTarget(request.url ?? '', state) : undefined;
		if (found === undefined) return answer(response, 404, 'Nothing is here', 'This page belongs to no sign-in.');
		redirected.resolve(found);
		if ('error' in found) return answer(response, 200, 'Not signed in', 'You can close this page.');
		answer(response, 200, 'Firn has got the answer', 'You can close this page: the terminal says how it went.');
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const close = () => {
		server.close();
		server.closeIdleConnections();
	};
	const redirect_uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const query = new URLSearchParams({
		client_id: client.id,
		redirect_uri,
		response_type: 'code',
		scope: SCOPE,
		state,
		code_challenge: createHash('sha256').update(verifier).digest('base64url'),
		code_challenge_method: 'S256',
		access_type: 'offline',
		// Without it Google gives a refresh token only the first time.
		prompt: 'consent',
	});
	return {
		url: `${endpoints.auth}?${query}`,
		tokens: redirected.promise.then(async (found) => {
			const refusal = { status: 400, description: '', body: undefined };
			if ('error' in found) throw oauthRefusal({ ...refusal, error: found.error }, client);
			const fields = { client_id: client.id, client_secret: client.secret, code: found.code, redirect_uri };
			const more = { grant_type: 'authorization_code', code_verifier: verifier };
			const tokens = await postForm(endpoints.token, { ...fields, ...more }, signal);
			if (tokens.error !== '') throw oauthRefusal(tokens, client);
			return tokens;
		}),
		give: (text) => {
			const found = readPasted(text, state);
			if (found === undefined) {
				throw usageError(
					'BAD_REDIRECT',
					'This is not the address that the sign-in ends on.',
					'Paste all of what stands in the browser’s address line: http://127.0.0.1:…?…code=…',
				);
			}
			redirected.resolve(found);
		},
		close,
	};
}

function answer(response: ServerResponse, status: number, title: string, text: string): void {
	const headers = { 'content-type': 'text/html; charset=utf-8', connection: 'close', 'referrer-policy': 'no-referrer' };
	const style = 'font:1.1rem system-ui;max-width:34rem;margin:20vh auto;padding:0 1rem';
	response.writeHead(status, headers);
	response.end(
		`<!doctype html><meta charset="utf-8"><title>${title}</title><body style="${style}"><h1>${title}</h1><p>${text}</p>`,
	);
}
