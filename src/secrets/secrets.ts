/**
 * The secrets of this machine, wherever they are kept. What is no secret (which identities there are) is known without
 * opening anything, so that backups go on while the secrets are locked.
 */

import { existsSync } from 'node:fs';
import { generateIdentity, recipientOf } from '../archive/age/identity.ts';
import { usageError } from '../core/errors.ts';
import { defaultRecipient } from './identities.ts';
import { moveSecrets } from './move.ts';
import { MOVED, Placement, type SecretPlace, type SecretsOptions } from './placement.ts';
import { refuseForFile } from './plain-file.ts';
import { identityName, recipientNamed, type StoreKind } from './store.ts';
import { vaultMissing } from './vault/errors.ts';
import type { Passphrase } from './vault/vault.ts';

export class Secrets {
	readonly #secretsDir: string;
	readonly #at: Placement;
	/** One thing after the other, so that nobody reads while secrets move. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: SecretsOptions) {
		this.#secretsDir = options.secretsDir;
		this.#at = new Placement(options);
	}

	/**
	 * The recipients whose identities are kept here; the first is the one that new jobs write to.
	 * @throws FirnError SECRETS_INDEX_BROKEN, BAD_IDENTITY, VAULT_LOCKED when the index of a vault is lost
	 */
	recipients(): string[] {
		return recipientsIn(this.names());
	}

	/** Where the secrets are, for people. */
	where(): string {
		return this.#at.current().place;
	}

	/** Where the secrets are, and why. @throws FirnError SECRETS_INDEX_BROKEN */
	place(): Promise<SecretPlace> {
		return this.#at.describe();
	}

	/** Whether there are secrets, or it is settled where they will be. */
	isSettled(): boolean {
		return this.#at.isSettled();
	}

