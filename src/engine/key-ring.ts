/** The keys there are: those whose identities are kept here, and those that archives and jobs here need. */

import type { Job } from '../config/job.ts';
import type { Paths } from '../config/paths.ts';
import { FirnError, type PlainError, usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import type { KeyView, Results } from '../protocol/contract.ts';
import { readKeyFacts } from '../secrets/key-facts.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import { groupsIn, type JobGroups, needsOf } from './key-needs.ts';

export interface KeyRingOptions {
	paths: Paths;
	secrets: Secrets;
	jobs: () => Job[];
	/** The state databases of all jobs, also of those that are no longer in the config. */
	stateFiles: () => string[];
}

/** Any longer one of a recipient's beginnings names it. */
const SHORTEST_PREFIX = 8;

export class KeyRing {
	readonly #options: KeyRingOptions;
	readonly secrets: Secrets;
	readonly secretsDir: string;

	constructor(options: KeyRingOptions) {
		this.#options = options;
		this.secrets = options.secrets;
		this.secretsDir = options.paths.secretsDir;
	}

	/** The identities kept here, then those that are not, but that archives or jobs need. */
	async list(): Promise<Results['keys']> {
		const held = this.secrets.recipients();
		const facts = readKeyFacts(this.secretsDir);
		const { groups, problems } = await this.#groups();
		const needs = needsOf(groups, new Set(held));
		const jobs = this.#options.jobs();
		const elsewhere = [...needs.keys(), ...jobs.flatMap((job) => job.recipients)];
		const keys = [...new Set([...held, ...elsewhere])].map((recipient) => {
			const { name, since, origin, sheetStored } = facts.get(recipient) ?? {};
			return {
				recipient,
				name: name ?? null,
				since: since ?? null,
				origin: origin ?? null,
				sheetStored: sheetStored ?? null,
				held: held.includes(recipient),
				isDefault: recipient === held[0],
				jobs: jobs.filter((job) => job.recipients.includes(recipient)).map((job) => job.name),
				needed: needs.get(recipient) ?? [],
			};
		});
		return { secrets: await this.secrets.place(), keys, problems };
	}

	/** A key by its recipient, the beginning of it, or its name. @throws FirnError KEY_UNKNOWN */
	async find(text: string): Promise<KeyView> {
		const { keys } = await this.list();
		const exact = keys.find(({ recipient, name }) => recipient === text.toLowerCase() || name === text);
		if (exact) return exact;
		const begins = text.length < SHORTEST_PREFIX ? [] : keys.filter(({ recipient }) => recipient.startsWith(text));
		if (begins.length === 1) return begins[0]!;
		throw usageError(
			'KEY_UNKNOWN',
			begins.length > 1 ? `Several keys begin with ${text}.` : `There is no key ${safePrint(text)}.`,
			'firn key list shows them; give a recipient, its beginning, or a name.',
		);
	}

	/** One key, or all whose identities are kept here. @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD */
	async held(key: string | undefined): Promise<KeyView[]> {
		const keys = key === undefined ? (await this.list()).keys.filter(({ held }) => held) : [await this.find(key)];
		if (keys.length === 0) {
			throw usageError(
				'NO_IDENTITY',
				'This machine has no identity yet.',
				'firn key new makes one, and so does the first encrypted backup.',
			);
		}
		const absent = keys.find(({ held }) => !held);
		if (absent) throw notHeld(absent);
		return keys;
	}

	/** @throws FirnError KEY_NOT_HELD, VAULT_LOCKED… */
	async secretOf(key: KeyView): Promise<string> {
		const identity = await this.secrets.identityOf(key.recipient);
		if (identity === undefined) throw notHeld(key);
		return identity;
	}

	/** All jobs, also those that are no longer in the config, as their last runs had them. */
	jobs(): Job[] {
		const ran = this.#options.stateFiles().flatMap((file) => {
			try {
				return [readJobState(file).job];
			} catch (error) {
				if (error instanceof FirnError) return [];
				throw error;
			}
		});
		return [...new Map([...ran, ...this.#options.jobs()].map((job) => [job.id, job])).values()];
	}

	/** One damaged database must not hide the others. */
	async #groups(): Promise<{ groups: JobGroups[]; problems: PlainError[] }> {
		const groups: JobGroups[] = [];
		const problems: PlainError[] = [];
		for (const file of this.#options.stateFiles()) {
			try {
				groups.push(await groupsIn(file, () => this.secrets.identities()));
			} catch (error) {
				if (!(error instanceof FirnError)) throw error;
				// No run has begun in it, so nothing is stored.
				if (error.code !== 'STATE_EMPTY') problems.push(error.toPlain());
			}
		}
		return { groups, problems };
	}
}

/** How people know it. */
export function nameOf({ name, recipient }: KeyView): string {
	return name === null ? `the identity of ${recipient}` : `the identity ${name} (${recipient})`;
}

export function notHeld(key: KeyView): Error {
	return usageError(
		'KEY_NOT_HELD',
		`This machine does not have ${nameOf(key)}.`,
		'firn key import FILE takes it in, if you have it elsewhere.',
	);
}
