import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoCode } from '../../core/errors.ts';
import type { StoredObject } from '../destination.ts';
import { isBehind } from '../keys.ts';
import { PARTIAL_FOLDER } from './partial-files.ts';

/**
 * The objects in a folder whose key starts with `prefix`, ascending by key as S3 lists them. Uploads under way, links
 * and whatever else is not a regular file do not count.
 * @throws the system's error, ENOENT only when `root` itself is missing
 */
export async function* walkObjects(root: string, prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
	const slash = prefix.lastIndexOf('/') + 1;
	await stat(root);
	yield* walk(root, prefix.slice(0, slash), prefix.slice(slash), signal);
}

async function* walk(root: string, folder: string, begins: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
	signal?.throwIfAborted();
	const entries = await read(join(root, folder));
	// A folder's keys go on with a slash, which sorts behind `-` and `.`: so it is sorted as if it ended in one.
	const names = entries
		.filter((entry) => entry.name.startsWith(begins) && (entry.isFile() || entry.isDirectory()))
		.map((entry) => ({ sort: entry.isDirectory() ? `${entry.name}/` : entry.name, entry }))
		.sort((a, b) => (isBehind(a.sort, b.sort) ? 1 : -1));
	for (const { entry } of names) {
		if (entry.isDirectory()) {
			if (folder === '' && entry.name === PARTIAL_FOLDER) continue;
			yield* walk(root, `${folder}${entry.name}/`, '', signal);
			continue;
		}
		const key = folder + entry.name;
		const found = await describe(root, key);
		if (found) yield found;
	}
}

async function read(path: string): Promise<Dirent[]> {
	try {
		return await readdir(path, { withFileTypes: true });
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') return [];
		throw error;
	}
}

/** The object `key`, or undefined when no regular file has this name. @throws the system's error */
export async function describe(root: string, key: string): Promise<StoredObject | undefined> {
	try {
		const found = await stat(join(root, key));
		return found.isFile() ? { key, size: found.size, etag: '', modified: found.mtime } : undefined;
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		throw error;
	}
}
