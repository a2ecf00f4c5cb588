/** Identities in a plain file that is readable by its owner alone: for a server without keychain and passphrase. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { recipientOf } from '../archive/age/identity.ts';
import { usageError } from '../core/errors.ts';
import { addIdentities, identityFile, listIdentities, removeIdentity } from './identities.ts';
import { describeName, identityName, notReadBack, recipientNamed, type SecretStore, secretMissing } from './store.ts';

export class PlainFile implements SecretStore {
	readonly kind = 'file';
	readonly place: string;
	readonly #secretsDir: string;

	constructor(secretsDir: string) {
		this.#secretsDir = secretsDir;
		this.place = identityFile(secretsDir);
	}

	/** The file may be edited by hand, so it is its own index. @throws FirnError BAD_IDENTITY */
	names(): string[] {
		return listIdentities(this.#secretsDir).map((identity) => identityName(recipientOf(identity)));
	}

	async get(names: string[]): Promise<Map<string, string>> {
		const held = this.#all();
		return new Map(
			names.map((name) => {
				const identity = held.get(name);
				if (identity === undefined) throw secretMissing(this.place, name, 'Take it in again with firn key import.');
				return [name, identity];
			}),
		);
	}

	async set(secrets: ReadonlyMap<string, string>): Promise<void> {
		const other = [...secrets.keys()].find((name) => recipientNamed(name) === undefined);
		if (other !== undefined) {
			throw usageError(
				'PLAIN_FILE_REFUSED',
				`${describeName(other)} is not kept in a plain file.`,
				'firn key move --to vault (or keychain) makes a safer place.',
			);
		}
		addIdentities(this.#secretsDir, [...secrets.values()], new Date());
		const held = this.#all();
		for (const [name, secret] of secrets) if (held.get(name) !== secret) throw notReadBack(this.place, name);
	}

	async remove(names: string[]): Promise<void> {
		const held = this.#all();
		for (const name of names) if (held.has(name)) removeIdentity(this.#secretsDir, recipientNamed(name)!);
		this.#removeLeftovers();
	}

	#all(): Map<string, string> {
		return new Map(listIdentities(this.#secretsDir).map((one) => [identityName(recipientOf(one)), one.toUpperCase()]));
	}

	/** A process that was killed while it wrote the file has left a copy with the identities. */
	#removeLeftovers(): void {
		const folder = dirname(this.place);
		if (!existsSync(folder)) return;
		for (const name of readdirSync(folder)) {
			if (name.startsWith(`${basename(this.place)}.`) && name.endsWith('.new')) rmSync(join(folder, name));
		}
	}
}
