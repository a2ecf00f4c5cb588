/** Sign-ins to Google Drive, which jobs go by as they go by stored keys for S3: begun, approved elsewhere, kept, given back. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ConfigFile } from '../config/config-file.ts';
import { credentialsNameSchema, type Job } from '../config/job.ts';
import { toFirnError, usageError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import { safePrint } from '../core/safe-print.ts';
import { signInEnvironment, signInOf } from '../destinations/gdrive/sign-in.ts';
import type { GdriveSignInView, Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { signInName, signInNamed } from '../secrets/store.ts';
import { askAccount, refresh, revoke } from './gdrive/account.ts';
import { chooseClient } from './gdrive/choose-client.ts';
import { askDeviceCode, awaitApproval } from './gdrive/device-flow.ts';
import { clientOf, type KeptSignIn, newSignIn, notSignedIn, readSignIn, seesTheSame } from './gdrive/kept.ts';
import { type Loopback, listenForRedirect } from './gdrive/loopback.ts';
import { firstTokens, googleAddresses, type OauthAnswer, signInExpired } from './gdrive/oauth.ts';
import type { Log } from './log.ts';
import type { Tasks } from './tasks.ts';

/** Google's pages hold out longer, but nobody looks at a browser for longer without being done. */
const BROWSER_MS = 20 * 60_000;
/** For so long what came of a sign-in can be asked for. */
const KEPT_MS = 10 * 60_000;

export interface GdriveSignInsOptions {
	secrets: Secrets;
	config: ConfigFile;
	tasks: Tasks;
	stateDir: string;
	log: Log;
}

interface Going {
	view: GdriveSignInView;
	/** Ends it; the reason is its state. */
	end: AbortController;
	loopback: Loopback | undefined;
}

type Begin = CheckedRequests['beginGdriveSignIn'];

export class GdriveSignIns {
	readonly #options: GdriveSignInsOptions;
	readonly #going = new Map<string, Going>();

	constructor(options: GdriveSignInsOptions) {
		this.#options = options;
	}

