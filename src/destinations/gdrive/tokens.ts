/** Access tokens for the account that is signed in. */

import { OAuth2Client } from 'google-auth-library';
import { FirnError } from '../../core/errors.ts';
import type { Endpoints } from './endpoints.ts';
import { networkError, type Place, SIGN_IN_AGAIN, SIGNED_IN_AGAIN } from './errors.ts';
import { type GdriveSignIn, parseSignIn } from './sign-in.ts';

type Env = Readonly<Record<string, string | undefined>>;

export class Tokens {
	readonly #env: Env;
	readonly #endpoints: Endpoints;
	readonly #place: Place;
	#signIn: GdriveSignIn | undefined;
	#client: OAuth2Client | undefined;

	/** @param env read anew for each token, since a new sign-in may have come into it */
	constructor(env: Env, endpoints: Endpoints, place: Place) {
		this.#env = env;
		this.#endpoints = endpoints;
		this.#place = place;
	}

	/**
	 * A token that is good for some minutes; whoever asks while one is being fetched gets the same.
	 * @param refused the token that Drive did not accept
	 * @throws FirnError BAD_CREDENTIALS when the sign-in is dead, NOT_SIGNED_IN, NETWORK…
	 */
	async get(refused?: string): Promise<string> {
		const client = this.#current();
		if (refused !== undefined && client.credentials.access_token === refused) {
			client.setCredentials({ refresh_token: client.credentials.refresh_token ?? null });
		}
		try {
			const { token } = await client.getAccessToken();
			if (!token) throw new Error('no token');
			return token;
		} catch (error) {
			throw tokenError(error, this.#place);
		}
	}

	#current(): OAuth2Client {
		const signIn = parseSignIn(this.#env);
		const { clientId, clientSecret, refreshToken } = signIn;
		if (!this.#client || this.#signIn?.refreshToken !== refreshToken || this.#signIn.clientId !== clientId) {
			this.#client = new OAuth2Client({
				clientId,
				...(clientSecret === undefined ? {} : { clientSecret }),
				endpoints: { oauth2TokenUrl: this.#endpoints.token },
				// Repetitions are with-retry's, which tells of them.
				transporterOptions: { retryConfig: { retry: 0, noResponseRetries: 0 }, timeout: 60_000 },
			});
			this.#client.setCredentials({ refresh_token: refreshToken });
			this.#signIn = signIn;
		}
		return this.#client;
	}
}

/** The sign-in itself is refused; the words are OAuth's. */
const DEAD = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'deleted_client', 'invalid_scope']);

/** The FirnError for a token that was not given. Nothing of the request is kept: it holds the refresh token. */
export function tokenError(error: unknown, place: Place): FirnError {
	const answer = (error as { response?: { status: number; data?: unknown } }).response;
	if (!answer) return networkError(error, place, 'get an access token');
	const { status, data } = answer;
	const name = (data as { error?: unknown } | undefined)?.error;
	if (typeof name === 'string' && DEAD.has(name)) {
		const found =
			name === 'invalid_grant'
				? `The sign-in to ${place.store} has expired or was revoked (${name}).`
				: `${place.store} does not accept the client id of the sign-in (${name}).`;
		return new FirnError('BAD_CREDENTIALS', found, {
			retry: 'later',
			guidance: SIGN_IN_AGAIN,
			goesOn: SIGNED_IN_AGAIN,
		});
	}
	const passes = status >= 500 || status === 429 || status === 403;
	return new FirnError('STORE_UNAVAILABLE', `${place.store} gives no access token just now (${status}).`, {
		retry: passes ? 'now' : 'later',
		guidance: passes ? 'It is tried again.' : SIGN_IN_AGAIN,
	});
}
