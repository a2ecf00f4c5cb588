/** OAuth clients and what the one account has granted to them. */

import { randomBytes } from 'node:crypto';
import type { MovableClock } from '../../s3-simulator/clock.ts';
import { invalidGrant, OAuthError } from '../errors.ts';
import { DAY } from '../types.ts';

export interface OAuthClient {
	id: string;
	secret: string;
	/** Only a `tv` may use the device flow, only a `desktop` the loopback flow. */
	type: 'tv' | 'desktop';
	/** The Cloud project: clients of one see the same files. */
	project: string;
}

interface RefreshToken {
	client: OAuthClient;
	begun: number;
	used: number;
	expires: number;
}

export interface DeviceCode {
	code: string;
	userCode: string;
	client: OAuthClient;
	expires: number;
	decision: 'pending' | 'allowed' | 'denied';
	/** Milliseconds to stay away between polls; slow_down makes it longer. */
	interval: number;
	polled: number;
}

export interface AuthorizationCode {
	client: OAuthClient;
	redirectUri: string;
	challenge: string;
	expires: number;
}

/** Google drops the oldest beyond this, and those not used for so long. */
const MAX_TOKENS = 100;
const IDLE = 180 * DAY;
export const ACCESS_SECONDS = 3599;

const random = (start: string) => start + randomBytes(32).toString('base64url');

export class Accounts {
	readonly clients = new Map<string, OAuthClient>();
	readonly devices = new Map<string, DeviceCode>();
	readonly codes = new Map<string, AuthorizationCode>();
	readonly #refresh = new Map<string, RefreshToken>();
	readonly #access = new Map<string, { project: string; expires: number }>();
	readonly #clock: MovableClock;

	constructor(clients: readonly OAuthClient[], clock: MovableClock) {
		for (const client of clients) this.clients.set(client.id, client);
		this.#clock = clock;
	}

	/** @throws OAuthError invalid_client, or invalid_request without a secret: Google wants it of installed programs, too */
	client(form: URLSearchParams, wantsSecret: boolean): OAuthClient {
		const client = this.clients.get(form.get('client_id') ?? '');
		if (!client) throw new OAuthError(401, 'invalid_client', 'The OAuth client was not found.');
		if (!wantsSecret) return client;
		const secret = form.get('client_secret');
		if (secret === null) throw new OAuthError(400, 'invalid_request', 'client_secret is missing.');
		if (secret !== client.secret) {
			throw new OAuthError(401, 'invalid_client', 'The provided client secret is invalid.');
		}
		return client;
	}

	/** A new sign-in. The oldest of more than 100 ends without a word. */
	grant(client: OAuthClient, testing: boolean): string {
		const now = this.#clock.now();
		const token = random('1//');
		const expires = testing ? now + 7 * DAY : Number.POSITIVE_INFINITY;
		this.#refresh.set(token, { client, begun: now, used: now, expires });
		const [oldest] = [...this.#refresh].filter(([, other]) => other.client.id === client.id);
		if (this.#tokensOf(client) > MAX_TOKENS && oldest) this.#refresh.delete(oldest[0]);
		return token;
	}

	/** @throws OAuthError invalid_grant for a token that ended or belongs to another client */
	refresh(token: string, client: OAuthClient): RefreshToken {
		const found = this.#refresh.get(token);
		const now = this.#clock.now();
		if (!found || found.client.id !== client.id || now >= found.expires || now - found.used > IDLE) {
			throw invalidGrant('Token has been expired or revoked.');
		}
		found.used = now;
		return found;
	}

	access(project: string): string {
		const token = random('ya29.');
		this.#access.set(token, { project, expires: this.#clock.now() + ACCESS_SECONDS * 1000 });
		return token;
	}

	/** The project of an access token that is still good. */
	projectOf(accessToken: string): string | undefined {
		const found = this.#access.get(accessToken);
		return found && this.#clock.now() < found.expires ? found.project : undefined;
	}

	dropRefresh(token: string): void {
		this.#refresh.delete(token);
	}

	/** Ends all access tokens, as a server that restarts may do: the next request gets 401. */
	expireAccess(): void {
		this.#access.clear();
	}

	/**
	 * The user takes a grant back, at Google or by a token of it; all tokens of the project end.
	 * @param of a token, or a project; all projects when left out
	 * @returns whether there was any
	 */
	revoke(of: { token: string } | { project: string } | undefined): boolean {
		const project =
			of && 'token' in of
				? (this.#refresh.get(of.token)?.client.project ?? this.#access.get(of.token)?.project)
				: of?.project;
		if (of && project === undefined) return false;
		for (const [token, { client }] of this.#refresh) if (!of || client.project === project) this.#refresh.delete(token);
		for (const [token, entry] of this.#access) if (!of || entry.project === project) this.#access.delete(token);
		return true;
	}

	#tokensOf(client: OAuthClient): number {
		return [...this.#refresh.values()].filter((token) => token.client.id === client.id).length;
	}
}
