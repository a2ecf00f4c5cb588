import type * as Fs from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanAll } from './scan-all.ts';

/** How often lstat of a file of this name is yet to find nothing. */
const misses = new Map<string, number>();

vi.mock('node:fs', async (original) => {
	const fs = await original<typeof Fs>();
	const lstatSync = (path: string, options: Fs.StatSyncOptions) => {
		const left = misses.get(basename(path)) ?? 0;
		if (left === 0) return fs.lstatSync(path, options);
		misses.set(basename(path), left - 1);
		return undefined;
	};
	return { ...fs, lstatSync };
});

let root: string;
beforeEach(() => {
	root = scratchFolder('vanish');
	for (const name of ['a', 'b', 'c']) put(root, name);
});
afterEach(() => {
	misses.clear();
	removeTree(root);
});

test('a file that a rename brings back while the folder is read is not lost', () => {
	misses.set('b', 1);
	const { folders, problems } = scanAll([root]);
	expect(folders.get(root.slice(1))).toMatchObject({
		complete: true,
		children: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
	});
	expect(problems).toEqual([]);
});

test('a name that is listed but never there is a problem, not a deleted file', () => {
	misses.set('b', 99);
	const { folders, problems } = scanAll([root]);
	expect(folders.get(root.slice(1))).toMatchObject({ complete: false, unseen: ['b'] });
	expect(problems).toEqual([
		{ path: `${root.slice(1)}/b`, code: 'ENOENT', message: 'Its metadata cannot be read: listed, but not there.' },
	]);
});
