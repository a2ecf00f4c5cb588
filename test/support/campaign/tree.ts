/** The trees that are backed up, and what happens to them between two attempts. */

import {
	closeSync,
	existsSync,
	ftruncateSync,
	linkSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from './random.ts';

export interface TreeShape {
	/** Bytes of a file that takes several parts. */
	middling: number;
	/** Bytes of a file that gets an archive of its own. */
	huge: number;
	smallFiles: number;
}

/** Makes a tree with small files in many folders, hard links, symlinks, a FIFO-free variety of sizes, and a sparse file. */
export function makeTree(root: string, random: Random, shape: TreeShape): void {
	mkdirSync(root, { recursive: true });
	const folders = [''];
	for (let index = 0; index < 8; index++) {
		const folder = join(random.pick(folders), `folder ${index}`);
		folders.push(folder);
		mkdirSync(join(root, folder));
	}
	const files: string[] = [];
	const add = (name: string, size: number) => {
		const path = join(random.pick(folders), name);
		writeFileSync(join(root, path), random.bytes(size));
		files.push(path);
	};
	for (let index = 0; index < shape.smallFiles; index++)
		add(`small ${index}`, random.int(0, 3) === 0 ? 0 : random.int(1, 9000));
	for (let index = 0; index < 4; index++) add(`middling ${index}`, random.int(shape.middling, shape.middling * 3));
	add('huge', shape.huge);
	add(`long name ${'n'.repeat(180)}`, 700);
	for (let index = 0; index < 5; index++) {
		linkSync(join(root, random.pick(files)), join(root, random.pick(folders), `link ${index}`));
	}
	for (let index = 0; index < 4; index++)
		symlinkSync(random.pick(files), join(root, random.pick(folders), `symlink ${index}`));
	mkdirSync(join(root, 'empty'));
	makeSparse(join(root, random.pick(folders), 'sparse'), random, shape.middling * 8);
}

function makeSparse(path: string, random: Random, size: number): void {
	const fd = openSync(path, 'w');
	try {
		ftruncateSync(fd, size);
		for (let island = 0; island < 3; island++) {
			const bytes = random.bytes(random.int(1, size / 16));
			writeSync(fd, bytes, 0, bytes.length, random.int(0, size - bytes.length));
		}
	} finally {
		closeSync(fd);
	}
}

/** All paths below `root`, `root` itself not. */
export function pathsBelow(root: string): string[] {
	return readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath, entry.name));
}

/** Changes some of the tree, as a user does while a backup is interrupted. */
export function changeTree(root: string, random: Random, shape: TreeShape): string[] {
	const told: string[] = [];
	for (let count = random.int(1, 8); count > 0; count--) {
		const files = pathsBelow(root).filter((path) => lstatSync(path).isFile());
		const file = random.chance(0.5)
			? random.pick(files)
			: random.pick(files.filter((path) => lstatSync(path).size > 9000));
		const change = random.pick(CHANGES);
		if (file === undefined || !existsSync(file)) continue;
		told.push(`${change.name} ${file}`);
		change(file, random, shape);
	}
	return told;
}

type Change = (file: string, random: Random, shape: TreeShape) => void;

const overwrite: Change = (file, random) => {
	const fd = openSync(file, 'r+');
	const { size } = lstatSync(file);
	const bytes = random.bytes(random.int(1, 500));
	writeSync(fd, bytes, 0, bytes.length, random.int(0, size));
	closeSync(fd);
};
const replace: Change = (file, random) => writeFileSync(file, random.bytes(lstatSync(file).size));
const grow: Change = (file, random, shape) =>
	writeFileSync(file, random.bytes(random.int(1, shape.middling)), { flag: 'a' });
const shrink: Change = (file, random) => truncateSync(file, random.int(0, lstatSync(file).size));
const remove: Change = (file) => rmSync(file);
const removeFolder: Change = (file) => {
	if (file.includes('/folder ')) rmSync(dirname(file), { recursive: true });
};
const add: Change = (file, random, shape) =>
	writeFileSync(join(dirname(file), `added ${random.int(0, 1e9)}`), random.bytes(random.int(0, shape.middling * 2)));
const rename: Change = (file, random) => renameSync(file, join(dirname(file), `renamed ${random.int(0, 1e9)}`));
const link: Change = (file, random) => linkSync(file, join(dirname(file), `linked ${random.int(0, 1e9)}`));
const touch: Change = (file, random) => utimesSync(file, random.int(1, 2e9), random.int(1, 2e9));
const saveAnew: Change = (file, random) => {
	// As editors do: another inode under the same name.
	writeFileSync(`${file}~`, random.bytes(lstatSync(file).size));
	renameSync(`${file}~`, file);
};
const CHANGES: readonly Change[] = [
	overwrite,
	replace,
	grow,
	shrink,
	remove,
	removeFolder,
	add,
	rename,
	link,
	touch,
	saveAnew,
];
