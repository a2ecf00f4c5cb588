/** Takes things out of a mirror: for good, or into the folder of what was deleted. Never follows a link. */

import { renameSync, rmdirSync } from 'node:fs';
import { inFolder } from '../../restore/target/folders.ts';
import { removeIfThere, type Target } from '../../restore/target/target.ts';
import { listNames } from '../scan/list-names.ts';
import { findThere } from './facts.ts';
import type { Flow } from './flow.ts';
import { DELETED_FOLDER } from './pairs.ts';

/** Name of the folder for what one run takes out: a time that every file system allows as a name. */
export function deletedFolder(now: Date): string {
	return `${DELETED_FOLDER}/${now.toISOString().replaceAll(':', '')}`;
}

/** Moves something, with all that is in it, to the same path below `aside`. @throws the system's error */
export function moveAside(target: Target, path: string, aside: string): void {
	const { folder, name } = target.placeOf(path);
	const from = target.folders.open(folder);
	target.folders.pinned(from, () => {
		const to = target.folders.open(folder === '' ? aside : `${aside}/${folder}`);
		renameSync(inFolder(from, name), inFolder(to, name));
	});
	target.folders.forget(path);
}

/** Deletes something with all that is in it. @throws the system's error */
export async function removeAll(target: Target, path: string, flow: Flow): Promise<void> {
	for await (const { path: below, isFolder } of walk(target, path, flow)) {
		const { folder, name } = target.placeOf(below);
		const parent = target.folders.open(folder);
		if (isFolder) {
			rmdirSync(inFolder(parent, name));
			target.folders.forget(below);
		} else removeIfThere(parent, name);
	}
}

/** How many things other than folders are there, the thing itself included. */
export async function countFiles(target: Target, path: string, flow: Flow): Promise<number> {
	let count = 0;
	for await (const { isFolder } of walk(target, path, flow)) if (!isFolder) count += 1;
	return count;
}

/** What is in a folder before the folder itself. */
async function* walk(target: Target, top: string, flow: Flow): AsyncGenerator<{ path: string; isFolder: boolean }> {
	// A stack instead of recursion: trees can be thousands of folders deep.
	const stack: { path: string; left: string[] | undefined }[] = [{ path: top, left: undefined }];
	for (let last = stack.at(-1); last; last = stack.at(-1)) {
		await flow.pass();
		const isFolder = last.left !== undefined || findThere(target, last.path)?.type === 'dir';
		if (isFolder) {
			last.left ??= listNames(target.folders.open(last.path).base);
			const name = last.left.pop();
			if (name !== undefined) {
				stack.push({ path: `${last.path}/${name}`, left: undefined });
				continue;
			}
		}
		stack.pop();
		yield { path: last.path, isFolder };
	}
}
