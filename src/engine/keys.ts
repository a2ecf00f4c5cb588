/** What the engine does about identities: lists, makes, takes in, gives out and forgets them. */

import { recipientOf } from '../archive/age/identity.ts';
import type { Job } from '../config/job.ts';
import type { Paths } from '../config/paths.ts';
import { FirnError, type PlainError, usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';
import type { KeyView, Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { parseIdentities } from '../secrets/identities.ts';
import { dropKeyFacts, isTimeToRemind, noteKeyFacts, readKeyFacts } from '../secrets/key-facts.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { readJobState } from '../state/job-state.ts';
import { groupsIn, type JobGroups, needsOf } from './key-needs.ts';
import { recoverySheet } from './recovery-sheet.ts';

export interface KeysOptions {
	paths: Paths;
	secrets: Secrets;
	jobs: () => Job[];
	/** The state databases of all jobs, also of those that are no longer in the config. */
	stateFiles: () => string[];
}

/** Any longer one of a recipient's beginnings names it. */
const SHORTEST_PREFIX = 8;
const LONGEST_NAME = 64;

export class Keys {
	readonly #options: KeysOptions;
	readonly #secrets: Secrets;
	readonly #secretsDir: string;

	constructor(options: KeysOptions) {
		this.#options = options;
		this.#secrets = options.secrets;
		this.#secretsDir = options.paths.secretsDir;
	}

	/** The identities kept here, then those that are not, but that archives or jobs need. */
	async list(): Promise<Results['keys']> {
		const held = this.#secrets.recipients();
		const facts = readKeyFacts(this.#secretsDir);
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
		return { secrets: await this.#secrets.place(), keys, problems };
	}

	/** Makes one more identity. @throws FirnError BAD_KEY_NAME, IDENTITY_NOT_STORED */
	async create({ name }: CheckedRequests['newKey']): Promise<Results['newKey']> {
		this.#checkName(name);
		const recipient = await this.#secrets.newIdentity();
		this.#note([recipient], 'made', name);
		return { key: await this.#find(recipient) };
	}

	/** What is known of one, and the secret itself with `reveal`. @throws FirnError KEY_UNKNOWN, KEY_NOT_HELD */
	async show({ key, reveal }: CheckedRequests['showKey']): Promise<Results['showKey']> {
		const found = await this.#find(key);
		return { key: found, ...(reveal ? { identity: await this.#secretOf(found) } : {}) };
	}

	/** Identities as age-keygen writes them, of one key or of all. @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD */
	async export({ key }: CheckedRequests['exportKeys']): Promise<Results['exportKeys']> {
		const keys = await this.#held(key);
		const blocks = keys.map(async (one) => {
			const about = [
				...(one.name === null ? [] : [`# name: ${one.name}`]),
				...(one.since === null ? [] : [`# created: ${one.since}`]),
				`# public key: ${one.recipient}`,
			];
			return `${about.join('\n')}\n${await this.#secretOf(one)}\n`;
		});
		return { content: (await Promise.all(blocks)).join(''), recipients: keys.map(({ recipient }) => recipient) };
	}

	/**
	 * The page to print, of one key or of all that are kept here; `stored` notes instead that it lies somewhere safe.
	 * @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD
	 */
	async recoverySheet({ key, stored }: CheckedRequests['recoverySheet']): Promise<Results['recoverySheet']> {
		const keys = await this.#held(key);
		if (stored) {
			const sheetStored = new Date().toISOString();
			for (const { recipient } of keys) noteKeyFacts(this.#secretsDir, recipient, { sheetStored });
			return { keys: await this.#held(key), text: '', identities: [] };
		}
		const sheetKeys = await Promise.all(keys.map(async (one) => ({ ...one, identity: await this.#secretOf(one) })));
		const jobs = [...new Map([...this.#jobsOfStates(), ...this.#options.jobs()].map((job) => [job.id, job])).values()];
		const sheetJobs = jobs.map((job) => ({
			...job,
			keys: keys.flatMap(({ jobs: writing, needed }, at) =>
				writing.includes(job.name) || needed.some((need) => need.job === job.name) ? [at + 1] : [],
			),
		}));
		const text = recoverySheet(
			sheetKeys,
			sheetJobs.filter((job) => job.keys.length > 0),
			new Date(),
		);
		return { keys, text, identities: sheetKeys.map(({ identity }) => identity) };
	}

	/** Recipients of keys made here of which no sheet is stored; none when there was a reminder within a day. */
	sheetReminder(): Results['sheetReminder'] {
		const facts = readKeyFacts(this.#secretsDir);
		const due = this.#secrets.recipients().filter((recipient) => {
			const { origin, sheetStored } = facts.get(recipient) ?? {};
			return origin !== 'imported' && sheetStored === undefined;
		});
		return { recipients: due.length > 0 && isTimeToRemind(this.#secretsDir, new Date()) ? due : [] };
	}

	/** Takes identities in. @throws FirnError BAD_IDENTITY, BAD_KEY_NAME, IDENTITY_NOT_STORED */
	async import({ content, name }: CheckedRequests['importKeys']): Promise<Results['importKeys']> {
		const identities = [...new Set(parseIdentities(content).map((line) => line.toUpperCase()))];
		if (name !== undefined && identities.length > 1) {
			throw usageError(
				'BAD_KEY_NAME',
				`One name was given for ${identities.length} identities.`,
				'Leave --name out, or take them in one by one.',
			);
		}
		this.#checkName(name);
		const added = await this.#secrets.addIdentities(identities);
		this.#note(added, 'imported', name);
		const { keys } = await this.list();
		const taken = identities.map(recipientOf);
		return {
			added: keys.filter(({ recipient }) => added.includes(recipient)),
			known: taken.filter((recipient) => !added.includes(recipient)),
		};
	}

	/**
	 * Forgets an identity. One that archives need goes only when their number is given.
	 * @throws FirnError KEY_UNKNOWN, KEY_NOT_HELD, KEY_NEEDED
	 */
	async remove({ key, losing }: CheckedRequests['removeKey']): Promise<Results['removeKey']> {
		const found = await this.#find(key);
		if (!found.held) throw notHeld(found);
		const lost = found.needed.reduce((sum, { alone }) => sum + alone, 0);
		const { problems } = await this.list();
		if (problems.length > 0 && losing !== lost) {
			throw usageError(
				'KEY_NEEDED',
				`Nobody can tell which archives need ${nameOf(found)}: ${problems[0]!.message}`,
				`If you have a copy, say --losing ${lost}.`,
			);
		}
		if (lost > 0 && losing !== lost) {
			const jobs = found.needed.filter(({ alone }) => alone > 0).map(({ job }) => job);
			throw usageError(
				'KEY_NEEDED',
				`Without ${nameOf(found)} nothing on this machine opens ${counted(lost, 'archive')} of ${jobs.join(', ')}.`,
				`Export it first: firn key export ${found.recipient} --to FILE. If you have a copy, say --losing ${lost}.`,
			);
		}
		await this.#secrets.removeIdentity(found.recipient);
		dropKeyFacts(this.#secretsDir, found.recipient);
		return { key: { ...found, held: false, isDefault: false } };
	}

	/** One key, or all whose identities are kept here. @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD */
	async #held(key: string | undefined): Promise<KeyView[]> {
		const keys = key === undefined ? (await this.list()).keys.filter(({ held }) => held) : [await this.#find(key)];
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

	/** Jobs as their last runs had them, also those that are no longer in the config. */
	#jobsOfStates(): Job[] {
		return this.#options.stateFiles().flatMap((file) => {
			try {
				return [readJobState(file).job];
			} catch (error) {
				if (error instanceof FirnError) return [];
				throw error;
			}
		});
	}

	/** One damaged database must not hide the others. */
	async #groups(): Promise<{ groups: JobGroups[]; problems: PlainError[] }> {
		const groups: JobGroups[] = [];
		const problems: PlainError[] = [];
		for (const file of this.#options.stateFiles()) {
			try {
				groups.push(await groupsIn(file, () => this.#secrets.identities()));
			} catch (error) {
				if (!(error instanceof FirnError)) throw error;
				// No run has begun in it, so nothing is stored.
				if (error.code !== 'STATE_EMPTY') problems.push(error.toPlain());
			}
		}
		return { groups, problems };
	}

	#note(recipients: string[], origin: 'made' | 'imported', name: string | undefined): void {
		const now = new Date();
		for (const recipient of recipients) {
			const named = name === undefined ? {} : { name };
			noteKeyFacts(this.#secretsDir, recipient, { ...named, since: now.toISOString(), origin });
		}
	}

	/** A key by its recipient, the beginning of it, or its name. */
	async #find(text: string): Promise<KeyView> {
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

	async #secretOf(key: KeyView): Promise<string> {
		const identity = await this.#secrets.identityOf(key.recipient);
		if (identity === undefined) throw notHeld(key);
		return identity;
	}

	#checkName(name: string | undefined): void {
		if (name === undefined) return;
		const isClean = name !== '' && name === name.trim() && name === safePrint(name) && name.length <= LONGEST_NAME;
		if (!isClean || /^(age1|age-secret-key-|-)/i.test(name)) {
			throw usageError(
				'BAD_KEY_NAME',
				`A key cannot be called "${safePrint(name.slice(0, LONGEST_NAME))}".`,
				`Use up to ${LONGEST_NAME} visible characters that do not begin like a key or an option.`,
			);
		}
		if ([...readKeyFacts(this.#secretsDir).values()].some((facts) => facts.name === name)) {
			throw usageError('BAD_KEY_NAME', `There is a key ${name} already.`, 'Choose another name.');
		}
	}
}

/** How people know it. */
function nameOf({ name, recipient }: KeyView): string {
	return name === null ? `the identity of ${recipient}` : `the identity ${name} (${recipient})`;
}

function notHeld(key: KeyView): Error {
	return usageError(
		'KEY_NOT_HELD',
		`This machine does not have ${nameOf(key)}.`,
		'firn key import FILE takes it in, if you have it elsewhere.',
	);
}
