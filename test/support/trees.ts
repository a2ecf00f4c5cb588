/**
 * Trees that are hard to back up, made the way a user's or an attacker's programs make them. Paths are strings as in
 * src/core/path-bytes.ts, relative to the root of the tree.
 */

import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	closeSync,
	constants,
	ftruncateSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	symlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodePath, fsPath } from '../../src/core/path-bytes.ts';

export const isRoot = process.geteuid?.() === 0;

/** Names that have broken backup tools. */
export const ODD_NAMES: readonly string[] = [
	' leading and trailing ',
	'new\nline',
	'carriage\rreturn',
	'tab\there',
	'escape\u001b[31mred\u001b[0m',
	'bell\u0007 back\u0008space',
	'-rf',
	'--help',
	'~',
	'*',
	'?[a-z]{b,c}$(id)`id`',
	'back\\slash',
	'quote"\'',
	'#hash',
	'!bang',
	'...',
	'n'.repeat(255),
	'ü'.repeat(127),
	'e\u0301 decomposed',
	'\u00e9 composed',
	'\u202etxt.exe',
	'\ufeffbom',
	'\ufffd replacement',
	'\ue000 private',
	'\u{1f9ca} ice',
	// Latin-1, a cut-off sequence, an overlong slash, a surrogate in UTF-8.
	decodePath(Buffer.from('caf\xe9', 'latin1')),
	decodePath(Buffer.from([0x61, 0xe2, 0x82])),
	decodePath(Buffer.from([0xc0, 0xaf])),
	decodePath(Buffer.from([0xed, 0xa0, 0x80])),
	decodePath(Buffer.alloc(255, 0xff)),
];

/** A new empty folder; the caller removes it with removeTree(). */
export function scratchFolder(label = 'tree'): string {
	return mkdtempSync(join(tmpdir(), `firn-${label}-`));
}

/** Removes what rm(1) can, which is also what lies beyond PATH_MAX. */
export function removeTree(root: string): void {
	execFileSync('rm', ['-rf', '--', root]);
}

/** Writes a file, with the folders above it. */
export function put(root: string, path: string, content: string | Uint8Array = path, mode?: number): void {
	mkdirSync(fsPath(dirname(join(root, path))), { recursive: true });
	writeFileSync(fsPath(join(root, path)), content);
	if (mode !== undefined) chmodSync(fsPath(join(root, path)), mode);
}

/** Sets a modification time to the nanosecond, which fs.utimes cannot; of a symlink the link's own. The path must be UTF-8. */
export function setMtime(root: string, path: string, nanoseconds: bigint): void {
	// Seconds are rounded down: -0.5 s is second -1 and 500,000,000 ns.
	const seconds = (nanoseconds - (((nanoseconds % 10n ** 9n) + 10n ** 9n) % 10n ** 9n)) / 10n ** 9n;
	const fraction = String(nanoseconds - seconds * 10n ** 9n).padStart(9, '0');
	// Told as calendar time: touch takes the fraction of a negative @ number differently from one version to the next.
	const calendar = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
	execFileSync('touch', ['-h', '-m', '-d', `${calendar}.${fraction} UTC`, '--', join(root, path)]);
}

/** A file of `size` with data only where told. */
export function putSparse(
	root: string,
	path: string,
	size: number,
	data: { offset: number; bytes: Uint8Array }[],
): void {
	put(root, path, '');
	const fd = openSync(fsPath(join(root, path)), constants.O_WRONLY);
	try {
		ftruncateSync(fd, size);
		for (const { offset, bytes } of data) writeSync(fd, bytes, 0, bytes.length, offset);
	} finally {
		closeSync(fd);
	}
}

/**
 * Makes folders by relative steps until the path below `root` is at least `bytes` long, and a file `content` in the last.
 * @returns all that was made, the file last
 */
export function putDeep(root: string, bytes: number, content = 'deep'): string[] {
	const script = `
		const [root, bytes, content] = process.argv.slice(1);
		process.chdir(root);
		const made = [];
		let path = '';
		for (let depth = 0; path.length < bytes - 10; depth++) {
			const name = (depth + '-').padEnd(Math.min(200, bytes - 10 - path.length), 'deep');
			require('fs').mkdirSync(name);
			process.chdir(name);
			path += (path && '/') + name;
			made.push(path);
		}
		const name = 'file'.padEnd(Math.max(4, bytes - path.length - 1), '-');
		require('fs').writeFileSync(name, content);
		made.push(path + '/' + name);
		process.stdout.write(JSON.stringify(made));
	`;
	return JSON.parse(execFileSync(process.execPath, ['-e', script, root, String(bytes), content], { encoding: 'utf8' }));
}

export function putFifo(root: string, path: string): void {
	execFileSync('mkfifo', ['--', join(root, path)]);
}

/** A Unix socket in the file system, until it is closed. */
export async function putSocket(root: string, path: string): Promise<Server> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(join(root, path), resolve);
	});
	return server;
}

