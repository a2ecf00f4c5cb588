/** What the engine does about identities: makes, takes in, gives out and forgets them. */

import { recipientOf } from '../archive/age/identity.ts';
import { usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import { counted } from '../core/sizes.ts';
import type { Results } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { parseIdentities } from '../secrets/identities.ts';
import { dropKeyFacts, noteKeyFacts, readKeyFacts } from '../secrets/key-facts.ts';
import { type KeyRing, nameOf, notHeld } from './key-ring.ts';

const LONGEST_NAME = 64;

export class Keys {
	readonly #ring: KeyRing;

	constructor(ring: KeyRing) {
		this.#ring = ring;
	}

	/** Makes one more identity. @throws FirnError BAD_KEY_NAME, IDENTITY_NOT_STORED */
	async create({ name }: CheckedRequests['newKey']): Promise<Results['newKey']> {
		this.#checkName(name);
		const recipient = await this.#ring.secrets.newIdentity();
		this.#note([recipient], 'made', name);
		return { key: await this.#ring.find(recipient) };
	}

	/** What is known of one, and the secret itself with `reveal`. @throws FirnError KEY_UNKNOWN, KEY_NOT_HELD */
	async show({ key, reveal }: CheckedRequests['showKey']): Promise<Results['showKey']> {
		const found = await this.#ring.find(key);
		return { key: found, ...(reveal ? { identity: await this.#ring.secretOf(found) } : {}) };
	}

	/** Identities as age-keygen writes them, of one key or of all. @throws FirnError NO_IDENTITY, KEY_UNKNOWN, KEY_NOT_HELD */
	async export({ key }: CheckedRequests['exportKeys']): Promise<Results['exportKeys']> {
		const keys = await this.#ring.held(key);
		const blocks = keys.map(async (one) => {
			const about = [
				...(one.name === null ? [] : [`# name: ${one.name}`]),
				...(one.since === null ? [] : [`# created: ${one.since}`]),
				`# public key: ${one.recipient}`,
			];
			return `${about.join('\n')}\n${await this.#ring.secretOf(one)}\n`;
		});
		return { content: (await Promise.all(blocks)).join(''), recipients: keys.map(({ recipient }) => recipient) };
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
		const added = await this.#ring.secrets.addIdentities(identities);
		this.#note(added, 'imported', name);
		const [first] = identities.map(recipientOf);
		// One that is here already gets the name.
		if (name !== undefined && added.length === 0) noteKeyFacts(this.#ring.secretsDir, first!, { name });
		const { keys } = await this.#ring.list();
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
		const found = await this.#ring.find(key);
		if (!found.held) throw notHeld(found);
		const lost = found.needed.reduce((sum, { alone }) => sum + alone, 0);
		const { problems } = await this.#ring.list();
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
		await this.#ring.secrets.removeIdentity(found.recipient);
		dropKeyFacts(this.#ring.secretsDir, found.recipient);
		return { key: { ...found, held: false, isDefault: false } };
	}

	#note(recipients: string[], origin: 'made' | 'imported', name: string | undefined): void {
		const now = new Date();
		for (const recipient of recipients) {
			const named = name === undefined ? {} : { name };
			noteKeyFacts(this.#ring.secretsDir, recipient, { ...named, since: now.toISOString(), origin });
		}
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
		if ([...readKeyFacts(this.#ring.secretsDir).values()].some((facts) => facts.name === name)) {
			throw usageError('BAD_KEY_NAME', `There is a key ${name} already.`, 'Choose another name.');
		}
	}
}
