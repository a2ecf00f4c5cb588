/** What a destination in Drive holds, ascending by key. */

import type { StoredObject } from '../destination.ts';
import { byAge, type DriveFile, FOLDER_TYPE, searchIn } from './files.ts';
import { type DriveStore, describeFile, isObject } from './store.ts';

/** The objects whose key starts with `prefix`. */
export async function* listObjects(
	store: DriveStore,
	prefix: string,
	signal?: AbortSignal,
): AsyncGenerator<StoredObject> {
	const names = prefix.split('/');
	const begins = names.pop()!;
	const folders = await store.folders.find(names, signal);
	yield* walk(store, { names, ids: folders }, begins, signal);
}

interface Place {
	names: string[];
	/** All folders of this name. */
	ids: string[];
}

async function* walk(
	store: DriveStore,
	place: Place,
	begins: string,
	signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject> {
	if (place.ids.length === 0) return;
	const path = place.names.map((name) => `${name}/`).join('');
	const files: DriveFile[] = [];
	const options = { doing: `list ${path || 'it'}`, signal, gone: () => store.folders.forget() };
	for await (const file of searchIn(store.client, place.ids, '', options)) {
		const isWanted = file.mimeType === FOLDER_TYPE ? isSegment(file.name) : isObject(file);
		if (isWanted && file.name.startsWith(begins)) files.push(file);
	}
	for (const same of inOrder(files)) {
		const [{ name, mimeType }] = same;
		if (mimeType !== FOLDER_TYPE) {
			yield describeFile(path + name, same[0]);
			continue;
		}
		const below = { names: [...place.names, name], ids: same.map(({ id }) => id) };
		store.folders.note(below.names, below.ids);
		yield* walk(store, below, '', signal);
	}
}

/** Whether the name of a folder can be a segment of a key. */
function isSegment(name: string): boolean {
	return name !== '' && name !== '.' && name !== '..' && !name.includes('/');
}

/**
 * Those of one name together, the oldest first. A folder's keys go on with a slash, which sorts behind `-` and `.`: so
 * it is sorted as if it ended in one. Pure.
 */
export function inOrder(files: readonly DriveFile[]): [DriveFile, ...DriveFile[]][] {
	const groups = new Map<string, [DriveFile, ...DriveFile[]]>();
	for (const file of files.toSorted(byAge)) {
		const sort = file.mimeType === FOLDER_TYPE ? `${file.name}/` : file.name;
		const group = groups.get(sort);
		if (group) group.push(file);
		else groups.set(sort, [file]);
	}
	return [...groups].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map(([, group]) => group);
}
