/** Identities in a plain file that is readable by its owner alone: for a server without keychain and passphrase. */

import { recipientOf } from '../archive/age/identity.ts';
import { usageError } from '../core/errors.ts';
import { addIdentities, identityFile, listIdentities, removeIdentity } from './identities.ts';
import { removeLeftovers } from './leftovers.ts';
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
		refuseForFile([...secrets.keys()]);
		addIdentities(this.#secretsDir, [...secrets.values()], new Date());
		removeLeftovers(this.place);
		const held = this.#all();
		for (const [name, secret] of secrets) if (held.get(name) !== secret) throw notReadBack(this.place, name);
	}

	async remove(names: string[]): Promise<void> {
		const held = this.#all();
		for (const name of names) if (held.has(name)) removeIdentity(this.#secretsDir, recipientNamed(name)!);
		removeLeftovers(this.place);
	}

	#all(): Map<string, string> {
		return new Map(listIdentities(this.#secretsDir).map((one) => [identityName(recipientOf(one)), one.toUpperCase()]));
	}
}

/** Only identities lie in plain files: age takes them so. @throws FirnError (usage) PLAIN_FILE_REFUSED */
export function refuseForFile(names: string[]): void {
	const other = names.find((name) => recipientNamed(name) === undefined);
	if (other === undefined) return;
	throw usageError(
		'PLAIN_FILE_REFUSED',
		`A plain file is no place for ${describeName(other)}.`,
		'firn key move --to vault (or keychain) makes a safer one.',
	);
}
