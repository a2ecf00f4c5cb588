/**
 * The secrets of this machine, wherever they are kept. What is no secret (which identities there are) is known without
 * opening anything, so that backups go on while the secrets are locked.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, recipientOf } from '../archive/age/identity.ts';
import { usageError } from '../core/errors.ts';
import { defaultRecipient } from './identities.ts';
import { Keychain } from './keychain/keychain.ts';
import { moveSecrets } from './move.ts';
import { PlainFile, refuseForFile } from './plain-file.ts';
import { identityName, recipientNamed, type SecretStore, type StoreKind } from './store.ts';
import { createStoreIndex, indexFile, readStoreIndex, type StoreIndex, writeStoreIndex } from './store-index.ts';
import { vaultLocked } from './vault/errors.ts';
import { type Passphrase, Vault } from './vault/vault.ts';

export interface SecretsOptions {
	secretsDir: string;
	/** Where the keychain is looked for. */
	env?: NodeJS.ProcessEnv;
	/** Of the vault; age's if it is not given. */
	workFactor?: number;
	/** A passphrase that can be had without a person, for an engine that nobody talks to. */
	passphrase?: () => Promise<Passphrase | undefined>;
}

/** Where the secrets are, and why there. */
export interface SecretPlace {
	store: StoreKind;
	/** A file, or the keychain, for people. */
	place: string;
	/** One clause. */
	why: string;
	/** A passphrase is needed before a secret can be had. */
	locked: boolean;
	/** A move was interrupted: copies may lie there too. */
	alsoIn: StoreKind | null;
}

const MOVED = 'firn key move put them there';

