/** Keys for S3 that are kept with the other secrets, by names that jobs go by. */

import { z } from 'zod';
import type { ConfigFile } from '../config/config-file.ts';
import { credentialsNameSchema } from '../config/job.ts';
import { FirnError, usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import { withCredentials } from '../destinations/replace-credentials.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { credentialsName, credentialsNamed } from '../secrets/store.ts';
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
}

export class Credentials {
	readonly #options: CredentialsOptions;

	constructor(options: CredentialsOptions) {
		this.#options = options;
	}

	/** The names, and which jobs go by them. */
	list(): Results['credentials'] {
		const stored = this.#options.secrets.names().flatMap((name) => credentialsNamed(name) ?? []);
		const jobs = this.#options.config.jobs();
		const used = jobs.flatMap(({ destination }) => destination.credentials ?? []);
		return {
			credentials: [...new Set([...stored, ...used])].map((name) => ({
				name,
				stored: stored.includes(name),
				jobs: jobs.filter(({ destination }) => destination.credentials === name).map((job) => job.name),
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
		const users = config.jobs().filter(({ destination }) => destination.credentials === name);
		for (const { name: job } of users) tasks.adjust({ job }, { env: environment(keys) });
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
	 * The environment for whoever opens this destination: the caller's, or with the stored keys that it names.
	 * @throws FirnError CREDENTIALS_MISSING, VAULT_LOCKED…
	 */
	async envFor(destination: { credentials?: string | undefined } | undefined, env: Env): Promise<Env> {
		const name = destination?.credentials;
		if (name === undefined) return env;
		const stored = await this.#options.secrets.secret(credentialsName(name));
		if (stored === undefined) throw missing(name);
		return withCredentials(env, environment(parse(name, stored)));
	}
}

/** @throws FirnError (usage) CREDENTIALS_MISSING */
export function mustHaveCredentials(secrets: Secrets, name: string): void {
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
