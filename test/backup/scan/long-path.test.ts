import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openForReading, reachFolder, withOpenablePath } from '../../../src/backup/scan/long-path.ts';
import { fsPath } from '../../../src/core/path-bytes.ts';
import { ODD_NAMES, put, putDeep, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanAll } from './scan-all.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('long');
});
afterEach(() => removeTree(root));

const openFiles = () => readdirSync('/proc/self/fd').length;

test('short paths are passed on as they are', () => {
	for (const name of ODD_NAMES) {
		put(root, name, name);
		const path = `${root}/${name}`.slice(1);
		expect(withOpenablePath(path, (openable) => readFileSync(openable, 'utf8'))).toBe(Buffer.from(name).toString());
		expect(withOpenablePath(path, (openable) => openable)).toEqual(fsPath(`/${path}`));
	}
	expect(reachFolder('a').path).toBe('/a');
	expect(reachFolder('').path).toBe('/');
});

test.runIf(process.platform === 'linux').each([3900, 4000, 4090, 4095, 4096, 5000, 12_000])(
	'a path of %i bytes can be scanned and opened, and no descriptor stays open',
	(bytes) => {
		const made = putDeep(root, bytes - root.length - 1, `deep ${bytes}`).map((path) => `${root}/${path}`.slice(1));
		const file = made.at(-1)!;
		expect(file.length + 1).toBe(bytes);
		const before = openFiles();
		const { children, problems } = scanAll([root]);
		expect(problems).toEqual([]);
		for (const path of made) expect(children.has(path)).toBe(true);
		expect(withOpenablePath(file, (openable) => readFileSync(openable, 'utf8'))).toBe(`deep ${bytes}`);
		const fd = openForReading(file, constants.O_RDONLY | constants.O_NOFOLLOW);
		expect(readFileSync(fd, 'utf8')).toBe(`deep ${bytes}`);
		closeSync(fd);
		for (const path of made) {
			const size = withOpenablePath(path, (openable) => lstatSync(openable).size);
			expect(children.get(path)!.stat.size).toBe(BigInt(size));
		}
		expect(() => withOpenablePath(`${file}x`, (openable) => openSync(openable, 'r'))).toThrow(/ENOENT|ENAMETOOLONG/);
		expect(() => withOpenablePath(`${file}/x/y`, (openable) => readlinkSync(openable))).toThrow(/ENOTDIR|ENAMETOOLONG/);
		expect(openFiles()).toBe(before);
	},
);
