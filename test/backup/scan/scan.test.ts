import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	mkdirSync,
	renameSync,
	rmdirSync,
	rmSync,
	symlinkSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareNames } from '../../../src/backup/scan/name-order.ts';
import type { Folder, ScanItem } from '../../../src/backup/scan/scan.ts';
import { decodePath } from '../../../src/core/path-bytes.ts';
import {
	asNobody,
	canBecomeNobody,
	makeOddTree,
	put,
	putSocket,
	removeTree,
	scratchFolder,
} from '../../support/trees.ts';
import { scanAll, scanPaths } from './scan-all.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('scan');
});
afterEach(() => removeTree(root));

/** The archive path of something below the root. */
const at = (path: string) => join(root, path).slice(1);
const names = (folder: Folder | undefined) => folder?.children.map(({ name }) => name);

test('every kind of object and name is found, as find(1) sees it', () => {
	const { paths, deepest, hardLinks, mtimes, sparse } = makeOddTree(root);
	const { folders, children, problems, skipped } = scanAll([root]);
	expect(problems).toEqual([]);
	expect(skipped).toEqual([]);
	const listed = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P\\0%y\\0%s\\0%m\\0'], { cwd: root });
	const found = decodePath(listed).split('\0');
	const types = { f: 'file', d: 'dir', l: 'symlink', p: 'fifo', c: 'char', b: 'block' } as Record<string, string>;
	let count = 0;
	for (let index = 0; index + 3 < found.length; index += 4) {
		const [path, type, size, mode] = found.slice(index, index + 4) as [string, string, string, string];
		const child = children.get(at(path));
		expect(child?.type, path).toBe(types[type]);
		expect((Number(child!.stat.mode) & 0o7777).toString(8)).toBe(mode);
		if (type === 'f' || type === 'l') expect(String(child!.stat.size)).toBe(size);
		count += 1;
	}
	expect(paths.filter((path) => !children.has(at(path)))).toEqual([]);
	expect(count).toBe(paths.length);
	expect(children.size).toBe(count + 1);

	expect(deepest.length).toBeGreaterThan(4000);
	expect(new Set(hardLinks.map((path) => children.get(at(path))!.stat.ino)).size).toBe(1);
	expect(children.get(at('links/first'))!.stat.nlink).toBe(3n);
	for (const [path, mtime] of mtimes) expect(children.get(at(path))!.stat.mtimeNs, path).toBe(mtime);
	expect(children.get(at(sparse.path))!.stat.size).toBe(BigInt(sparse.size));
	expect(children.get(at('links/long'))!.link).toHaveLength(4091);
	expect(children.get(at('links/odd'))!.link).toBe('\udcff'.repeat(255));
	expect(children.get(at('links/newline'))!.link).toBe('new\nline\u001b[31m');
	expect(children.get(at('plain/hello.txt'))!.link).toBe('');
	expect(folders.get(at('empty/inside'))!.children).toEqual([]);
});

test('folders come before their sub-folders, in the order of bytes', () => {
	makeOddTree(root);
	const order: string[] = [];
	const { folders } = scanAll([root], {}, (item) => {
		if ('folder' in item) order.push(item.folder.path);
	});
	expect(new Set(order).size).toBe(order.length);
	const expected = (path: string): string[] => {
		const folder = folders.get(path)!;
		const below = [...folder.passed, ...folder.children.filter(({ type }) => type === 'dir').map(({ name }) => name)];
		expect(names(folder)).toEqual(names(folder)!.toSorted(compareNames));
		return [path, ...below.sort(compareNames).flatMap((name) => expected(path === '' ? name : `${path}/${name}`))];
	};
	expect(order).toEqual(expected(''));
});