	/** All identities; none on a machine that only writes. @throws FirnError VAULT_LOCKED, KEYCHAIN_LOCKED, SECRET_MISSING… */
	async identities(): Promise<string[]> {
		return this.#exclusive(async () => {
			const names = this.recipients().map(identityName);
			const held = await this.#get(names);
			return names.map((name) => held.get(name)!);
		});
	}

	/** The identity of a recipient, or undefined when it is not kept here. @throws as identities() */
	async identityOf(recipient: string): Promise<string | undefined> {
		return this.secret(identityName(recipient));
	}

	/** A secret by its name, such as `s3/NAME`; undefined when there is none. @throws as identities() */
	async secret(name: string): Promise<string | undefined> {
		return this.#exclusive(async () => (this.names().includes(name) ? (await this.#get([name])).get(name) : undefined));
	}

	/** The names of all secrets. They are none themselves. @throws as recipients() */
	names(): string[] {
		return this.#at.names();
	}

	/** Keeps a secret under a name, in place of the one before. @throws FirnError PLAIN_FILE_REFUSED, VAULT_LOCKED… */
	async keep(name: string, secret: string): Promise<void> {
		await this.#exclusive(() => this.#set(new Map([[name, secret]])));
	}

	/** Makes sure that a secret of this name could be kept now. @throws FirnError as keep() */
	async makeReady(name: string): Promise<void> {
		await this.#exclusive(async () => {
			await this.#at.choose();
			await this.#at.tryUnattended();
			const kind = this.#at.kind();
			if (kind === 'file') refuseForFile([name]);
			if (kind === 'vault' && !this.#at.isVaultLost()) await this.#at.vault.ready();
		});
	}

	/** Forgets a secret. @throws FirnError MOVE_UNFINISHED, VAULT_LOCKED, KEYCHAIN_LOCKED… */
	async forget(name: string): Promise<void> {
		await this.#exclusive(async () => {
			const index = this.#at.index();
			if (index?.alsoIn !== undefined) {
				throw usageError(
					'MOVE_UNFINISHED',
					`A move between ${index.store} and ${index.alsoIn} was interrupted.`,
					`firn key move --to ${index.store} or --to ${index.alsoIn} ends it.`,
				);
			}
			await this.#at.current().remove([name]);
			this.#at.note((names) => names.filter((one) => one !== name));
		});
	}

	/** The recipient that new jobs write to; its identity is made if there is none. @throws FirnError IDENTITY_NOT_STORED… */
	async defaultRecipient(now: Date): Promise<string> {
		const existing = this.recipients()[0];
		if (existing !== undefined) return existing;
		return this.#exclusive(async () => {
			await this.#at.choose();
			// The file is the only place that processes may race for.
			if (this.#at.kind() === 'file') return defaultRecipient(this.#secretsDir, now);
			const first = this.recipients()[0];
			if (first !== undefined) return first;
			const { identity, recipient } = generateIdentity();
			await this.#set(new Map([[identityName(recipient), identity]]));
			return recipient;
		});
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
			const given = new Map(identities.map((one) => [identityName(recipientOf(one)), one.toUpperCase()]));
			const names = this.names();
			const added = [...given.keys()].filter((name) => !names.includes(name));
			// A keychain or vault may have lost what the index names, and this is how it gets it back. A file is its own index.
			if (added.length > 0 || this.#at.kind() !== 'file') await this.#set(given);
			return recipientsIn(added);
		});
	}

	/** Forgets an identity. What it alone opens cannot be read on this machine from then on. @throws as forget() */
	async removeIdentity(recipient: string): Promise<void> {
		await this.forget(identityName(recipient));
	}

	/**
	 * Opens the vault; without one the passphrase is kept, in memory only, for the vault that is made next.
	 * @throws FirnError VAULT_WRONG_PASSPHRASE, VAULT_DAMAGED
	 */
	async unlock(passphrase: Passphrase): Promise<void> {
		await this.#exclusive(async () => {
			await this.#at.vault.unlock(passphrase);
			await this.#at.heal();
		});
	}

	/** @throws FirnError PASSPHRASE_NEEDED, VAULT_LOCKED, VAULT_DAMAGED */
	async openVault(): Promise<void> {
		await this.#exclusive(async () => {
			await this.#at.tryUnattended();
			await this.#at.vault.ready();
		});
	}

	/** @throws FirnError NO_VAULT, VAULT_LOCKED, VAULT_NOT_STORED; the old passphrase holds then */
	async changePassphrase(passphrase: Passphrase): Promise<void> {
		await this.#exclusive(async () => {
			if (!this.#at.vault.exists()) {
				throw usageError(
					'NO_VAULT',
					'There is no vault whose passphrase could be changed.',
					'firn key move --to vault makes one.',
				);
			}
			await this.#at.tryUnattended();
			await this.#at.vault.changePassphrase(passphrase);
		});
	}

	/** Moves all secrets. @returns how many there are @throws as moveSecrets(), FirnError KEYCHAIN_UNUSABLE */
	async move(to: StoreKind): Promise<number> {
		return this.#exclusive(() => this.#move(to).finally(() => this.#at.vault.forgetUnused()));
	}

	async #move(to: StoreKind): Promise<number> {
		await this.#at.tryUnattended();
		const index = this.#at.index() ?? this.#at.newIndex();
		if (to === 'vault' || (index.store === 'vault' && !this.#at.isVaultLost())) await this.#at.vault.ready();
		if (to === 'file') refuseForFile(this.names());
		if (to === 'keychain' && index.store !== 'keychain') {
			const why = await this.#at.whyNoKeychain(index);
			if (why !== null) {
				throw usageError(
					'KEYCHAIN_UNUSABLE',
					`The keychain cannot be used: ${why}.`,
					'Nothing was moved. firn key move --to vault needs no keychain.',
				);
			}
		}
		const stray = index.store !== 'file' && existsSync(this.#at.file.place) && index.alsoIn === undefined;
		const alsoIn = stray ? { alsoIn: 'file' as const } : {};
		return moveSecrets(
			{
				index: { ...index, ...alsoIn },
				namesIn: async (kind) => this.#at.namesIn(kind),
				store: (kind) => this.#at.store(kind, index),
				write: (next) => this.#at.write(next),
				discardVault: () => this.#at.vault.discard(),
			},
			to,
			MOVED,
		);
	}

	async #get(names: string[]): Promise<Map<string, string>> {
		if (names.length === 0) return new Map();
		await this.#at.tryUnattended();
		return this.#at.current().get(names);
	}

	async #set(secrets: Map<string, string>): Promise<void> {
		await this.#at.choose();
		await this.#at.tryUnattended();
		if (this.#at.isVaultLost()) throw vaultMissing(this.#at.vault.place);
		await this.#at.current().set(secrets);
		this.#at.note((names) => [...names, ...[...secrets.keys()].filter((name) => !names.includes(name))]);
	}

	#exclusive<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#last.then(change);
		this.#last = done.catch(() => {});
		return done;
	}
}

function recipientsIn(names: string[]): string[] {
	return names.flatMap((name) => recipientNamed(name) ?? []);
}
