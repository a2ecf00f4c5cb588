/** The sign-ins to Google Drive that are kept, which jobs go by as they go by stored keys for S3. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigFile } from '../../config/config-file.ts';
import type { Job } from '../../config/job.ts';
import { FirnError, type PlainError, toFirnError, usageError } from '../../core/errors.ts';
import { makeFolders } from '../../core/make-folders.ts';
import { safePrint } from '../../core/safe-print.ts';
import { signInEnvironment, signInOf } from '../../destinations/gdrive/sign-in.ts';
import type { GdriveAccountView, Results } from '../../protocol/contract.ts';
import type { CheckedRequests } from '../../protocol/requests.ts';
import type { Secrets } from '../../secrets/secrets.ts';
import { signInName, signInNamed } from '../../secrets/store.ts';
import type { Log } from '../log.ts';
import type { Tasks } from '../tasks.ts';
import { following, type KeptSignIn, notSignedIn, readSignIn, seesTheSame } from './kept.ts';
import { revoke, signInEndpoints } from './oauth.ts';

/** Between attempts to ask whose account it is; ms. */
const PAUSES = [500, 2000, 5000];

export interface StoredSignInsOptions {
	secrets: Secrets;
	config: ConfigFile;
	tasks: Tasks;
	stateDir: string;
	log: Log;
}

export class StoredSignIns {
	readonly #options: StoredSignInsOptions;

	constructor(options: StoredSignInsOptions) {
		this.#options = options;
	}