describe('sources', () => {
	test('what leads to them is virtual and holds nothing else', () => {
		put(root, 'a/source/file');
		put(root, 'a/other/file');
		put(root, 'b/single');
		put(root, 'b/not-this');
		symlinkSync('single', join(root, 'b/link'));
		const { folders, children } = scanAll(['a/source', 'b/single', 'b/link'].map((path) => join(root, path)));
		const outline = [...folders.values()].filter(({ path }) => path.startsWith(at('')) || path === '');
		expect(outline.map((folder) => [folder.path, folder.virtual, names(folder), folder.passed])).toEqual(
			[
				['', true, [], [root.split('/')[1]]],
				[at(''), true, [], ['a', 'b']],
				[at('a'), true, ['source'], []],
				[at('a/source'), false, ['file'], []],
				[at('b'), true, ['link', 'single'], []],
			].map(([path, ...rest]) => [(path as string).replace(/\/$/, ''), ...rest]),
		);
		expect(children.get(at('b/link'))).toMatchObject({ type: 'symlink', link: 'single' });
	});

	test('one that is gone is a problem, and proves nothing about its content', () => {
		put(root, 'here/file');
		const { folders, problems } = scanAll([join(root, 'here'), join(root, 'gone'), join(root, 'no/folder')]);
		expect(problems.map(({ path, code }) => [path, code])).toEqual([
			[at('gone'), 'ENOENT'],
			[at('no/folder'), 'ENOENT'],
		]);
		expect(problems[0]!.message).toBe('The source cannot be read: no such file or directory.');
		expect(folders.get(root.slice(1))).toMatchObject({ complete: false, unseen: ['gone'], passed: ['no'] });
		expect(folders.get(at('here'))).toMatchObject({ complete: true });
		expect(folders.get(at('no'))).toMatchObject({ complete: false, unseen: ['folder'], children: [] });
	});

	test('the root of the file system can be one', () => {
		const first: ScanItem[] = [];
		const { folders } = scanAll(['/'], { excludes: ['/*/*'] }, (item) => first.push(item));
		expect(folders.get('')).toMatchObject({ virtual: false });
		expect(names(folders.get(''))).toContain('tmp');
		expect(folders.get('tmp')!.children).toEqual([]);
	});

	test('one below the limit of a path length is reached', () => {
		const { deepest } = makeOddTree(root);
		const folder = deepest.slice(0, deepest.lastIndexOf('/'));
		expect(scanAll([join(root, folder)]).children.has(at(deepest))).toBe(true);
		expect(scanAll([join(root, deepest)]).children.get(at(deepest))?.type).toBe('file');
	});

	test('a single file follows patterns of its folder, a folder does not', () => {
		put(root, 'disk.iso');
		put(root, 'build/disk.iso');
		const sources = [join(root, 'disk.iso'), join(root, 'build')];
		const { children, skipped } = scanAll(sources, { excludes: ['*.iso', 'build', '/build', join(root, 'build')] });
		expect([...children.keys()]).toEqual([at('build')]);
		expect(skipped).toEqual([{ path: at('disk.iso'), reason: 'excluded' }]);
	});
});

