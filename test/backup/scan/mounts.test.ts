import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PseudoFileSystems } from '../../../src/backup/scan/pseudo-file-systems.ts';
import { parseMountinfo } from '../../../src/core/mountinfo.ts';
import { isRoot, put, removeTree, scratchFolder } from '../../support/trees.ts';
import { scanAll } from './scan-all.ts';

test('mountinfo is read with its octal escapes and optional fields', () => {
	const lines = [
		'22 27 0:21 / /proc rw,relatime - proc proc rw',
		'36 35 98:300 /mnt1 /mnt/with\\040space\\134and\\012line rw shared:1 master:2 - ext3 /dev/root rw',
		'37 35 0:40 / /mnt/caf\\351 rw - fuse.gvfsd-fuse gvfsd-fuse rw',
		'38 35 0:41 / /mnt/bytes\xff rw - tmpfs - rw',
		'a damaged line',
		'',
	];
	expect(parseMountinfo(Buffer.from(lines.join('\n'), 'latin1'))).toEqual([
		{ dev: 21n, point: '/proc', type: 'proc' },
		{ dev: (98n << 8n) | (300n & 0xffn) | ((300n & ~0xffn) << 12n), point: '/mnt/with space\\and\nline', type: 'ext3' },
		{ dev: 40n, point: '/mnt/caf\udce9', type: 'fuse.gvfsd-fuse' },
		{ dev: 41n, point: '/mnt/bytes\udcff', type: 'tmpfs' },
	]);
});

test.runIf(process.platform === 'linux')('/proc and /sys are pseudo file systems, with and without mountinfo', () => {
	for (const pseudo of [new PseudoFileSystems(), new PseudoFileSystems('/nonexistent')]) {
		for (const path of ['proc', 'sys'])
			expect(pseudo.has(lstatSync(`/${path}`, { bigint: true }).dev, path)).toBe(true);
		expect(pseudo.has(lstatSync('/', { bigint: true }).dev, '')).toBe(false);
	}
	expect(new PseudoFileSystems().isMountPoint('proc')).toBe(true);
});

test('mount points of views that refuse even lstat are known by their path', () => {
	const folder = scratchFolder('mounts');
	try {
		writeFileSync(join(folder, 'mountinfo'), '37 35 0:40 / /run/user/1000/doc rw - fuse.portal portal rw\n');
		const pseudo = new PseudoFileSystems(join(folder, 'mountinfo'));
		expect(pseudo.isMountPoint('run/user/1000/doc')).toBe(true);
		expect(pseudo.has(40n, 'run/user/1000/doc')).toBe(true);
		// Mounted after the table was read, and a device that no table lists.
		writeFileSync(join(folder, 'mountinfo'), '38 35 0:41 / /new rw - proc proc rw\n');
		expect(pseudo.has(41n, 'new')).toBe(true);
		expect(pseudo.has(99n, 'subvolume')).toBe(false);
	} finally {
		removeTree(folder);
	}
});

function canMount(): boolean {
	if (!isRoot) return false;
	const folder = scratchFolder('mount');
	try {
		execFileSync('mount', ['-t', 'tmpfs', 'firn-test', folder], { stdio: 'ignore' });
		execFileSync('umount', [folder]);
		return true;
	} catch {
		return false;
	} finally {
		removeTree(folder);
	}
}

describe.runIf(canMount())('with mounts', () => {
	let root: string;
	const mounted: string[] = [];
	const at = (path: string) => join(root, path).slice(1);
	const mount = (path: string, ...args: string[]) => {
		execFileSync('mount', [...args, join(root, path)]);
		mounted.unshift(join(root, path));
	};
	beforeEach(() => {
		root = scratchFolder('mounts');
		for (const name of ['other', 'proc here', 'bind', 'data']) mkdirSync(join(root, name));
		put(root, 'data/file');
	});
	afterEach(() => {
		for (const point of mounted.splice(0)) execFileSync('umount', [point]);
		removeTree(root);
	});

	test('pseudo file systems are kept as empty folders, whatever the options', () => {
		mount('proc here', '-t', 'proc', 'proc');
		put(root, 'file');
		execFileSync('mount', ['--bind', '/proc/version', join(root, 'file')]);
		mounted.unshift(join(root, 'file'));
		const { folders, children, skipped } = scanAll([root]);
		expect(skipped).toEqual([
			{ path: at('file'), reason: 'pseudo-fs' },
			{ path: at('proc here'), reason: 'pseudo-fs' },
		]);
		expect(folders.get(at('proc here'))).toMatchObject({ children: [], complete: true });
		expect(children.get(at('proc here'))?.type).toBe('dir');
		expect(children.has(at('file'))).toBe(false);
		const direct = scanAll([join(root, 'proc here')]);
		expect(direct.skipped).toEqual([{ path: at('proc here'), reason: 'pseudo-fs' }]);
		expect(direct.folders.get(at('proc here'))).toMatchObject({ children: [] });
	});

	test('other file systems are entered unless told not to', () => {
		mount('other', '-t', 'tmpfs', 'firn-test');
		put(root, 'other/sub/file');
		symlinkSync('x', join(root, 'other/link'));
		expect(scanAll([root]).children.has(at('other/sub/file'))).toBe(true);
		const { folders, children, skipped } = scanAll([root], { oneFileSystem: true });
		expect(skipped).toEqual([{ path: at('other'), reason: 'other-fs' }]);
		expect(children.get(at('other'))?.type).toBe('dir');
		expect(folders.get(at('other'))).toMatchObject({ children: [], complete: true });
		expect(children.has(at('data/file'))).toBe(true);
		// Each source counts for itself.
		const both = scanAll([join(root, 'data'), join(root, 'other')], { oneFileSystem: true });
		expect(both.children.has(at('other/sub/file'))).toBe(true);
		expect(both.skipped).toEqual([]);
	});

	test('a skipped folder is known through a bind mount', () => {
		mount('bind', '--bind', join(root, 'data'));
		const { children, skipped } = scanAll([root], { skipPaths: [join(root, 'data')] });
		expect(skipped.map(({ path }) => path)).toEqual([at('bind'), at('data')]);
		expect(children.has(at('bind/file'))).toBe(false);
	});
});
