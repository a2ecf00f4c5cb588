import { readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoCode } from '../../core/errors.ts';
import type { WriteOptions } from '../destination.ts';
import { alreadyExists } from '../refusals.ts';
import { makeFolders, moveIntoPlace, syncFolder } from './durable.ts';
import type { PartialFiles } from './partial-files.ts';

/**
 * Stores a small object whole: under a temporary name, synced, then renamed. The same bytes again are no error.
 * @throws FirnError ALREADY_EXISTS, or the system's error
 */
export async function writeObject(
	root: string,
	partials: PartialFiles,
	key: string,
	body: Uint8Array,
	options: WriteOptions & { overwrite?: boolean },
): Promise<void> {
	const path = await pathOf(root, key);
	const there = await compare(path, body);
	if (there === 'same') return;
	if (there === 'other' && !options.overwrite) throw alreadyExists(key, root);
	const id = await partials.create(key);
	const temporary = partials.path(id);
	try {
		await partials.write(id, { body, position: 0 }, options);
		await partials.drop(id);
		if (options.overwrite) {
			await rename(temporary, path);
			await syncFolder(dirname(path));
		} else if (!(await moveIntoPlace(temporary, path))) {
			// Somebody else was faster.
			if ((await compare(path, body)) !== 'same') throw alreadyExists(key, root);
			await partials.remove(id);
		}
	} catch (error) {
		// The first error is the one to tell; a temporary file that stays behind costs only space.
		await partials.remove(id).catch(() => undefined);
		throw error;
	}
}

/** The file path of a key; the folders above it are made. */
export async function pathOf(root: string, key: string): Promise<string> {
	const segments = key.split('/');
	const name = segments.pop()!;
	return join(await makeFolders(root, segments), name);
}

async function compare(path: string, body: Uint8Array): Promise<'none' | 'same' | 'other'> {
	try {
		const found = await stat(path);
		return found.size === body.length && (await readFile(path)).equals(body) ? 'same' : 'other';
	} catch (error) {
		if (errnoCode(error) === 'ENOENT') return 'none';
		throw error;
	}
}