describe('what is left out', () => {
	test('system clutter, unless it is switched off or wanted by a pattern', () => {
		for (const path of ['a/.DS_Store', 'a/lost+found/x', '#recycle/y', 'Thumbs.db', 'thumbs.DB.txt', 'keep'])
			put(root, path);
		expect(scanPaths(root)).toEqual(['a', 'keep', 'thumbs.DB.txt']);
		expect(scanAll([root]).folders.get(root.slice(1))!.excluded).toBe(2);
		expect(scanPaths(root, { excludeSystem: false })).toHaveLength(9);
		expect(scanPaths(root, { excludes: ['!Thumbs.db', '!lost+found'] })).toContain('a/lost+found/x');
		expect(scanPaths(join(root, 'a/lost+found'))).toEqual(['x']);
	});

	test('developer clutter when it is asked for', () => {
		for (const path of ['p/node_modules/m/i.js', 'p/.git/HEAD', 'q/.git', 'p/src.py', '__pycache__/c', '.venv/v'])
			put(root, path);
		expect(scanPaths(root, { excludeDeveloper: true })).toEqual(['p', 'p/src.py', 'q']);
		expect(scanPaths(root)).toHaveLength(13);
	});

	test('the content of a folder with a valid cache tag, but not the tag', () => {
		const signature = 'Signature: 8a477f597d28d172789f06886806bc55';
		put(root, 'real/CACHEDIR.TAG', `${signature}\n# by a test`);
		put(root, 'exact/CACHEDIR.TAG', signature);
		put(root, 'fake/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc5');
		for (const name of ['real', 'exact', 'fake', 'link', 'folder']) put(root, `${name}/sub/data`);
		symlinkSync('../real/CACHEDIR.TAG', join(root, 'link/CACHEDIR.TAG'));
		mkdirSync(join(root, 'folder/CACHEDIR.TAG'));
		const seen = scanPaths(root);
		for (const name of ['real', 'exact']) {
			expect(seen).toContain(`${name}/CACHEDIR.TAG`);
			expect(seen).not.toContain(`${name}/sub`);
		}
		for (const name of ['fake', 'link', 'folder']) expect(seen).toContain(`${name}/sub/data`);
		expect(scanPaths(root, { excludeSystem: false })).toContain('real/sub/data');
		expect(scanPaths(join(root, 'real'))).toContain('sub/data');
	});

	test('paths that must not be read, by whatever way one comes to them', () => {
		put(root, 'usb/firn/archive');
		put(root, 'usb/photos/p');
		put(root, 'state/db');
		put(root, 'state/secret');
		symlinkSync('usb', join(root, 'way'));
		const skipPaths = [join(root, 'way/firn'), join(root, 'state/db'), join(root, 'not/yet')];
		const { folders, skipped } = scanAll([root], { skipPaths });
		expect(folders.get(at('usb/firn'))).toMatchObject({ children: [], complete: true });
		expect(names(folders.get(at('usb')))).toEqual(['firn', 'photos']);
		expect(names(folders.get(at('state')))).toEqual(['secret']);
		expect(skipped).toEqual([
			{ path: at('state/db'), reason: 'own' },
			{ path: at('usb/firn'), reason: 'own' },
		]);
		expect(scanAll([join(root, 'usb/firn')], { skipPaths }).children.size).toBe(1);
	});

	test('sockets, which are told', async () => {
		const server = await putSocket(root, 'socket');
		try {
			put(root, 'file');
			const { children, skipped, problems } = scanAll([root]);
			expect(skipped).toEqual([{ path: at('socket'), reason: 'socket' }]);
			expect(children.has(at('socket'))).toBe(false);
			expect(children.has(at('file'))).toBe(true);
			expect(problems).toEqual([]);
			expect(scanAll([join(root, 'socket')]).skipped).toEqual([{ path: at('socket'), reason: 'socket' }]);
		} finally {
			server.close();
		}
	});

	test('ignore files that are no files are not used, too long ones are told', () => {
		put(root, 'folder/.firnignore/x');
		put(root, 'link/data');
		put(root, 'patterns', '*');
		symlinkSync('../patterns', join(root, 'link/.firnignore'));
		put(root, 'fifo/data');
		execFileSync('mkfifo', [join(root, 'fifo/.firnignore')]);
		put(root, 'long/.firnignore', '*\n');
		truncateSync(join(root, 'long/.firnignore'), 1024 * 1024 + 1);
		put(root, 'long/data');
		const { children, problems } = scanAll([root]);
		for (const path of ['folder/.firnignore/x', 'link/data', 'fifo/data', 'long/data'])
			expect(children.has(at(path))).toBe(true);
		expect(problems.map(({ path, code }) => [path, code])).toEqual([[at('long/.firnignore'), 'EFBIG']]);
	});
});