export class Secrets {
	readonly #options: SecretsOptions;
	readonly #file: PlainFile;
	readonly #vault: Vault;
	/** Why the keychain cannot be used, once that was asked; null when it can. */
	#noKeychain: string | null | undefined;
	/** One change after the other. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: SecretsOptions) {
		this.#options = options;
		this.#file = new PlainFile(options.secretsDir);
		this.#vault = new Vault(join(options.secretsDir, 'vault.age'), options.workFactor);
	}

	/**
	 * The recipients whose identities are kept here; the first is the one that new jobs write to.
	 * @throws FirnError SECRETS_INDEX_BROKEN, BAD_IDENTITY, VAULT_LOCKED when the index of a vault is lost
	 */
	recipients(): string[] {
		return recipientsIn(this.#names());
	}

	/** Where the secrets are, for people. */
	where(): string {
		return this.#current().place;
	}

	/** Where the secrets are, and why. @throws FirnError SECRETS_INDEX_BROKEN */
	async place(): Promise<SecretPlace> {
		const index = this.#index();
		const store = index?.store ?? (this.#vault.exists() ? 'vault' : 'file');
		return {
			store,
			place: this.#store(store).place,
			why: index?.why ?? (await this.#whyPlain()),
			locked: store === 'vault' && this.#vault.isLocked(),
			alsoIn: index?.alsoIn ?? (store !== 'file' && existsSync(this.#file.place) ? 'file' : null),
		};
	}

	/** All identities; none on a machine that only writes. @throws FirnError VAULT_LOCKED, KEYCHAIN_LOCKED, SECRET_MISSING… */
	async identities(): Promise<string[]> {
		const names = this.recipients().map(identityName);
		const held = await this.#get(names);
		return names.map((name) => held.get(name)!);
	}

	/** The identity of a recipient, or undefined when it is not kept here. @throws as identities() */
	async identityOf(recipient: string): Promise<string | undefined> {
		return this.secret(identityName(recipient));
	}

	/** A secret by its name, such as `s3/NAME`; undefined when there is none. @throws as identities() */
	async secret(name: string): Promise<string | undefined> {
		return this.#names().includes(name) ? (await this.#get([name])).get(name) : undefined;
	}

	/** The names of all secrets. They are none themselves. @throws as recipients() */
	names(): string[] {
		return this.#names();
	}

	/** Keeps a secret under a name, in place of the one before. @throws FirnError PLAIN_FILE_REFUSED, VAULT_LOCKED… */
	async keep(name: string, secret: string): Promise<void> {
		await this.#exclusive(() => this.#set(new Map([[name, secret]])));
	}

	/** Forgets a secret. @throws FirnError MOVE_UNFINISHED, VAULT_LOCKED, KEYCHAIN_LOCKED… */
	async forget(name: string): Promise<void> {
		await this.#exclusive(async () => {
			const index = this.#index();
			if (index?.alsoIn !== undefined) {
				throw usageError(
					'MOVE_UNFINISHED',
					`A move between ${index.store} and ${index.alsoIn} was interrupted.`,
					`firn key move --to ${index.store} or --to ${index.alsoIn} ends it.`,
				);
			}
			await this.#current().remove([name]);
			this.#note((names) => names.filter((one) => one !== name));
		});
	}

	/** The recipient that new jobs write to; its identity is made if there is none. @throws FirnError IDENTITY_NOT_STORED… */
	async defaultRecipient(now: Date): Promise<string> {
		const existing = this.recipients()[0];
		if (existing !== undefined) return existing;
		return this.#exclusive(async () => {
			await this.#choose();
			// The file is the only place that processes may race for.
			if (this.#kind() === 'file') return defaultRecipient(this.#options.secretsDir, now);
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
			const added = new Map(identities.map((one) => [identityName(recipientOf(one)), one.toUpperCase()]));
			for (const name of this.#names()) added.delete(name);
			if (added.size > 0) await this.#set(added);
			return recipientsIn([...added.keys()]);
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
			await this.#vault.unlock(passphrase);
			await this.#heal();
		});
	}

	/** Whether there are secrets, or it is settled where they will be. */
	isSettled(): boolean {
		const files = [indexFile(this.#options.secretsDir), this.#vault.place, this.#file.place];
		return files.some((file) => existsSync(file));
	}

	/** @throws FirnError PASSPHRASE_NEEDED, VAULT_LOCKED, VAULT_DAMAGED */
	async openVault(): Promise<void> {
		await this.#exclusive(async () => {
			await this.#tryUnattended();
			await this.#vault.ready();
		});
	}

	/** @throws FirnError NO_VAULT, VAULT_LOCKED, VAULT_NOT_STORED; the old passphrase holds then */
	async changePassphrase(passphrase: Passphrase): Promise<void> {
		await this.#exclusive(async () => {
			if (!this.#vault.exists()) {
				throw usageError(
					'NO_VAULT',
					'There is no vault whose passphrase could be changed.',
					'firn key move --to vault makes one.',
				);
			}
			await this.#tryUnattended();
			await this.#vault.changePassphrase(passphrase);
		});
	}

	/** Moves all secrets. @returns how many there are @throws as moveSecrets(), FirnError KEYCHAIN_UNUSABLE */
	async move(to: StoreKind): Promise<number> {
		return this.#exclusive(async () => {
			await this.#tryUnattended();
			const index = this.#index() ?? this.#newIndex();
			if (to === 'vault' || index.store === 'vault') await this.#vault.ready();
			if (to === 'file') refuseForFile(this.#names());
			if (to === 'keychain' && index.store !== 'keychain') {
				this.#noKeychain = (await this.#keychain(index).whyNot()) ?? null;
				if (this.#noKeychain !== null) {
					throw usageError(
						'KEYCHAIN_UNUSABLE',
						`The keychain cannot be used: ${this.#noKeychain}.`,
						'Nothing was moved. firn key move --to vault needs no keychain.',
					);
				}
			}
			const stray = index.store !== 'file' && existsSync(this.#file.place) && index.alsoIn === undefined;
			const alsoIn = stray ? { alsoIn: 'file' as const } : {};
			return moveSecrets(
				{
					index: { ...index, ...alsoIn },
					namesIn: async (kind) => this.#namesIn(kind),
					store: (kind) => this.#store(kind, index),
					write: (next) => writeStoreIndex(this.#options.secretsDir, next),
					discardVault: () => this.#vault.discard(),
				},
				to,
				MOVED,
			);
		});
	}

	#index(): StoreIndex | undefined {
		return readStoreIndex(this.#options.secretsDir);
	}

	/** An index for what is there without one. */
	#newIndex(): StoreIndex {
		const id = randomBytes(4).toString('hex');
		const lost = this.#vault.exists();
		const why = lost ? 'a vault was found there' : MOVED;
		return { version: 1, id, store: lost ? 'vault' : 'file', why, names: [] };
	}

	#kind(): StoreKind {
		return this.#index()?.store ?? (this.#vault.exists() ? 'vault' : 'file');
	}