	/** Whether one waits for its approval. */
	get isWaiting(): boolean {
		return [...this.#going.values()].some(({ view }) => view.state === 'waiting');
	}

	/** The names, and which jobs go by them; nothing of Google is asked. */
	list(): Results['gdriveSignIns'] {
		const stored = this.#options.secrets.names().flatMap((name) => signInNamed(name) ?? []);
		const used = this.#options.config.jobs().flatMap(({ destination }) => signInOf(destination) ?? []);
		const names = [...new Set([...stored, ...used])];
		return {
			signIns: names.map((name) => ({
				name,
				stored: stored.includes(name),
				jobs: this.#jobs(name).map((job) => job.name),
			})),
		};
	}

	/**
	 * Begins one; it goes on by itself until it is approved, refused, cancelled or too old.
	 * @throws FirnError (usage) BAD_CREDENTIALS_NAME, NO_CLIENT, BAD_ENDPOINT, CLIENT_IS_DESKTOP, PLAIN_FILE_REFUSED;
	 * VAULT_LOCKED, GDRIVE_UNREACHABLE…
	 */
	async begin(params: Begin): Promise<GdriveSignInView> {
		const { name, how, endpoint } = params;
		const { secrets } = this.#options;
		if (!credentialsNameSchema.safeParse(name).success) {
			throw usageError(
				'BAD_CREDENTIALS_NAME',
				`A sign-in cannot be called "${safePrint(name.slice(0, 64))}".`,
				'Use letters, digits, dots, dashes and underscores, 64 at most, with a letter or digit first.',
			);
		}
		const addresses = googleAddresses(endpoint);
		// Before anybody has gone to Google for nothing.
		await secrets.makeReady(signInName(name));
		const before = await readSignIn(secrets, name);
		const client = chooseClient(params.client, before);
		for (const going of this.#going.values()) if (going.view.name === name) this.#end(going, 'cancelled');

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
			const code = await askDeviceCode(addresses, client);
			view.url = code.url;
			view.code = code.user_code;
			view.expires = Date.now() + code.expires_in * 1000;
			tokens = awaitApproval(addresses, client, code, end.signal);
		} else {
			going.loopback = await listenForRedirect(addresses, client, end.signal);
			view.url = going.loopback.url;
			tokens = going.loopback.tokens;
		}
		this.#going.set(view.id, going);
		const timer = setTimeout(() => end.abort(signInExpired()), view.expires - Date.now());
		const ended = new Promise<never>((_resolve, reject) =>
			end.signal.addEventListener('abort', () => reject(end.signal.reason)),
		);
		void Promise.race([tokens, ended])
			.then((answer) => this.#take(going, answer, { clientId: client.id, clientSecret: client.secret, endpoint }))
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
		this.#end(going, 'cancelled');
		return { ...going.view };
	}

	/**
	 * Whose account it is, and how much room there is.
	 * @throws FirnError (usage) NOT_SIGNED_IN; BAD_CREDENTIALS when it is dead, GDRIVE_UNREACHABLE, VAULT_LOCKED…
	 */
	async account({ name }: CheckedRequests['gdriveAccount']): Promise<Results['gdriveAccount']> {
		const kept = await this.#kept(name);
		const addresses = googleAddresses(kept.endpoint);
		const token = await refresh(addresses, clientOf(kept), kept.refreshToken, name);
		const account = await askAccount(addresses, token);
		return { name, ...account, place: this.#options.secrets.where(), jobs: this.#jobs(name).map((job) => job.name) };
	}

	/** Revokes it at Google and forgets it. What cannot be revoked is forgotten all the same, and said. */
	async signOut({ name }: CheckedRequests['gdriveSignOut']): Promise<Results['gdriveSignOut']> {
		const { secrets, log } = this.#options;
		const kept = await this.#kept(name);
		const problem = await this.#giveBack(name, kept).then(
			() => undefined,
			(error: unknown) => toFirnError(error).toPlain(),
		);
		await secrets.forget(signInName(name));
		log('info', `signed out of Google Drive (${name})`);
		const jobs = this.#jobs(name).map((job) => job.name);
		return { name, email: kept.email, jobs, revoked: problem === undefined, ...(problem ? { problem } : {}) };
	}

	/**
	 * What a thread needs to speak for this sign-in.
	 * @throws FirnError (usage) NOT_SIGNED_IN, GDRIVE_ENDPOINT; VAULT_LOCKED…
	 */
	async envFor(name: string, endpoint: string | undefined): Promise<Record<string, string>> {
		const kept = await this.#kept(name);
		if (kept.endpoint !== endpoint) {
			// Whoever could send it elsewhere, such as by a job that is taken in from a file, would have it.
			throw usageError(
				'GDRIVE_ENDPOINT',
				`The sign-in ${safePrint(name)} is for ${safePrint(kept.endpoint ?? 'Google itself')}, not for ${safePrint(endpoint ?? 'Google itself')}.`,
				'firn gdrive sign-in --name OTHER --endpoint URL makes one for it.',
			);
		}
		return this.#environment(kept);
	}

	/** @throws FirnError SIGN_IN_SHARED, GDRIVE_UNREACHABLE, GDRIVE_REFUSED */
	async #giveBack(name: string, kept: KeptSignIn): Promise<void> {
		for (const { name: other, stored } of this.list().signIns) {
			const also = other !== name && stored ? await readSignIn(this.#options.secrets, other) : undefined;
			if (also && seesTheSame(also, kept)) {
				throw usageError('SIGN_IN_SHARED', `Google would revoke the sign-in ${other} with it.`);
			}
		}
		await revoke(googleAddresses(kept.endpoint), kept.refreshToken);
	}

	#environment({ clientId, clientSecret, refreshToken, sessionKey }: KeptSignIn): Record<string, string> {
		const sessionsFolder = join(this.#options.stateDir, 'gdrive');
		makeFolders(sessionsFolder, 0o700);
		const client = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
		return signInEnvironment({ ...client, refreshToken, sessionKey, sessionsFolder });
	}

	/** Keeps what was approved; runs that wait for it go on. */
	async #take(
		{ view, end }: Going,
		answer: OauthAnswer,
		{
			clientId,
			clientSecret,
			endpoint,
		}: { clientId: string; clientSecret: string | undefined; endpoint: string | undefined },
	): Promise<void> {
		const { secrets, tasks, log } = this.#options;
		const addresses = googleAddresses(endpoint);
		const { accessToken, refreshToken } = firstTokens(answer);
		const client = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
		const account = await askAccount(addresses, accessToken);
		const fresh = { ...client, refreshToken, email: account.email, ...(endpoint === undefined ? {} : { endpoint }) };
		const before = await readSignIn(secrets, view.name);
		const jobs = this.#jobs(view.name);
		// What is not kept is not revoked: with it Google would revoke the sign-in before, too.
		if (before && jobs.length > 0 && !seesTheSame(before, fresh)) throw otherFiles(view.name, before, fresh, jobs);
		end.signal.throwIfAborted();
		const kept = newSignIn(fresh, before);
		await secrets.keep(signInName(view.name), JSON.stringify(kept));
		for (const { name: job } of jobs) tasks.adjust({ job }, { env: this.#environment(kept) });
		const names = jobs.map((job) => job.name);
		Object.assign(view, { state: 'done', account, place: secrets.where(), jobs: names });
		log('info', `signed in to Google Drive (${view.name})`);
	}

	#failed({ view }: Going, error: unknown): void {
		if (view.state !== 'waiting') return;
		view.state = 'failed';
		view.error = toFirnError(error).toPlain();
	}

	#end({ view, end }: Going, state: 'cancelled'): void {
		if (view.state !== 'waiting') return;
		view.state = state;
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

	async #kept(name: string): Promise<KeptSignIn> {
		const kept = await readSignIn(this.#options.secrets, name);
		if (!kept) throw notSignedIn(name);
		return kept;
	}

	#jobs(name: string): Job[] {
		return this.#options.config.jobs().filter(({ destination }) => signInOf(destination) === name);
	}
}

/** Jobs must not find themselves in a Drive where nothing of theirs is. */
function otherFiles(name: string, before: { email: string }, fresh: { email: string }, jobs: Job[]): Error {
	const names = jobs.map((job) => job.name).join(', ');
	const isOtherAccount = before.email !== fresh.email;
	return usageError(
		'OTHER_ACCOUNT',
		isOtherAccount
			? `The sign-in ${name} was for ${safePrint(before.email)}, this one is for ${safePrint(fresh.email)}.`
			: `The sign-in ${name} was made with a client of another project, and Google shows this one none of its files.`,
		`${names} would not find what is stored: sign in as before, or under another name with --name.`,
	);
}
