/** Takes things out of a mirror: for good, or into the folder of what was deleted. Never follows a link. */

import { renameSync, rmdirSync } from 'node:fs';
import type { Metadata } from '../../../state/restore-plan.ts';
import { inFolder } from '../../../target/folders.ts';
import { removeIfThere, type Target } from '../../../target/target.ts';
import { listNames } from '../../scan/list-names.ts';
import type { Flow } from '../flow.ts';
import { findThere } from './facts.ts';

/** Moves something, with all that is in it, to the same path below `aside`. @throws the system's error */
export function moveAside(target: Target, path: string, aside: string): void {
	const { folder, name } = target.placeOf(path);
	const from = target.folders.open(folder);
	target.folders.pinned(from, () => {
		const to = target.folders.open(folder === '' ? aside : `${aside}/${folder}`);
		target.folders.pinned(to, () => {
			// A folder that changes its parent is written itself.
			const locked = unlock(target, path);
			renameSync(inFolder(from, name), inFolder(to, name));
			if (locked) target.metadata.made(inFolder(to, name), locked, (stat) => stat.isDirectory());
		});
	});
	target.folders.forget(path);
}

/** Deletes something with all that is in it. @throws the system's error */
export async function removeAll(target: Target, path: string, flow: Flow): Promise<void> {
	for await (const { path: below, isFolder } of walk(target, path, flow, true)) {
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
	for await (const { isFolder } of walk(target, path, flow, false)) if (!isFolder) count += 1;
	return count;
}

/**
 * Makes a folder of the mirror one that its owner can read and write, as a mirror also holds those that are read-only.
 * @returns what it was like, if that had to be changed
 */
export function unlock(target: Target, path: string): Metadata | undefined {
	const there = findThere(target, path);
	if (there?.type !== 'dir' || process.geteuid?.() === 0 || (there.mode & 0o700) === 0o700) return undefined;
	setFolder(target, path, { ...there, mode: there.mode | 0o700 });
	return there;
}

function setFolder(target: Target, path: string, metadata: Metadata): void {
	const { folder, name } = target.placeOf(path);
	const place = inFolder(target.folders.open(folder), name);
	target.metadata.made(place, metadata, (stat) => stat.isDirectory());
}

/** What is in a folder before the folder itself. */
async function* walk(
	target: Target,
	top: string,
	flow: Flow,
	toRemove: boolean,
): AsyncGenerator<{ path: string; isFolder: boolean }> {
	// A stack instead of recursion: trees can be thousands of folders deep.
	const stack: { path: string; left?: string[]; locked?: Metadata | undefined }[] = [{ path: top }];
	for (let last = stack.at(-1); last; last = stack.at(-1)) {
		await flow.pass();
		const isFolder = last.left !== undefined || findThere(target, last.path)?.type === 'dir';
		if (isFolder) {
			if (!last.left) {
				last.locked = unlock(target, last.path);
				last.left = listNames(target.folders.open(last.path).base);
			}
			const name = last.left.pop();
			if (name !== undefined) {
				stack.push({ path: `${last.path}/${name}` });
				continue;
			}
		}
		if (last.locked && !toRemove) setFolder(target, last.path, last.locked);
		stack.pop();
		yield { path: last.path, isFolder };
	}
}