describe('a tree that changes meanwhile', () => {
	/** Scans and calls `act` when the listing of `path` has been handed out. */
	const scanWhile = (path: string, act: () => void) =>
		scanAll([root], {}, (item) => {
			if ('folder' in item && item.folder.path === at(path).replace(/\/$/, '')) act();
		});

	test('folders that vanish are empty, and complete', () => {
		put(root, 'a/file');
		put(root, 'b/file');
		const { folders, problems } = scanWhile('a', () => rmSync(join(root, 'b'), { recursive: true }));
		expect(folders.get(at('b'))).toMatchObject({ complete: true, children: [] });
		expect(problems).toEqual([]);
	});

	test('a folder replaced by a symlink or file is not followed', () => {
		put(root, 'elsewhere/secret');
		for (const name of ['m', 'n']) mkdirSync(join(root, name));
		const { children, problems } = scanWhile('', () => {
			for (const name of ['m', 'n']) rmdirSync(join(root, name));
			symlinkSync('elsewhere', join(root, 'm'));
			writeFileSync(join(root, 'n'), '');
		});
		expect(children.has(at('m/secret'))).toBe(false);
		expect(problems).toEqual([]);
	});

	test('a folder moved out of reach does not end the scan', () => {
		put(root, 'b/c/d/file');
		put(root, 'z/file');
		const { children, problems } = scanWhile('b/c', () => renameSync(join(root, 'b'), join(root, 'q')));
		expect(children.has(at('z/file'))).toBe(true);
		expect(children.has(at('b/c/d/file'))).toBe(false);
		expect(problems).toEqual([]);
	});

	test('files deleted by another process all the while are neither problems nor a hole', () => {
		for (let index = 0; index < 3000; index++) put(root, `busy/${index % 30}/${index}`, '');
		const worker = execFileSync('sh', ['-c', `rm -rf "$0/busy/1"* >/dev/null 2>&1 & echo`, root]);
		expect(worker).toBeTruthy();
		const { folders, problems } = scanAll([root]);
		expect(problems).toEqual([]);
		expect([...folders.values()].every(({ complete }) => complete)).toBe(true);
	});

	test('a file unlinked between listing and lstat is left out silently', () => {
		put(root, 'a/1');
		put(root, 'a/2');
		const { children, problems } = scanWhile('', () => unlinkSync(join(root, 'a/1')));
		expect(children.has(at('a/1'))).toBe(false);
		expect(children.has(at('a/2'))).toBe(true);
		expect(problems).toEqual([]);
	});
});

describe.runIf(canBecomeNobody())('as a user without rights', () => {
	test('a folder that cannot be listed is a problem and incomplete', () => {
		chmodSync(root, 0o755);
		put(root, 'closed/file');
		put(root, 'open/file');
		chmodSync(join(root, 'closed'), 0o000);
		const { folders, children, problems } = asNobody(() => scanAll([root]));
		chmodSync(join(root, 'closed'), 0o700);
		expect(problems).toEqual([
			{ path: at('closed'), code: 'EACCES', message: 'The folder cannot be listed: permission denied.' },
		]);
		expect(folders.get(at('closed'))).toMatchObject({ complete: false, children: [] });
		expect(children.get(at('closed'))?.type).toBe('dir');
		expect(children.has(at('open/file'))).toBe(true);
	});

	test('names that can be listed but not looked at are unseen', () => {
		chmodSync(root, 0o755);
		put(root, 'half/a');
		put(root, 'half/b');
		chmodSync(join(root, 'half'), 0o444);
		const { folders, problems } = asNobody(() => scanAll([root]));
		chmodSync(join(root, 'half'), 0o700);
		expect(folders.get(at('half'))).toMatchObject({ complete: false, children: [], unseen: ['a', 'b'] });
		expect(problems.map(({ path, message }) => [path, message])).toEqual([
			[at('half/a'), 'Its metadata cannot be read: permission denied.'],
			[at('half/b'), 'Its metadata cannot be read: permission denied.'],
		]);
	});

	test('an ignore file that cannot be read is told, and nothing is left out', () => {
		chmodSync(root, 0o755);
		put(root, '.firnignore', '*', 0o000);
		put(root, 'file');
		const { children, problems } = asNobody(() => scanAll([root]));
		expect(problems).toEqual([
			{
				path: at('.firnignore'),
				code: 'EACCES',
				message: 'Its patterns cannot be read and were not used: permission denied.',
			},
		]);
		expect(children.has(at('file'))).toBe(true);
	});
});
