/** The regular files that a mirror of plain files holds. Never follows a link. */

import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { errnoCode } from '../../core/errors.ts';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { inFolder, type TargetFolders } from '../../target/folders.ts';
import { isPartialName } from '../../target/partial-name.ts';

/** `fault`: a folder or name that cannot be read, and why. */
export type Walked = { path: string; stat: BigIntStats } | { path: string; fault: string };

/** @param top name below the root of the mirror */
export function* walkFolder(folders: TargetFolders, top: string): Generator<Walked> {
	// A stack instead of recursion: trees can be thousands of folders deep.
	const stack = [top];
	for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
		try {
			const stat = statOf(folders, path);
			if (stat?.isFile()) yield { path, stat };
			if (!stat?.isDirectory()) continue;
			const folder = folders.find(path);
			for (const bytes of folder ? readdirSync(fsPath(folder.base), { encoding: 'buffer' }) : []) {
				const name = decodePath(bytes);
				if (!isPartialName(name)) stack.push(`${path}/${name}`);
			}
		} catch (error) {
			const code = errnoCode(error);
			if (code === undefined) throw error;
			if (code !== 'ENOENT' && code !== 'ENOTDIR') yield { path, fault: `cannot be read (${code})` };
		}
	}
}

/** What has this path in the mirror. @throws the system's error */
export function statOf(folders: TargetFolders, path: string): BigIntStats | undefined {
	const place = placeOf(folders, path);
	return place === undefined ? undefined : lstatSync(place, { bigint: true, throwIfNoEntry: false });
}

/** A path as `fs` takes it, to be used at once; undefined where its folder is missing. */
export function placeOf(folders: TargetFolders, path: string): string | Buffer | undefined {
	const slash = path.lastIndexOf('/');
	const folder = folders.find(slash === -1 ? '' : path.slice(0, slash));
	return folder && inFolder(folder, path.slice(slash + 1));
}