	#names(): string[] {
		const index = this.#index();
		if (index ? index.store === 'file' : !this.#vault.exists()) return this.#file.names();
		// Whoever makes an identity because none is known must know.
		if (!index) throw vaultLocked(this.#vault.place);
		return index.names;
	}

	async #namesIn(kind: StoreKind): Promise<string[]> {
		if (kind === 'file') return this.#file.names();
		if (kind === 'vault') return this.#vault.exists() ? this.#vault.names() : [];
		return this.#index()?.names ?? [];
	}

	#store(kind: StoreKind, index = this.#index()): SecretStore {
		if (kind === 'file') return this.#file;
		return kind === 'vault' ? this.#vault : this.#keychain(index ?? this.#newIndex());
	}

	#current(): SecretStore {
		return this.#store(this.#kind());
	}

	#keychain({ id }: StoreIndex): Keychain {
		const { env } = this.#options;
		return new Keychain({ id, ...(env ? { env } : {}) });
	}

	async #get(names: string[]): Promise<Map<string, string>> {
		if (names.length === 0) return new Map();
		await this.#tryUnattended();
		return this.#current().get(names);
	}

	async #set(secrets: Map<string, string>): Promise<void> {
		await this.#choose();
		await this.#tryUnattended();
		await this.#current().set(secrets);
		this.#note((names) => [...names, ...[...secrets.keys()].filter((name) => !names.includes(name))]);
	}

	/** Changes the names in the index. */
	#note(change: (names: string[]) => string[]): void {
		const index = this.#index();
		if (!index || index.store === 'file') return;
		writeStoreIndex(this.#options.secretsDir, { ...index, names: change(index.names) });
	}

	/** Before the first secret: the safest place that can be used here. */
	async #choose(): Promise<void> {
		if (this.isSettled()) return;
		const fresh = this.#newIndex();
		const why = await this.#keychain(fresh).whyNot();
		this.#noKeychain = why ?? null;
		if (why === undefined) {
			createStoreIndex(this.#options.secretsDir, { ...fresh, store: 'keychain', why: 'it can be used here' });
			return;
		}
		await this.#tryUnattended();
		if (!this.#vault.hasPassphrase()) return;
		const reason = `there is no keychain that can be used (${why}), and a passphrase was given`;
		createStoreIndex(this.#options.secretsDir, { ...fresh, store: 'vault', why: reason });
	}

	/** With a passphrase that nobody has to be asked for. */
	async #tryUnattended(): Promise<void> {
		if (this.#vault.hasPassphrase()) return;
		const passphrase = await this.#options.passphrase?.();
		if (!passphrase) return;
		await this.#vault.unlock(passphrase);
		await this.#heal();
	}

	/** What an interrupted change has left out of the index, or all of it when that was lost. */
	async #heal(): Promise<void> {
		if (this.#kind() !== 'vault' || !this.#vault.exists()) return;
		const index = this.#index() ?? this.#newIndex();
		const names = await this.#vault.names();
		if (names.length === index.names.length && names.every((name, at) => name === index.names[at])) return;
		writeStoreIndex(this.#options.secretsDir, { ...index, names });
	}

	/** Why identities lie in a plain file. */
	async #whyPlain(): Promise<string> {
		if (this.#noKeychain === undefined) this.#noKeychain = (await this.#keychain(this.#newIndex()).whyNot()) ?? null;
		if (this.#noKeychain === null) return 'they were there before there was a keychain; firn key move --to keychain';
		return `there is no keychain that can be used (${this.#noKeychain}), and no passphrase was given for a vault`;
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
