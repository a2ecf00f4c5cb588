/**
 * The little of OAuth that a sign-in needs, by hand: google-auth-library has no device flow.
 * https://developers.google.com/identity/protocols/oauth2/limited-input-device and …/native-app
 */

import { z } from 'zod';
import { FirnError, usageError } from '../../core/errors.ts';
import type { GdriveClient } from '../../core/gdrive-client.ts';
import { safePrint } from '../../core/safe-print.ts';
import { type Endpoints, endpointsOf } from '../../destinations/gdrive/endpoints.ts';

/** Firn sees only files that it has made itself. */
export const SCOPE = 'https://www.googleapis.com/auth/drive.file';

/**
 * Where a sign-in is made.
 * @param endpoint the base address of all of it; Google's own hosts without one
 * @throws FirnError (usage) BAD_ENDPOINT
 */
export function signInEndpoints(endpoint: string | undefined): Endpoints {
	if (endpoint === undefined || isSafe(endpoint)) return endpointsOf(endpoint);
	throw usageError(
		'BAD_ENDPOINT',
		`The endpoint "${safePrint(endpoint.slice(0, 200))}" cannot be used for Google Drive.`,
		'Give an address that begins with https://, without a name and password in it.',
	);
}

/** Encrypted on its way, or never leaving this machine. */
function isSafe(endpoint: string): boolean {
	if (!URL.canParse(endpoint)) return false;
	const { protocol, hostname, username } = new URL(endpoint);
	const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname);
	return username === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback));
}

/** What an OAuth server has answered; `error` by RFC 6749, empty when it is none. */
export interface OauthAnswer {
	status: number;
	error: string;
	description: string;
	body: unknown;
}

const ANSWER_MS = 30_000;

/**
 * Posts a form. What is sent holds secrets: it follows no redirection.
 * @throws FirnError GDRIVE_UNREACHABLE, or the signal's reason
 */
export async function postForm(
	address: string,
	fields: Record<string, string | undefined>,
	signal?: AbortSignal,
): Promise<OauthAnswer> {
	const given = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
	const signals = [AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])];
	const { host } = new URL(address);
	try {
		const response = await fetch(address, {
			method: 'POST',
			body: new URLSearchParams(given),
			redirect: 'error',
			signal: AbortSignal.any(signals),
		});
		const text = await response.text();
		if (response.status >= 500) throw unreachable(host, `it answered ${response.status}`);
		return readAnswer(response.status, text);
	} catch (error) {
		signal?.throwIfAborted();
		if (error instanceof FirnError) throw error;
		throw unreachable(host, reasonOf(error));
	}
}

/** `error_code` is Google's own, where it refuses by quota. */
const errorSchema = z
	.looseObject({ error: z.string(), error_code: z.string(), error_description: z.string() })
	.partial()
	.catch({});

function readAnswer(status: number, text: string): OauthAnswer {
	const body = parsed(text);
	const { error, error_code, error_description = '' } = errorSchema.parse(body);
	const name = error ?? error_code ?? `HTTP ${status}`;
	return { status, error: status < 400 ? '' : name, description: error_description, body };
}

const tokensSchema = z.looseObject({
	refresh_token: z.string().min(1).optional(),
	scope: z.string().optional(),
});

/** The refresh token of a first answer; the access token is of no use here. @throws FirnError SCOPE_REFUSED, SIGN_IN_REFUSED */
export function refreshTokenOf({ body }: OauthAnswer): string {
	const tokens = tokensSchema.safeParse(body).data;
	if (tokens?.scope !== undefined && !tokens.scope.split(' ').includes(SCOPE)) {
		throw new FirnError('SCOPE_REFUSED', 'The sign-in does not allow Firn to use Google Drive.', {
			guidance: 'Sign in again, and tick the box for the files that Firn makes.',
			kind: 'usage',
		});
	}
	if (tokens?.refresh_token === undefined) throw refused('the answer holds no refresh token');
	return tokens.refresh_token;
}

/**
 * Gives a token back, and with it all of the account that clients of the same project have. One that is dead already
 * counts. @throws FirnError GDRIVE_REFUSED, GDRIVE_UNREACHABLE
 */
export async function revoke(endpoints: Endpoints, token: string): Promise<void> {
	const { status, error } = await postForm(endpoints.revoke, { token });
	if (error === '' || error === 'invalid_token') return;
	throw new FirnError('GDRIVE_REFUSED', `Google has not revoked the sign-in (${status}).`, { retry: 'later' });
}

/** Why a sign-in came to nothing. */
export function oauthRefusal({ error, description }: OauthAnswer, { id }: GdriveClient): FirnError {
	switch (error) {
		case 'access_denied':
			return usageError(
				'SIGN_IN_DENIED',
				'The sign-in was refused on the page of Google.',
				'Nothing was changed. firn gdrive sign-in begins again.',
			);
		case 'expired_token':
			return signInExpired();
		case 'invalid_client':
		case 'unauthorized_client':
			return usageError(
				'BAD_CLIENT',
				`Google does not know the client ${safePrint(id)}, or its secret is another one.`,
				'Give the client id and secret anew: the README says where they are from.',
			);
		default:
			return refused(safePrint(`${error}${description === '' ? '' : `: ${description}`}`.slice(0, 300)));
	}
}

/** Nobody has approved it in time. */
export function signInExpired(): FirnError {
	return usageError(
		'SIGN_IN_EXPIRED',
		'Nobody has approved the sign-in in time.',
		'Nothing was changed. firn gdrive sign-in gives a new code.',
	);
}

function refused(why: string): FirnError {
	return new FirnError('SIGN_IN_REFUSED', `Google has refused the sign-in (${why}).`, {
		guidance: 'firn gdrive sign-in begins again.',
	});
}

function unreachable(host: string, why: string): FirnError {
	return new FirnError('GDRIVE_UNREACHABLE', `${host} cannot be reached (${why}).`, {
		guidance: 'Look at the network of this machine.',
		retry: 'now',
	});
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.name === 'TimeoutError') return 'no answer within half a minute';
	return error.cause instanceof Error ? error.cause.message : error.message;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
