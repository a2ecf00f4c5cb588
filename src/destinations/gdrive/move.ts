import { alreadyExists, notFound } from '../refusals.ts';
import { type DriveFile, patchFile } from './files.ts';
import { type DriveStore, lookUp, splitKey, withFolder } from './store.ts';

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
	// The time said again, or Drive takes the moment of the move.
	const { modifiedTime } = file;
	const change = { name, ...(modifiedTime === undefined ? {} : { modifiedTime }) };
	const moveTo = ({ id, parents = [] }: DriveFile, parent: string) => {
		const query = parents.includes(parent) ? {} : { addParents: parent, removeParents: parents.join(',') };
		return patchFile(client, id, change, { doing: `move ${from}`, signal, query });
	};
	const moved = await withFolder(store, names, signal, (parent) => moveTo(file, parent));
	if (!moved.trashed) return;
	// The folder has been thrown away since it was looked for: it must not take this with it.
	folders.forget();
	await moveTo(moved, await folders.make(names, signal));
}
