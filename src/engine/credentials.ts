/** Keys for S3 that are kept with the other secrets, by names that jobs go by. */

import { z } from 'zod';
import type { ConfigFile } from '../config/config-file.ts';
import { credentialsNameSchema } from '../config/job.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import type { DestinationConfig } from '../destinations/destination.ts';
import { signInOf } from '../destinations/gdrive/sign-in.ts';
import { withCredentials } from '../destinations/replace-credentials.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { credentialsName, credentialsNamed, signInName } from '../secrets/store.ts';
import { notSignedIn } from './gdrive/kept.ts';
import type { StoredSignIns } from './gdrive/stored-sign-ins.ts';
import type { Tasks } from './tasks.ts';

const storedSchema = z.strictObject({
	accessKeyId: z.string(),
	secretAccessKey: z.string(),
	sessionToken: z.string().optional(),
});

type Env = Record<string, string>;

export interface CredentialsOptions {
	secrets: Secrets;
	config: ConfigFile;
	tasks: Tasks;
	signIns: StoredSignIns;
}

/** Of a destination what says by which keys it is opened. */
export type Keyed = Pick<DestinationConfig, 'url' | 'endpoint' | 'credentials'>;

export class Credentials {
	readonly #options: CredentialsOptions;

	constructor(options: CredentialsOptions) {
		this.#options = options;
	}

	/** The names, and which jobs go by them. */
	list(): Results['credentials'] {
		const stored = this.#options.secrets.names().flatMap((name) => credentialsNamed(name) ?? []);
		const jobs = this.#options.config.jobs();
		const used = jobs.flatMap(({ destination }) => keysOf(destination) ?? []);
		return {
			credentials: [...new Set([...stored, ...used])].map((name) => ({
				name,
				stored: stored.includes(name),
				jobs: jobs.filter(({ destination }) => keysOf(destination) === name).map((job) => job.name),
			})),
		};
	}

	/** Keeps them in place of those before; runs that wait for them go on. @throws FirnError PLAIN_FILE_REFUSED, VAULT_LOCKED… */
	async set({ name, ...keys }: CheckedRequests['setCredentials']): Promise<Results['setCredentials']> {
		const { secrets, config, tasks } = this.#options;
		if (!credentialsNameSchema.safeParse(name).success) {
			throw usageError(
				'BAD_CREDENTIALS_NAME',
				`Credentials cannot be called "${safePrint(name.slice(0, 64))}".`,
				'Use letters, digits, dots, dashes and underscores, 64 at most, with a letter or digit first.',
			);
		}
		await secrets.keep(credentialsName(name), JSON.stringify(keys));
		const users = config.jobs().filter(({ destination }) => keysOf(destination) === name);
		for (const { name: job } of users) tasks.renew(job, environment(keys));
		return { name, place: secrets.where(), jobs: users.map((job) => job.name) };
	}

	/** @throws FirnError (usage) CREDENTIALS_MISSING, CREDENTIALS_IN_USE, and those of the place */
	async remove({ name }: CheckedRequests['removeCredentials']): Promise<Results['removeCredentials']> {
		mustHaveCredentials(this.#options.secrets, name);
		const jobs = this.list().credentials.find((one) => one.name === name)?.jobs ?? [];
		if (jobs.length > 0) {
			throw usageError(
				'CREDENTIALS_IN_USE',
				`The credentials ${name} are those of ${jobs.join(', ')}.`,
				'firn jobs edit JOB --no-credentials lets a job do without them.',
			);
		}
		await this.#options.secrets.forget(credentialsName(name));
		return { name };
	}

	/**
	 * The environment for whoever opens this destination: the caller's, or with the stored keys or sign-in that it names.
	 * @throws FirnError CREDENTIALS_MISSING, NOT_SIGNED_IN, VAULT_LOCKED…
	 */
	async envFor(destination: Keyed | undefined, env: Env): Promise<Env> {
		const signIn = destination && signInOf(destination);
		if (signIn !== undefined)
			return withCredentials(env, await this.#options.signIns.envFor(signIn, destination?.endpoint));
		const name = destination?.credentials;
		if (name === undefined) return env;
		const stored = await this.#options.secrets.secret(credentialsName(name));
		if (stored === undefined) throw missing(name);
		return withCredentials(env, environment(parse(name, stored)));
	}
}

/** The name of the stored keys for S3 that a destination goes by. */
const keysOf = (destination: Keyed) => (signInOf(destination) === undefined ? destination.credentials : undefined);

/** That there is what a destination names. @throws FirnError (usage) CREDENTIALS_MISSING, NOT_SIGNED_IN */
export function mustHave(secrets: Secrets, destination: Keyed & { credentials: string }): void {
	if (signInOf(destination) === undefined) mustHaveCredentials(secrets, destination.credentials);
	else if (!secrets.names().includes(signInName(destination.credentials))) throw notSignedIn(destination.credentials);
}

/** @throws FirnError (usage) CREDENTIALS_MISSING */
function mustHaveCredentials(secrets: Secrets, name: string): void {
	if (!secrets.names().includes(credentialsName(name))) throw missing(name);
}

function environment({ accessKeyId, secretAccessKey, sessionToken }: z.infer<typeof storedSchema>): Env {
	return {
		AWS_ACCESS_KEY_ID: accessKeyId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
	};
}

/** Whatever is wrong with a secret is not said in its own words. */
function parse(name: string, text: string): z.infer<typeof storedSchema> {
	try {
		return storedSchema.parse(JSON.parse(text));
	} catch {
		throw new FirnError('CREDENTIALS_DAMAGED', `The stored credentials ${name} are damaged.`, {
			guidance: `firn credentials set ${name} stores them anew.`,
			kind: 'usage',
		});
	}
}

function missing(name: string): FirnError {
	return usageError(
		'CREDENTIALS_MISSING',
		`There are no stored credentials ${safePrint(name)}.`,
		`firn credentials set ${safePrint(name)} stores them.`,
	);
}
