import { alreadyExists, notFound } from '../refusals.ts';
import { patchFile } from './files.ts';
import { type DriveStore, lookUp, splitKey } from './store.ts';

/** Gives an object another name and folder; its id stays. @throws FirnError NOT_FOUND, ALREADY_EXISTS */
export async function moveObject(store: DriveStore, from: string, to: string, signal?: AbortSignal): Promise<void> {
	const { client, folders } = store;
	const [file] = await lookUp(store, from, signal);
	const there = await lookUp(store, to, signal);
	if (!file) {
		// Perhaps it was moved before.
		if (there.length > 0) return;
		throw notFound(from, client.place.url);
	}
	if (there.length > 0) throw alreadyExists(to, client.place.url);
	const { folders: names, name } = splitKey(to);
	const parent = await folders.make(names, signal);
	const old = (file.parents ?? []).filter((id) => id !== parent);
	await patchFile(
		client,
		file.id,
		// Said again, or Drive takes the moment of the move.
		{ name, ...(file.modifiedTime === undefined ? {} : { modifiedTime: file.modifiedTime }) },
		{
			doing: `move ${from}`,
			signal,
			query: file.parents?.includes(parent) ? {} : { addParents: parent, removeParents: old.join(',') },
		},
	);
}
