/**
 * The secrets of this machine, wherever they are kept. What is no secret (which identities there are) is known without
 * opening anything, so that backups go on while the secrets are locked.
 */

import { generateIdentity, recipientOf } from '../archive/age/identity.ts';
import { defaultRecipient } from './identities.ts';
import { PlainFile } from './plain-file.ts';
import { identityName, recipientNamed, type StoreKind } from './store.ts';

export interface SecretsOptions {
	secretsDir: string;
}

/** Where the secrets are, and why there. */
export interface SecretPlace {
	store: StoreKind;
	place: string;
}

export class Secrets {
	readonly #options: SecretsOptions;
	readonly #file: PlainFile;
	/** One change after the other. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: SecretsOptions) {
		this.#options = options;
		this.#file = new PlainFile(options.secretsDir);
	}

	/** The recipients whose identities are kept here; the first is the one that new jobs write to. */
	recipients(): string[] {
		return this.#file.names().flatMap((name) => recipientNamed(name) ?? []);
	}

	place(): SecretPlace {
		return { store: this.#file.kind, place: this.#file.place };
	}

	/** All identities; none on a machine that only writes. @throws FirnError BAD_IDENTITY, SECRET_MISSING */
	async identities(): Promise<string[]> {
		const names = this.recipients().map(identityName);
		const held = await this.#file.get(names);
		return names.map((name) => held.get(name)!);
	}

	/** The identity of a recipient, or undefined when it is not kept here. @throws as identities() */
	async identityOf(recipient: string): Promise<string | undefined> {
		if (!this.recipients().includes(recipient)) return undefined;
		return (await this.#file.get([identityName(recipient)])).values().next().value;
	}

	/** The recipient that new jobs write to; its identity is made if there is none. @throws FirnError IDENTITY_NOT_STORED */
	async defaultRecipient(now: Date): Promise<string> {
		return this.#exclusive(async () => defaultRecipient(this.#options.secretsDir, now));
	}

	/** Makes one more identity. @returns its recipient */
	async newIdentity(): Promise<string> {
		const { identity, recipient } = generateIdentity();
		await this.addIdentities([identity]);
		return recipient;
	}

	/** Keeps identities; those that are known count once. @returns the recipients of those that were new */
	async addIdentities(identities: string[]): Promise<string[]> {
		return this.#exclusive(async () => {
			const known = new Set(this.recipients());
			const added = new Map(identities.map((one) => [identityName(recipientOf(one)), one.toUpperCase()]));
			for (const recipient of known) added.delete(identityName(recipient));
			if (added.size > 0) await this.#file.set(added);
			return [...added.keys()].flatMap((name) => recipientNamed(name) ?? []);
		});
	}

	/** Forgets an identity. What it alone opens cannot be read on this machine from then on. */
	async removeIdentity(recipient: string): Promise<void> {
		await this.#exclusive(() => this.#file.remove([identityName(recipient)]));
	}

	#exclusive<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#last.then(change);
		this.#last = done.catch(() => {});
		return done;
	}
}
