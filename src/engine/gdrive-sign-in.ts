/** Signing in to Google Drive: begun here, approved on any device, followed by whoever asks how far it is. */

import { randomBytes } from 'node:crypto';
import { credentialsNameSchema } from '../config/job.ts';
import { toFirnError, usageError } from '../core/errors.ts';
import type { GdriveClient } from '../core/gdrive-client.ts';
import { safePrint } from '../core/safe-print.ts';
import type { GdriveSignInView } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { signInName } from '../secrets/store.ts';
import { chooseClient } from './gdrive/choose-client.ts';
import { askDeviceCode, awaitApproval } from './gdrive/device-flow.ts';
import { newSessionKey } from './gdrive/kept.ts';
import { type Loopback, listenForRedirect } from './gdrive/loopback.ts';
import { type OauthAnswer, refreshTokenOf, signInEndpoints, signInExpired } from './gdrive/oauth.ts';
import type { StoredSignIns } from './gdrive/stored-sign-ins.ts';

/** Google's pages hold out longer, but nobody looks at a browser for longer without being done. */
const BROWSER_MS = 20 * 60_000;
/** For so long what came of a sign-in can be asked for. */
const KEPT_MS = 10 * 60_000;

interface Going {
	view: GdriveSignInView;
	/** Ends it, for the reason that it is given. */
	end: AbortController;
	loopback: Loopback | undefined;
}

type Begin = CheckedRequests['beginGdriveSignIn'];

export class GdriveSignIns {
	readonly #secrets: Secrets;
	readonly #stored: StoredSignIns;
	readonly #going = new Map<string, Going>();

	constructor(secrets: Secrets, stored: StoredSignIns) {
		this.#secrets = secrets;
		this.#stored = stored;
	}

	/** Whether one waits for its approval. */
	get isWaiting(): boolean {
		return [...this.#going.values()].some(({ view }) => view.state === 'waiting');
	}

	/**
	 * Begins one; it goes on by itself until it is approved, refused, cancelled or too old.
	 * @throws FirnError (usage) BAD_CREDENTIALS_NAME, NO_CLIENT, BAD_ENDPOINT, CLIENT_IS_DESKTOP, PLAIN_FILE_REFUSED;
	 * VAULT_LOCKED, GDRIVE_UNREACHABLE…
	 */
	async begin(params: Begin): Promise<GdriveSignInView> {
		const { name, how } = params;
		if (!credentialsNameSchema.safeParse(name).success) {
			throw usageError(
				'BAD_CREDENTIALS_NAME',
				`A sign-in cannot be called "${safePrint(name.slice(0, 64))}".`,
				'Use letters, digits, dots, dashes and underscores, 64 at most, with a letter or digit first.',
			);
		}
		if (params.endpoint !== undefined) signInEndpoints(params.endpoint);
		// Before anybody has gone to Google for nothing.
		await this.#secrets.makeReady(signInName(name));
		const before = await this.#stored.read(name);
		const endpoint = params.endpoint ?? before?.endpoint;
		const endpoints = signInEndpoints(endpoint);
		const client = chooseClient(params.client, before);
		for (const going of this.#going.values()) if (going.view.name === name) this.#cancel(going);

		const end = new AbortController();
		const view: GdriveSignInView = {
			id: randomBytes(8).toString('hex'),
			name,
			how,
			state: 'waiting',
			url: '',
			expires: Date.now() + BROWSER_MS,
		};
		const going: Going = { view, end, loopback: undefined };
		let tokens: Promise<OauthAnswer>;
		if (how === 'device') {
			const code = await askDeviceCode(endpoints, client);
			view.url = code.url;
			view.code = code.user_code;
			view.expires = Date.now() + code.expires_in * 1000;
			tokens = awaitApproval(endpoints, client, code, end.signal);
		} else {
			going.loopback = await listenForRedirect(endpoints, client, end.signal);
			view.url = going.loopback.url;
			tokens = going.loopback.tokens;
		}
		this.#going.set(view.id, going);
		const timer = setTimeout(() => end.abort(signInExpired()), view.expires - Date.now());
		const ended = new Promise<never>((_resolve, reject) =>
			end.signal.addEventListener('abort', () => reject(end.signal.reason)),
		);
		void Promise.race([tokens, ended])
			.then((answer) => this.#take(going, answer, client, endpoint))
			.catch((error: unknown) => this.#failed(going, error))
			.finally(() => {
				clearTimeout(timer);
				going.loopback?.close();
				setTimeout(() => this.#going.delete(view.id), KEPT_MS).unref();
			});
		return { ...view };
	}

	/** How far it is. @throws FirnError (usage) NO_SUCH_SIGN_IN */
	state({ id }: CheckedRequests['gdriveSignIn']): GdriveSignInView {
		return { ...this.#find(id).view };
	}

	/** What a person has pasted; state() tells what comes of it. @throws FirnError (usage) NO_SUCH_SIGN_IN, BAD_REDIRECT */
	answer({ id, text }: CheckedRequests['answerGdriveSignIn']): GdriveSignInView {
		const { view, loopback } = this.#find(id);
		if (!loopback) throw usageError('BAD_REDIRECT', 'This sign-in waits for its code on the page of Google only.');
		if (view.state === 'waiting') loopback.give(text);
		return { ...view };
	}

	/** Gives one up; what is over stays as it is. @throws FirnError (usage) NO_SUCH_SIGN_IN */
	cancel({ id }: CheckedRequests['cancelGdriveSignIn']): GdriveSignInView {
		const going = this.#find(id);
		this.#cancel(going);
		return { ...going.view };
	}

	async #take({ view, end }: Going, answer: OauthAnswer, client: GdriveClient, endpoint?: string): Promise<void> {
		const signIn = {
			clientId: client.id,
			...(client.secret === undefined ? {} : { clientSecret: client.secret }),
			refreshToken: refreshTokenOf(answer),
			sessionKey: newSessionKey(),
			...(endpoint === undefined ? {} : { endpoint }),
		};
		Object.assign(view, await this.#stored.take(view.name, signIn, end.signal), { state: 'done' });
	}

	#failed({ view }: Going, error: unknown): void {
		if (view.state !== 'waiting') return;
		view.state = 'failed';
		view.error = toFirnError(error).toPlain();
	}

	#cancel({ view, end }: Going): void {
		if (view.state !== 'waiting') return;
		view.state = 'cancelled';
		end.abort(usageError('SIGN_IN_CANCELLED', 'The sign-in was given up.'));
	}

	#find(id: string): Going {
		const going = this.#going.get(id);
		if (going) return going;
		throw usageError(
			'NO_SUCH_SIGN_IN',
			`There is no sign-in ${safePrint(id.slice(0, 64))} (any more).`,
			'firn gdrive sign-in begins one.',
		);
	}
}