/** What makeOddTree() made. */
export interface OddTree {
	/** Every path but the root itself, in no order. */
	paths: string[];
	/** Whether devices could be made (as root, where the sandbox lets it). */
	devices: boolean;
	/** Path of the deepest file, about 4,000 bytes below the root. */
	deepest: string;
	/** Names of one file, linked hard. */
	hardLinks: string[];
	/** Modification times that were set. */
	mtimes: Map<string, bigint>;
	/** Sparse file and its length. */
	sparse: { path: string; size: number };
}

/** One of everything below `root`, which must exist; about 120 objects in half a second. */
export function makeOddTree(root: string): OddTree {
	const paths: string[] = [];
	const file = (path: string, content: string | Uint8Array = path, mode?: number) => {
		put(root, path, content, mode);
		paths.push(path);
	};
	const folder = (path: string, mode?: number) => {
		mkdirSync(fsPath(join(root, path)));
		if (mode !== undefined) chmodSync(fsPath(join(root, path)), mode);
		paths.push(path);
	};
	const symlink = (path: string, target: string) => {
		symlinkSync(fsPath(target), fsPath(join(root, path)));
		paths.push(path);
	};

	folder('plain');
	file('plain/empty', '');
	file('plain/hello.txt', 'hello\n');
	file('plain/binary', Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) & 255)));
	folder('empty');
	folder('empty/inside');

	folder('names');
	for (const name of ODD_NAMES) file(`names/${name}`);
	folder('folders');
	for (const name of ODD_NAMES) {
		folder(`folders/${name}`);
		file(`folders/${name}/inside`);
	}

	folder('links');
	file('links/first', 'one content, three names');
	const hardLinks = ['links/first', 'links/second', 'plain/third'];
	for (const name of hardLinks.slice(1)) {
		linkSync(join(root, 'links/first'), join(root, name));
		paths.push(name);
	}
	symlink('links/relative', '../plain/hello.txt');
	symlink('links/absolute', '/etc/hostname');
	symlink('links/dangling', 'nowhere');
	symlink('links/folder', '../plain');
	symlink('links/loop', 'loop');
	symlink('links/up', '..');
	symlink('links/long', `${'long/'.repeat(818)}x`);
	symlink('links/odd', ODD_NAMES.at(-1)!);
	symlink('links/newline', 'new\nline\u001b[31m');

	folder('modes');
	for (const mode of [0o000, 0o400, 0o644, 0o777, 0o4755, 0o2755, 0o1644, 0o6711]) {
		file(`modes/${mode.toString(8).padStart(4, '0')}`, 'mode', mode);
	}
	folder('modes/sticky', 0o1777);
	folder('modes/setgid', 0o2750);

	folder('times');
	const mtimes = new Map<string, bigint>([
		['times/before-1970', -1_234_567_890_123_456_789n],
		['times/just-before-1970', -1n],
		['times/epoch', 0n],
		['times/nanosecond', 1_700_000_000_000_000_001n],
		['times/after-2038', 4_000_000_000_987_654_321n],
	]);
	for (const [path, mtime] of mtimes) {
		file(path);
		setMtime(root, path, mtime);
	}

	folder('special');
	putFifo(root, 'special/fifo');
	paths.push('special/fifo');
	const devices = putDevices(root);
	if (devices) paths.push('special/null', 'special/loop');
	const sparse = { path: 'special/sparse', size: 64 * 1024 * 1024 + 5 };
	putSparse(root, sparse.path, sparse.size, [
		{ offset: 1024 * 1024, bytes: Buffer.from('island') },
		{ offset: 32 * 1024 * 1024 + 17, bytes: Buffer.alloc(10_000, 'x') },
	]);
	paths.push(sparse.path);

	folder('deep');
	const deep = putDeep(join(root, 'deep'), 4000).map((path) => `deep/${path}`);
	paths.push(...deep);
	return { paths, devices, deepest: deep.at(-1)!, hardLinks, mtimes, sparse };
}

function putDevices(root: string): boolean {
	if (!isRoot) return false;
	try {
		execFileSync('mknod', [join(root, 'special/null'), 'c', '1', '3'], { stdio: 'ignore' });
		execFileSync('mknod', [join(root, 'special/loop'), 'b', '7', '300'], { stdio: 'ignore' });
		return true;
	} catch {
		// A container may forbid it.
		return false;
	}
}

/** Whether asNobody() works here: as root, and in a process of its own rather than a thread. */
export function canBecomeNobody(): boolean {
	try {
		asNobody(() => {});
		return true;
	} catch {
		return false;
	}
}

/** Calls `act` with the rights of nobody where the test runs as root; else as the user it is. */
export function asNobody<T>(act: () => T): T {
	if (!isRoot) return act();
	const groups = process.getgroups!();
	const group = process.getegid!();
	process.setgroups!([]);
	process.setegid!(65534);
	process.seteuid!(65534);
	try {
		return act();
	} finally {
		process.seteuid!(0);
		process.setegid!(group);
		process.setgroups!(groups);
	}
}