	/** The names, and which jobs go by them; nothing of Google is asked. */
	list(): Results['gdriveSignIns'] {
		const stored = this.#options.secrets.names().flatMap((name) => signInNamed(name) ?? []);
		const used = this.#options.config.jobs().flatMap(({ destination }) => signInOf(destination) ?? []);
		const names = [...new Set([...stored, ...used])];
		return { signIns: names.map((name) => ({ name, stored: stored.includes(name), jobs: this.#jobs(name) })) };
	}

	/**
	 * Whose account it is, and how much room there is.
	 * @throws FirnError (usage) NOT_SIGNED_IN; BAD_CREDENTIALS when it is dead, NETWORK, VAULT_LOCKED…
	 */
	async account({ name }: CheckedRequests['gdriveAccount']): Promise<Results['gdriveAccount']> {
		const account = await this.#ask(await this.#mustRead(name));
		return { name, ...account, place: this.#options.secrets.where(), jobs: this.#jobs(name) };
	}

	/** Revokes it at Google and forgets it. What cannot be revoked is forgotten all the same, and said. */
	async signOut({ name }: CheckedRequests['gdriveSignOut']): Promise<Results['gdriveSignOut']> {
		const { secrets, log } = this.#options;
		if (!secrets.names().includes(signInName(name))) throw notSignedIn(name);
		let kept: KeptSignIn | undefined;
		let problem: PlainError | undefined;
		try {
			kept = await this.#mustRead(name);
			await this.#giveBack(name, kept);
		} catch (error) {
			problem = toFirnError(error).toPlain();
		}
		await secrets.forget(signInName(name));
		if (kept) await this.#clearBook(kept);
		log('info', `signed out of Google Drive (${name})`);
		const jobs = this.#jobs(name);
		return { name, jobs, revoked: !problem, ...(kept ? { email: kept.email } : {}), ...(problem ? { problem } : {}) };
	}

	/**
	 * What a thread needs to speak for this sign-in.
	 * @throws FirnError (usage) NOT_SIGNED_IN, GDRIVE_ENDPOINT; VAULT_LOCKED…
	 */
	async envFor(name: string, endpoint: string | undefined): Promise<Record<string, string>> {
		const kept = await this.#mustRead(name);
		// Whoever could send it elsewhere, such as by a job that is taken in from a file, would have it.
		if (kept.endpoint !== endpoint) throw elsewhere(name, kept.endpoint, endpoint);
		return this.#environment(kept);
	}

	/** @throws FirnError (usage) CREDENTIALS_DAMAGED; VAULT_LOCKED and others of the place */
	read(name: string): Promise<KeptSignIn | undefined> {
		return readSignIn(this.#options.secrets, name);
	}

	/**
	 * Asks whose it is, and keeps it in place of the one before; runs that wait for it go on.
	 * @throws FirnError (usage) OTHER_ACCOUNT; DRIVE_API_OFF, NETWORK, VAULT_LOCKED…; the signal's reason
	 */
	async take(
		name: string,
		signIn: Omit<KeptSignIn, 'email'>,
		signal: AbortSignal,
	): Promise<{ account: GdriveAccountView; place: string; jobs: string[] }> {
		const { secrets, tasks, log } = this.#options;
		const account = await this.#askPatiently(signIn, signal);
		const fresh = { ...signIn, email: account.email };
		const before = await this.read(name);
		const jobs = this.#jobs(name);
		// What is not kept is not revoked: with it Google would revoke the sign-in before, too.
		if (before && jobs.length > 0 && !seesTheSame(before, fresh)) throw otherFiles(name, before, fresh, jobs);
		signal.throwIfAborted();
		const kept = following(fresh, before);
		await secrets.keep(signInName(name), JSON.stringify(kept));
		if (before && before.sessionKey !== kept.sessionKey) await this.#clearBook(before);
		for (const job of jobs) tasks.renew(job, this.#environment(kept));
		log('info', `signed in to Google Drive (${name})`);
		return { account, place: secrets.where(), jobs };
	}

	/** What somebody has just approved is not thrown away for a fault that passes. */
	async #askPatiently(signIn: Omit<KeptSignIn, 'email'>, signal: AbortSignal): Promise<GdriveAccountView> {
		for (const pause of PAUSES) {
			try {
				return await this.#ask(signIn);
			} catch (error) {
				if (!(error instanceof FirnError) || error.retry !== 'now') throw error;
				await sleep(pause, undefined, { signal });
			}
		}
		return this.#ask(signIn);
	}

	/** Asks with the refresh token, as every thread will. @throws FirnError BAD_CREDENTIALS, DRIVE_API_OFF, NETWORK… */
	async #ask(signIn: Omit<KeptSignIn, 'email'>): Promise<GdriveAccountView> {
		const { askDriveAccount } = await import('../../destinations/gdrive/ask-account.ts');
		const { email, used, limit } = await askDriveAccount({ endpoint: signIn.endpoint }, this.#environment(signIn));
		return { email, used, ...(limit === undefined ? {} : { limit }) };
	}

	/** @throws FirnError SIGN_IN_SHARED, GDRIVE_UNREACHABLE, GDRIVE_REFUSED */
	async #giveBack(name: string, kept: KeptSignIn): Promise<void> {
		for (const { name: other, stored } of this.list().signIns) {
			const also = other !== name && stored ? await this.read(other) : undefined;
			if (also && seesTheSame(also, kept)) {
				throw usageError('SIGN_IN_SHARED', `Google would revoke the sign-in ${other} with it.`);
			}
		}
		await revoke(signInEndpoints(kept.endpoint), kept.refreshToken);
	}

	/** What nobody can open any more without its key. */
	async #clearBook({ sessionKey }: KeptSignIn): Promise<void> {
		const { clearBook } = await import('../../destinations/gdrive/session-book.ts');
		await clearBook({ sessionKey, sessionsFolder: this.#sessionsFolder() });
	}

	#sessionsFolder(): string {
		return join(this.#options.stateDir, 'gdrive');
	}

	#environment(signIn: Omit<KeptSignIn, 'email'>): Record<string, string> {
		const { clientId, clientSecret, refreshToken, sessionKey } = signIn;
		const sessionsFolder = this.#sessionsFolder();
		makeFolders(sessionsFolder, 0o700);
		const client = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
		return signInEnvironment({ ...client, refreshToken, sessionKey, sessionsFolder });
	}

	async #mustRead(name: string): Promise<KeptSignIn> {
		const kept = await this.read(name);
		if (!kept) throw notSignedIn(name);
		return kept;
	}

	#jobs(name: string): string[] {
		const isOfIt = ({ destination }: Job) => signInOf(destination) === name;
		return this.#options.config.jobs().flatMap((job) => (isOfIt(job) ? [job.name] : []));
	}
}

function elsewhere(name: string, kept: string | undefined, endpoint: string | undefined): Error {
	const [here, there] = [kept, endpoint].map((one) => safePrint(one ?? 'Google itself'));
	return usageError(
		'GDRIVE_ENDPOINT',
		`The sign-in ${safePrint(name)} is for ${here}, not for ${there}.`,
		endpoint === undefined
			? `Add --endpoint ${here}, or name one that is for Google with --credentials NAME.`
			: `firn gdrive sign-in --name OTHER --endpoint ${there} makes one for it.`,
	);
}

/** Jobs must not find themselves in a Drive where nothing of theirs is. */
function otherFiles(name: string, before: KeptSignIn, fresh: { email: string }, jobs: string[]): Error {
	return usageError(
		'OTHER_ACCOUNT',
		before.email === fresh.email
			? `The sign-in ${name} was made with a client of another project, whose files Google does not show to this one.`
			: `The sign-in ${name} was for ${safePrint(before.email)}, this one is for ${safePrint(fresh.email)}.`,
		`${jobs.join(', ')} would not find what is stored: sign in as before, or under another name with --name.`,
	);
}
