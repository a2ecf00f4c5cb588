import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoCode, FirnError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { syncFolder } from './durable.ts';
import { folderError, rootMissing } from './errors.ts';

/** Whether the root can be reached. */
export async function rootIsThere(root: string): Promise<boolean> {
	return stat(root).then(
		() => true,
		() => false,
	);
}

/**
 * Makes the root folder when nothing but itself is missing.
 * @throws FirnError usage DEST_MISSING, DEST_NOT_FOLDER; or the system's error
 */
export async function makeRoot(root: string): Promise<void> {
	const found = await stat(root).catch((error: unknown) => {
		if (errnoCode(error) === 'ENOENT') return undefined;
		throw error;
	});
	if (found?.isDirectory()) return;
	if (found) {
		throw new FirnError('DEST_NOT_FOLDER', `The destination ${root} is not a folder.`, {
			kind: 'usage',
			guidance: 'Give the path of a folder.',
		});
	}
	try {
		await mkdir(root, 0o700);
	} catch (error) {
		if (errnoCode(error) !== 'ENOENT') throw error;
		// Only its last folder is made: a path below a disk that is not mounted must not come into being.
		const guidance = `Mount its disk, correct the path, or make it: mkdir -p ${shellWord(root)}`;
		throw rootMissing(root, { kind: 'usage', guidance, cause: error });
	}
	await syncFolder(dirname(root));
}

/**
 * Does file work below the root, so that a system's error never leaves it as such.
 * @param doing what is tried, such as `write 000001.tar.age`
 * @throws FirnError, or the reason of the signal
 */
export async function inFolder<T>(
	root: string,
	doing: string,
	signal: AbortSignal | undefined,
	work: () => Promise<T>,
): Promise<T> {
	signal?.throwIfAborted();
	try {
		return await work();
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		if (errnoCode(error) === 'ENOENT' && !(await rootIsThere(root))) throw rootMissing(root, { cause: error });
		throw folderError(error, root, doing);
	}
}
