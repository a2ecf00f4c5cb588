/**
 * Where the secrets are: in which of the stores, why there, and under which names. Nothing here needs a secret but what
 * opens the vault.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Keychain } from './keychain/keychain.ts';
import { PlainFile } from './plain-file.ts';
import type { SecretStore, StoreKind } from './store.ts';
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

export const MOVED = 'firn key move put them there';

export class Placement {
	readonly file: PlainFile;
	readonly vault: Vault;
	readonly #options: SecretsOptions;
	/** Why the keychain cannot be used, once that was asked; null when it can. */
	#noKeychain: string | null | undefined;

	constructor(options: SecretsOptions) {
		this.#options = options;
		this.file = new PlainFile(options.secretsDir);
		this.vault = new Vault(join(options.secretsDir, 'vault.age'), options.workFactor);
	}

	/** Where the secrets are, and why. @throws FirnError SECRETS_INDEX_BROKEN */
	async describe(): Promise<SecretPlace> {
		const index = this.index();
		const store = this.kind();
		return {
			store,
			place: this.store(store).place,
			why: this.isVaultLost() ? 'there is no such file any more' : (index?.why ?? (await this.#whyPlain())),
			locked: store === 'vault' && this.vault.isLocked(),
			alsoIn: index?.alsoIn ?? (store !== 'file' && existsSync(this.file.place) ? 'file' : null),
		};
	}

	/** Whether the vault that held secrets is gone: a new one in its place would hide that. */
	isVaultLost(): boolean {
		const index = this.index();
		return index?.store === 'vault' && index.names.length > 0 && !this.vault.exists();
	}

	/** Whether there are secrets, or it is settled where they will be. */
	isSettled(): boolean {
		const files = [indexFile(this.#options.secretsDir), this.vault.place, this.file.place];
		return files.some((file) => existsSync(file));
	}

	/** @throws FirnError SECRETS_INDEX_BROKEN */
	index(): StoreIndex | undefined {
		return readStoreIndex(this.#options.secretsDir);
	}

	/** An index for what is there without one. */
	newIndex(): StoreIndex {
		const id = randomBytes(4).toString('hex');
		const lost = this.vault.exists();
		const why = lost ? 'a vault was found there' : MOVED;
		return { version: 1, id, store: lost ? 'vault' : 'file', why, names: [] };
	}

	kind(): StoreKind {
		return this.index()?.store ?? (this.vault.exists() ? 'vault' : 'file');
	}

	/** The names of all secrets. @throws FirnError SECRETS_INDEX_BROKEN, BAD_IDENTITY, VAULT_LOCKED when the index is lost */
	names(): string[] {
		const index = this.index();
		if (index ? index.store === 'file' : !this.vault.exists()) return this.file.names();
		// Whoever makes an identity because none is known must know.
		if (!index) throw vaultLocked(this.vault.place);
		return index.names;
	}

	/** The names in one of the stores; of a keychain, which cannot tell them, those in the index. */
	async namesIn(kind: StoreKind): Promise<string[]> {
		if (kind === 'file') return this.file.names();
		if (kind === 'vault') return this.vault.exists() ? this.vault.names() : [];
		return this.index()?.names ?? [];
	}

	store(kind: StoreKind, index = this.index()): SecretStore {
		if (kind === 'file') return this.file;
		return kind === 'vault' ? this.vault : this.#keychain(index ?? this.newIndex());
	}

	/** The store that holds them now. */
	current(): SecretStore {
		return this.store(this.kind());
	}

	/** Why the keychain cannot be used, one clause; null when it can. A secret is written to it, read and removed. */
	async whyNoKeychain(index: StoreIndex): Promise<string | null> {
		this.#noKeychain = (await this.#keychain(index).whyNot()) ?? null;
		return this.#noKeychain;
	}

	/** @throws FirnError IDENTITY_NOT_STORED */
	write(index: StoreIndex): void {
		writeStoreIndex(this.#options.secretsDir, index);
	}

	/** Changes the names in the index. */
	note(change: (names: string[]) => string[]): void {
		const index = this.index();
		if (!index || index.store === 'file') return;
		this.write({ ...index, names: change(index.names) });
	}

	/** Before the first secret: the safest place that can be used here. */
	async choose(): Promise<void> {
		if (this.isSettled()) return;
		const fresh = this.newIndex();
		const why = await this.whyNoKeychain(fresh);
		if (why === null) {
			createStoreIndex(this.#options.secretsDir, { ...fresh, store: 'keychain', why: 'it can be used here' });
			this.vault.forgetUnused();
			return;
		}
		await this.tryUnattended();
		if (!this.vault.hasPassphrase()) return;
		const reason = `there is no keychain that can be used (${why}), and a passphrase was given`;
		createStoreIndex(this.#options.secretsDir, { ...fresh, store: 'vault', why: reason });
	}

	/** With a passphrase that nobody has to be asked for. */
	async tryUnattended(): Promise<void> {
		if (this.vault.hasPassphrase()) return;
		const passphrase = await this.#options.passphrase?.();
		if (!passphrase) return;
		await this.vault.unlock(passphrase);
		await this.heal();
	}

	/** What an interrupted change has left out of the index, or all of it when that was lost. */
	async heal(): Promise<void> {
		if (this.kind() !== 'vault' || !this.vault.exists()) return;
		const index = this.index() ?? this.newIndex();
		const names = await this.vault.names();
		if (names.length === index.names.length && names.every((name, at) => name === index.names[at])) return;
		this.write({ ...index, names });
	}

	/** Why identities lie in a plain file. */
	async #whyPlain(): Promise<string> {
		const why = this.#noKeychain === undefined ? await this.whyNoKeychain(this.newIndex()) : this.#noKeychain;
		if (why === null) return 'they were there before there was a keychain; firn key move --to keychain';
		return `there is no keychain that can be used (${why}), and no passphrase was given for a vault`;
	}

	#keychain({ id }: StoreIndex): Keychain {
		const { env } = this.#options;
		return new Keychain({ id, ...(env ? { env } : {}) });
	}
}
