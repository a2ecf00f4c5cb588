/**
 * A vault: one file with all secrets under a passphrase, which `age -d` opens too. What it holds is kept in memory once
 * it was opened; what others have written to the file meanwhile is never lost.
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openWithPassphrase, sealWithPassphrase, WORK_FACTOR } from '../../archive/age/passphrase.ts';
import { createDurably } from '../../core/create-durably.ts';
import { syncFolder, writeDurably } from '../../core/durable-file.ts';
import { errnoCode, FirnError } from '../../core/errors.ts';
import { removeLeftovers } from '../leftovers.ts';
import { notReadBack, type SecretStore, secretMissing } from '../store.ts';
import { formatContents, parseContents } from './contents.ts';
import {
	passphraseNeeded,
	vaultChanged,
	vaultDamaged,
	vaultLocked,
	vaultMissing,
	vaultNotStored,
	wrongPassphrase,
} from './errors.ts';

/** A passphrase, and where it came from, which errors tell. */
export interface Passphrase {
	text: string;
	source: string;
}

interface Opened {
	/** The file as it was. */
	sealed: Buffer;
	secrets: Map<string, string>;
}

export class Vault implements SecretStore {
	readonly kind = 'vault';
	readonly place: string;
	readonly #workFactor: number;
	#passphrase: Passphrase | undefined;
	#opened: Opened | undefined;

	constructor(file: string, workFactor: number = WORK_FACTOR) {
		this.place = file;
		this.#workFactor = workFactor;
	}

	exists(): boolean {
		return existsSync(this.place);
	}

	isLocked(): boolean {
		return this.exists() && this.#opened === undefined;
	}

	/** Whether a passphrase is known, be it for a vault that is still to be made. */
	hasPassphrase(): boolean {
		return this.#passphrase !== undefined;
	}

	/**
	 * Opens the vault, or keeps the passphrase for the one that will be made.
	 * @throws FirnError VAULT_WRONG_PASSPHRASE, VAULT_DAMAGED
	 */
	async unlock(passphrase: Passphrase): Promise<void> {
		const sealed = this.#read();
		if (sealed) this.#opened = await this.#open(sealed, passphrase);
		this.#passphrase = passphrase;
	}

	/** Whether it can be read and written now. @throws FirnError PASSPHRASE_NEEDED, VAULT_LOCKED, VAULT_DAMAGED */
	async ready(): Promise<void> {
		if (this.exists()) await this.#current();
		else if (!this.#passphrase) throw passphraseNeeded(this.place);
	}

	/** @throws FirnError VAULT_LOCKED, VAULT_DAMAGED */
	async names(): Promise<string[]> {
		return [...(await this.#current()).secrets.keys()];
	}

	async get(names: string[]): Promise<Map<string, string>> {
		if (names.length === 0) return new Map();
		const { secrets } = await this.#current();
		const guidance = 'Take it in again, such as with firn key import.';
		return new Map(
			names.map((name) => {
				const secret = secrets.get(name);
				if (secret === undefined) throw secretMissing(this.place, name, guidance);
				return [name, secret];
			}),
		);
	}

	/** @throws FirnError PASSPHRASE_NEEDED when there is no vault yet, VAULT_LOCKED, VAULT_CHANGED, VAULT_NOT_STORED */
	async set(secrets: ReadonlyMap<string, string>): Promise<void> {
		const before = this.exists() ? await this.#current() : undefined;
		await this.#write(new Map([...(before?.secrets ?? []), ...secrets]), before?.sealed);
	}

	async remove(names: string[]): Promise<void> {
		if (!this.exists()) return;
		const { secrets, sealed } = await this.#current();
		const left = new Map([...secrets].filter(([name]) => !names.includes(name)));
		if (left.size < secrets.size) await this.#write(left, sealed);
	}

	/** @throws FirnError VAULT_LOCKED, VAULT_CHANGED, VAULT_NOT_STORED; the old passphrase holds then */
	async changePassphrase(passphrase: Passphrase): Promise<void> {
		const { secrets, sealed } = await this.#current();
		const before = this.#passphrase;
		this.#passphrase = passphrase;
		try {
			await this.#write(secrets, sealed);
		} catch (error) {
			this.#passphrase = before;
			throw error;
		}
	}

	/** Keeps the passphrase no longer when there is no vault: the next one is made with the one that is given then. */
	forgetUnused(): void {
		if (!this.exists()) this.#passphrase = undefined;
	}

	/** Removes the file; its secrets are elsewhere. */
	discard(): void {
		rmSync(this.place, { force: true });
		removeLeftovers(this.place);
		this.#opened = undefined;
	}

	/** What the file holds now. */
	async #current(): Promise<Opened> {
		if (!this.#passphrase) throw vaultLocked(this.place);
		const sealed = this.#read();
		if (!sealed) throw vaultMissing(this.place);
		if (!this.#opened?.sealed.equals(sealed)) this.#opened = await this.#reopen(sealed, this.#passphrase);
		return this.#opened;
	}

	#read(): Buffer | undefined {
		try {
			return readFileSync(this.place);
		} catch (error) {
			if (errnoCode(error) === 'ENOENT') return undefined;
			throw new FirnError('VAULT_UNREADABLE', `The vault ${this.place} cannot be read (${errnoCode(error)}).`, {
				guidance: 'It must be readable by you.',
				retry: 'later',
				cause: error,
			});
		}
	}

	/** Somebody else has written it, maybe with another passphrase. */
	async #reopen(sealed: Buffer, passphrase: Passphrase): Promise<Opened> {
		try {
			return await this.#open(sealed, passphrase);
		} catch (error) {
			if (!(error instanceof FirnError) || error.code !== 'VAULT_WRONG_PASSPHRASE') throw error;
			this.#passphrase = undefined;
			this.#opened = undefined;
			throw vaultLocked(this.place);
		}
	}

	async #open(sealed: Buffer, { text, source }: Passphrase): Promise<Opened> {
		try {
			return { sealed, secrets: parseContents((await openWithPassphrase(text, sealed)).toString('utf8')) };
		} catch (error) {
			if (error instanceof FirnError && error.code === 'WRONG_PASSPHRASE') throw wrongPassphrase(this.place, source);
			throw vaultDamaged(this.place, error);
		}
	}

	/** `before`: the file that this takes the place of; undefined when there must be none. */
	async #write(secrets: Map<string, string>, before: Buffer | undefined): Promise<void> {
		if (!this.#passphrase) throw passphraseNeeded(this.place);
		const sealed = await sealWithPassphrase(
			this.#passphrase.text,
			Buffer.from(formatContents(secrets)),
			this.#workFactor,
		);
		// The new one is proven before it takes the place of the old one.
		const proven = (await this.#open(sealed, this.#passphrase)).secrets;
		for (const [name, secret] of secrets) if (proven.get(name) !== secret) throw notReadBack(this.place, name);
		const now = this.#read();
		const isUntouched = before === undefined ? now === undefined : now?.equals(before) === true;
		if (!isUntouched) throw vaultChanged(this.place);
		try {
			if (before !== undefined) writeDurably(this.place, sealed);
			else if (!createDurably(this.place, sealed)) throw vaultChanged(this.place);
		} catch (error) {
			throw error instanceof FirnError ? error : vaultNotStored(this.place, error);
		}
		if (!this.#read()?.equals(sealed)) throw vaultNotStored(this.place);
		this.#opened = { sealed, secrets };
		removeLeftovers(this.place);
		syncFolder(dirname(this.place));
	}
}
