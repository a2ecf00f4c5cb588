import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fsPath } from '../../src/core/path-bytes.ts';
import { type Made, MTIME, makeBackup } from '../support/hand-made-backup.ts';
import { isRoot, ODD_NAMES, removeTree, scratchFolder } from '../support/trees.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
beforeEach(() => {
	folder = scratchFolder('restore');
});
afterEach(() => removeTree(folder));

const big = Buffer.alloc(3_000_000, 'firn is old snow. ');
const holes = Buffer.alloc(700_000);
holes.write('island', 300_000);

const TREE: Made[] = [
	{ path: 'home/u', type: 'dir', mode: 0o750 },
	{ path: 'home/u/big', content: big },
	{ path: 'home/u/empty', content: '' },
	{ path: 'home/u/linked', type: 'hardlink', link: 'home/u/small' },
	{ path: 'home/u/old', content: 'old', mtimeNs: -1_500_000_000n },
	{ path: 'home/u/setuid', content: 'suid', mode: 0o4755 },
	{ path: 'home/u/small', content: 'small', mode: 0o600 },
	{ path: 'home/u/sparse', content: holes, segments: [{ offset: 300_000, length: 4096 }] },
	{ path: 'home/u/sub', type: 'dir', mode: 0o555 },
	{ path: 'home/u/sub/pipe', type: 'fifo', mode: 0o620 },
	{ path: 'home/u/sub/symlink', type: 'symlink', link: '../../../../etc/passwd' },
	...ODD_NAMES.map((name) => ({ path: `home/u/sub/${name}`, content: `odd ${ODD_NAMES.indexOf(name)}` })),
];

describe.each(['none', 'gzip', 'zstd'] as const)('restore from %s archives', (compression) => {
	it.each([true, false])('gives back every kind of object (encrypted: %s)', async (encrypt) => {
		const backup = makeBackup({
			folder,
			runs: [{ archives: [TREE.slice(0, 3), TREE.slice(3)] }],
			compression,
			encrypt,
		});
		const target = join(folder, 'target');
		const { summary, problems } = await runRestore(backup, target, { workers: 2 });
		expect(problems).toEqual([]);
		expect(summary).toMatchObject({ status: 'complete', errors: 0, archives: 2, files: 7 + ODD_NAMES.length });
		const at = (path: string) => join(target, 'home/u', path);
		expect(readFileSync(at('big')).equals(big)).toBe(true);
		expect(readFileSync(at('sparse')).equals(holes)).toBe(true);
		expect(lstatSync(at('sparse')).blocks * 512).toBeLessThan(holes.length / 2);
		expect(readFileSync(at('linked'), 'utf8')).toBe('small');
		expect(lstatSync(at('linked')).ino).toBe(lstatSync(at('small')).ino);
		expect(readlinkSync(at('sub/symlink'))).toBe('../../../../etc/passwd');
		expect(lstatSync(at('sub/pipe')).isFIFO()).toBe(true);
		expect(lstatSync(at('old')).mtimeMs).toBe(-1500);
		for (const { path, mode, type, mtimeNs } of TREE) {
			const stat = lstatSync(fsPath(join(target, path)), { bigint: true });
			if (type !== 'symlink' && type !== 'hardlink') {
				expect([path, Number(stat.mode & 0o7777n)]).toEqual([path, mode ?? 0o644]);
			}
			expect(Math.abs(Number(stat.mtimeNs - (mtimeNs ?? MTIME)))).toBeLessThan(300);
		}
		for (const name of ODD_NAMES) {
			expect(readFileSync(fsPath(at(`sub/${name}`)), 'utf8')).toBe(`odd ${ODD_NAMES.indexOf(name)}`);
		}
		// What leads to the source had no entry of its own.
		expect(lstatSync(join(target, 'home')).mode & 0o777).toBe(0o755);
	});
});

it('restores what is named, with folders, and takes the content of a hard link from the other name', async () => {
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						...TREE,
						{ path: 'home/u/sub/linked-too', type: 'hardlink', link: 'home/u/small' },
						{ path: 'home/v', content: 'v' },
					],
				],
			},
		],
	});
	const target = join(folder, 'target');
	const { summary, problems } = await runRestore(backup, target, {
		paths: ['home/u/linked', 'home/u/sub/linked-too', 'home/v'],
	});
	expect(problems).toEqual([]);
	expect(summary).toMatchObject({ status: 'complete', files: 3 });
	const found = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P %y %m\\n'], {
		cwd: target,
		encoding: 'utf8',
	});
	expect(found.trim().split('\n').sort()).toEqual([
		'home d 755',
		'home/u d 750',
		'home/u/linked f 600',
		'home/u/sub d 555',
		'home/u/sub/linked-too f 600',
		'home/v f 644',
	]);
	expect(readFileSync(join(target, 'home/u/linked'), 'utf8')).toBe('small');
	expect(lstatSync(join(target, 'home/u/linked')).ino).toBe(lstatSync(join(target, 'home/u/sub/linked-too')).ino);
});

it.runIf(isRoot)('restores devices and owners as root', async () => {
	const tree: Made[] = [
		{ path: 'null', type: 'char', devMajor: 1, devMinor: 3, mode: 0o666 },
		{ path: 'owned', content: 'x', uid: 1234, gid: 2345, mode: 0o6755 },
		{ path: 'folder', type: 'dir', uid: 1234, gid: 2345, mode: 0o2770 },
		{ path: 'link', type: 'symlink', link: 'x', uid: 1234, gid: 2345 },
	];
	const backup = makeBackup({ folder, runs: [{ archives: [tree] }] });
	const target = join(folder, 'target');
	mkdirSync(target);
	const { problems } = await runRestore(backup, target);
	expect(problems.filter(({ code }) => code !== 'NODE_FAILED')).toEqual([]);
	for (const name of ['owned', 'folder', 'link']) {
		const stat = lstatSync(join(target, name));
		expect([name, stat.uid, stat.gid]).toEqual([name, 1234, 2345]);
	}
	expect(lstatSync(join(target, 'owned')).mode & 0o7777).toBe(0o6755);
	expect(lstatSync(join(target, 'folder')).mode & 0o7777).toBe(0o2770);
	if (problems.length === 0) {
		const device = lstatSync(join(target, 'null'));
		expect(device.isCharacterDevice()).toBe(true);
		expect(device.rdev).toBe((1 << 8) | 3);
	}
});
