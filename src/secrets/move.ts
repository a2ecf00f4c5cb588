/**
 * Moves all secrets from one store to another. At every moment the store that the index names holds them all, and where
 * copies may be left is in the index too: a move that was interrupted goes on when it is asked for again.
 */

import { usageError } from '../core/errors.ts';
import type { SecretStore, StoreKind } from './store.ts';
import type { StoreIndex } from './store-index.ts';

export interface Places {
	index: StoreIndex;
	/** The names of the secrets in a store; of a keychain those that the index knows. */
	namesIn: (kind: StoreKind) => Promise<string[]>;
	store: (kind: StoreKind) => SecretStore;
	write: (index: StoreIndex) => void;
	discardVault: () => void;
}

/**
 * @returns how many secrets there are now
 * @throws FirnError MOVE_UNFINISHED, PLAIN_FILE_REFUSED, and those of the stores; nothing is lost then
 */
export async function moveSecrets(places: Places, to: StoreKind, why: string): Promise<number> {
	let { index } = places;
	const write = (next: StoreIndex) => {
		index = next;
		places.write(next);
	};
	if (index.alsoIn !== undefined && index.alsoIn !== to && index.store !== to) {
		throw usageError(
			'MOVE_UNFINISHED',
			`A move between ${index.store} and ${index.alsoIn} was interrupted.`,
			`firn key move --to ${index.alsoIn} or --to ${index.store} ends it; then move again.`,
		);
	}
	const target = places.store(to);
	if (index.store !== to) {
		const from = index.store;
		const names = await places.namesIn(from);
		const secrets = await places.store(from).get(names);
		// Before anything is copied, so that copies are never forgotten.
		write({ ...index, names, alsoIn: to });
		await target.set(secrets);
		write({ ...index, store: to, why, alsoIn: from });
	}
	if (index.alsoIn !== undefined) await clear(places, index.alsoIn, target);
	const names = await places.namesIn(to);
	const { alsoIn: _alsoIn, ...ended } = index;
	// A file is its own index.
	write({ ...ended, names: to === 'file' ? [] : names });
	return names.length;
}

/** Empties a store; what is in it alone comes over first. */
async function clear(places: Places, kind: StoreKind, target: SecretStore): Promise<void> {
	const left = places.store(kind);
	const names = await places.namesIn(kind);
	// A keychain knows no names of its own: these are the copies of what the target holds.
	if (kind !== 'keychain') {
		const held = new Set(await places.namesIn(target.kind));
		const alone = names.filter((name) => !held.has(name));
		if (alone.length > 0) await target.set(await left.get(alone));
	}
	if (kind === 'vault') places.discardVault();
	else await left.remove(names);
}
