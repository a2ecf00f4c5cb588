/** What the design promises: archives open with age, zstd, gzip and tar alone, and everything in them comes back. */

import {
	lstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	readlinkSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecryptor } from '../../src/archive/age/decryptor.ts';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { decompress } from '../../src/archive/decompressor.ts';
import { encodeTarHeader, TAR_END } from '../../src/archive/tar-header.ts';
import type { EntryType } from '../../src/core/entry.ts';
import type { Compression } from '../../src/core/object-names.ts';
import { encodePath, fsPath } from '../../src/core/path-bytes.ts';
import { age, bsdtar, gnuTar, gzip, run, zstd } from '../support/stock-tools.ts';
import { buildArchive, entry, fileItem, type Item, inSteps, readTar, tarPieces } from '../support/tar-items.ts';
import { isRoot, ODD_NAMES, removeTree, scratchFolder } from '../support/trees.ts';

let folder: string;
beforeAll(() => {
	folder = scratchFolder('stock');
});
afterAll(() => removeTree(folder));

/** 4,000 bytes. */
const DEEP = `${'d'.repeat(199)}/`.repeat(19) + 'f'.repeat(200);

const island = Buffer.alloc(8192, 'island');
const sparse = {
	realSize: 5_000_000,
	segments: [
		{ offset: 40_960, length: 4096 },
		{ offset: 1_048_576, length: 4096 },
		{ offset: 5_000_000, length: 0 },
	],
};

function oddItems(): Item[] {
	const dirs = new Set<string>();
	const items: Item[] = [];
	const add = (item: Item) => {
		for (let at = item.entry.path.indexOf('/'); at !== -1; at = item.entry.path.indexOf('/', at + 1)) {
			const path = item.entry.path.slice(0, at);
			if (!dirs.has(path))
				items.push({ entry: entry({ path, type: 'dir', mode: 0o755, mtimeNs: 1_600_000_000_250_000_000n }) });
			dirs.add(path);
		}
		items.push(item);
	};
	// Folder after folder, as a backup has them: GNU tar sets the time of a folder when it leaves it.
	for (const name of ODD_NAMES) add(fileItem(`names/${name}`, `content of ${name}`));
	for (const name of ODD_NAMES) add(fileItem(`folders/${name}/inside`, name));
	add(fileItem(DEEP, 'deep'));
	for (const length of [98, 99, 100, 101, 155, 156, 157, 254, 255]) add(fileItem(`len/${'n'.repeat(length)}`, 'n'));
	for (const length of [100, 154, 155, 156, 200]) add(fileItem(`${'p'.repeat(length)}/${'n'.repeat(95)}`, 'n'));
	const times = [
		-1_234_567_890_123_456_789n,
		-1_500_000_000n,
		-500_000_000n,
		-1n,
		0n,
		1n,
		4_000_000_000_987_654_321n,
		8_589_934_592_000_000_000n,
	];
	for (const mtimeNs of times) add(fileItem(`times/${mtimeNs}`, 't', { mtimeNs }));
	add(fileItem('links/first', 'one content'));
	add({ entry: entry({ path: 'links/second', type: 'hardlink', link: 'links/first' }) });
	add(fileItem(`links/${'ü'.repeat(100)}`, 'long'));
	add({ entry: entry({ path: 'links/third', type: 'hardlink', link: `links/${'ü'.repeat(100)}` }) });
	add(fileItem(`links/${ODD_NAMES.at(-1)!}`, 'odd'));
	add({ entry: entry({ path: 'links/fourth', type: 'hardlink', link: `links/${ODD_NAMES.at(-1)!}` }) });
	const targets = [
		'/etc/hostname',
		'nowhere',
		'../..',
		'a'.repeat(100),
		'b'.repeat(101),
		`${'long/'.repeat(818)}x`,
		'new\nline',
		ODD_NAMES.at(-1)!,
	];
	for (const [index, link] of targets.entries())
		add({ entry: entry({ path: `links/sym${index}`, type: 'symlink', mode: 0o777, link }) });
	for (const mode of [0o400, 0o644, 0o777, 0o1644]) add(fileItem(`modes/${mode.toString(8)}`, 'm', { mode }));
	add({ entry: entry({ path: 'fifo', type: 'fifo', mode: 0o600 }) });
	for (const name of ['sparse', `s/${'ü'.repeat(120)}`])
		add({ entry: entry({ path: name, size: sparse.realSize }), content: island, sparse });
	add(fileItem('empty', ''));
	add(fileItem('big', Buffer.alloc(300_000, 'big ')));
	return items;
}

const KIND: Record<EntryType, number> = {
	file: 0o10,
	hardlink: 0o10,
	dir: 0o4,
	symlink: 0o12,
	fifo: 0o1,
	char: 0o2,
	block: 0o6,
};

/** libarchive takes the seconds and the fraction of a time before 1970 apart and loses the sign: up to 2 s off. */
const bsdtarMistakes = (mtimeNs: bigint): boolean => mtimeNs < 0n && mtimeNs % 10n ** 9n !== 0n;

/** Compares what lies below `root` with the items, to the nanosecond. */
function expectExtracted(root: string, items: Item[], anyTime: (mtimeNs: bigint) => boolean = () => false): void {
	for (const { entry, content, sparse } of items) {
		const path = fsPath(join(root, entry.path));
		const stat = lstatSync(path, { bigint: true });
		expect({ path: entry.path, kind: Number(stat.mode >> 12n) }).toEqual({ path: entry.path, kind: KIND[entry.type] });
		if (entry.type === 'symlink') expect(readlinkSync(path, 'buffer').equals(encodePath(entry.link))).toBe(true);
		else expect({ path: entry.path, mode: Number(stat.mode) & 0o7777 }).toEqual({ path: entry.path, mode: entry.mode });
		if (entry.type === 'hardlink')
			expect(stat.ino).toBe(lstatSync(fsPath(join(root, entry.link)), { bigint: true }).ino);
		else if (!anyTime(entry.mtimeNs))
			expect({ path: entry.path, mtimeNs: stat.mtimeNs }).toEqual({ path: entry.path, mtimeNs: entry.mtimeNs });
		if (content && sparse) {
			const bytes = readFileSync(path);
			const expected = Buffer.alloc(sparse.realSize);
			expected.set(content.subarray(0, 4096), 40_960);
			expected.set(content.subarray(4096), 1_048_576);
			expect(bytes.equals(expected)).toBe(true);
			expect(Number(stat.blocks) * 512).toBeLessThan(1_000_000);
		} else if (content) {
			expect({ path: entry.path, same: readFileSync(path).equals(Buffer.from(content)) }).toEqual({
				path: entry.path,
				same: true,
			});
		}
	}
}

const COMPRESSIONS: Compression[] = ['none', 'gzip', 'zstd'];
const MATRIX = COMPRESSIONS.flatMap((compression) => [false, true].map((encrypted) => ({ compression, encrypted })));
const TOOLS: Record<Compression, { program: string; there: boolean }> = {
	none: { program: 'cat', there: true },
	gzip: { program: 'gzip', there: gzip },
	zstd: { program: 'zstd', there: zstd },
};

describe.each(MATRIX)(
	'an archive with compression $compression, encrypted: $encrypted',
	({ compression, encrypted }) => {
		const { identity, recipient } = generateIdentity();
		const items = oddItems();
		const pieces = tarPieces(items);
		const tar = Buffer.concat(pieces);
		// Frames of some entries each, as a backup makes them.
		const joined = Array.from(inSteps(tar, 100_000));
		const { object } = buildArchive(joined, compression, encrypted ? [recipient] : []);

		/** The TAR by stock tools. */
		function openWithTools(): Buffer {
			let bytes: Buffer = object;
			if (encrypted) {
				const key = join(folder, 'key.txt');
				writeFileSync(key, `# a comment\n${identity}\n`, { mode: 0o600 });
				bytes = run('age', ['-d', '-i', key], { input: bytes });
			}
			if (compression === 'none') return bytes;
			return run(TOOLS[compression].program, ['-dc'], { input: bytes });
		}

		function extractWith(program: string): string {
			const root = join(folder, `${program}-${compression}-${encrypted}`);
			mkdirSync(root);
			run(program, ['-xpf', '-', '-C', root], { input: openWithTools() });
			return root;
		}

		const open = TOOLS[compression].there && (!encrypted || age);

		test.skipIf(!(open && gnuTar))('comes back with stock tools and GNU tar (needs age, zstd, gzip, GNU tar)', () => {
			expectExtracted(extractWith('tar'), items);
		});

		test.skipIf(!(open && bsdtar))('comes back with stock tools and bsdtar (needs age, zstd, gzip, bsdtar)', () => {
			expectExtracted(extractWith('bsdtar'), items, bsdtarMistakes);
		});

		test('comes back with Firn', async () => {
			const decrypted: Buffer[] = [];
			if (encrypted) {
				const decryptor = createDecryptor([generateIdentity().identity, identity]);
				for (const step of inSteps(object, 10_000)) decrypted.push(...decryptor.write(step));
				decrypted.push(...decryptor.end());
			} else {
				decrypted.push(object);
			}
			const raw: Buffer[] = [];
			for await (const piece of decompress(compression, decrypted)) raw.push(piece);
			expect(Buffer.concat(raw).equals(tar)).toBe(true);
			expect(readTar(tar, 1000).map((one) => one.entry)).toEqual(items.map((one) => one.entry));
		});
	},
);

describe('TARs of other programs', () => {
	let source: string;
	let items: Item[];
	beforeAll(() => {
		source = join(folder, 'source');
		mkdirSync(source);
		items = oddItems();
		if (gnuTar) run('tar', ['-xpf', '-', '-C', source], { input: Buffer.concat(tarPieces(items)) });
	});

	function expectRead(tar: Buffer, nanoseconds: boolean, anyTime: (mtimeNs: bigint) => boolean = () => false): void {
		const read = new Map(readTar(tar).map((one) => [one.entry.path.replace(/^\.\/?/, ''), one]));
		for (const { entry, content, sparse } of items) {
			const { path, type, mode, size, link } = entry;
			const found = read.get(path);
			expect({ path, there: found !== undefined }).toEqual({ path, there: true });
			// Which name of a file comes first is up to the program.
			if (path.startsWith('links/') && type !== 'symlink') continue;
			expect(found!.entry).toMatchObject({ path: found!.entry.path, type, mode, size, link });
			const fraction = ((entry.mtimeNs % 10n ** 9n) + 10n ** 9n) % 10n ** 9n;
			const mtimeNs = nanoseconds ? entry.mtimeNs : entry.mtimeNs - fraction;
			if (!anyTime(entry.mtimeNs)) expect({ path, mtimeNs: found!.entry.mtimeNs }).toEqual({ path, mtimeNs });
			if (content && !sparse) expect(found!.content.equals(content)).toBe(true);
			if (sparse) expect(found!.content.subarray(1_048_576, 1_052_672).equals(content!.subarray(4096))).toBe(true);
		}
	}

	test.skipIf(!gnuTar).each([
		['--format=pax', '--sparse-version=1.0'],
		['--format=pax', '--sparse-version=0.1'],
		['--format=pax', '--sparse-version=0.0'],
		['--format=gnu', '--sparse-version=1.0'],
	])('GNU tar %s %s (needs GNU tar)', (format, version) => {
		expectRead(run('tar', ['-cS', format, version, '-C', source, '.']), format === '--format=pax');
	});

	test.skipIf(!(gnuTar && bsdtar))('bsdtar --format=pax (needs bsdtar and GNU tar)', () => {
		expectRead(run('bsdtar', ['-c', '--format=pax', '-f', '-', '-C', source, '.']), true, bsdtarMistakes);
	});

	test.skipIf(!(gnuTar && bsdtar))('bsdtar --format=gnutar (needs bsdtar and GNU tar)', () => {
		const outside = (mtimeNs: bigint) => mtimeNs < 0n || mtimeNs >= 8_589_934_592_000_000_000n;
		expectRead(run('bsdtar', ['-c', '--format=gnutar', '-f', '-', '-C', source, '.']), false, outside);
	});
});

describe('headers', () => {
	/** A TAR file with one entry of `size`, mostly a hole. */
	function hugeTar(size: number): string {
		const path = join(folder, `huge-${size}.tar`);
		const fd = openSync(path, 'w');
		const header = encodeTarHeader(entry({ path: 'huge', size }));
		writeSync(fd, header);
		const end = header.length + Math.ceil(size / 512) * 512;
		const last = fileItem('after', 'x');
		for (const piece of tarPieces([last])) writeSync(fd, piece, 0, piece.length, piece === TAR_END ? end + 1024 : end);
		truncateSync(path, end + 2048);
		return path;
	}

	const sizes = [8 * 2 ** 30 - 1, 8 * 2 ** 30, 100 * 2 ** 30 + 1];
	test.skipIf(!gnuTar).each(sizes)('GNU tar sees a size of %i (needs GNU tar)', (size) => {
		expect(run('tar', ['-tvf', hugeTar(size)]).toString()).toMatch(new RegExp(` ${size} .* huge\n.* after\n$`));
	});
	test.skipIf(!bsdtar).each(sizes)('bsdtar sees a size of %i (needs bsdtar)', (size) => {
		expect(run('bsdtar', ['-tvf', hugeTar(size)]).toString()).toMatch(new RegExp(` ${size} .* huge\n.* after\n$`));
	});

	const devices: Item[] = [
		{ entry: entry({ path: 'null', type: 'char', devMajor: 1, devMinor: 3, uid: 0, gid: 0 }) },
		{
			entry: entry({
				path: 'loop',
				type: 'block',
				devMajor: 4095,
				devMinor: 1_048_575,
				uid: 3_000_000_000,
				gid: 2_097_152,
			}),
		},
	];
	test.skipIf(!gnuTar)('GNU tar sees devices and large ids (needs GNU tar)', () => {
		const listed = run('tar', ['-tv', '--numeric-owner', '-f', '-'], {
			input: Buffer.concat(tarPieces(devices)),
		}).toString();
		expect(listed).toMatch(/^crw-r--r-- 0\/0 +1,3 .* null\nbrw-r--r-- 3000000000\/2097152 +4095,1048575 .* loop\n$/);
	});
	test.skipIf(!bsdtar)('bsdtar sees devices and large ids (needs bsdtar)', () => {
		const listed = run('bsdtar', ['-tv', '--numeric-owner', '-f', '-'], {
			input: Buffer.concat(tarPieces(devices)),
		}).toString();
		expect(listed).toMatch(/^crw-r--r-- .* 1,3 .* null\nbrw-r--r-- .* 3000000000 +2097152 +4095,1048575 .* loop\n$/);
	});
	test.skipIf(!(gnuTar && isRoot))('owners by name come back as those of the system (needs GNU tar and root)', () => {
		const root = join(folder, 'owners');
		mkdirSync(root);
		const item = fileItem('owned', 'x', { uid: 12345, gid: 12345, uname: 'root', gname: 'root' });
		run('tar', ['-xpf', '-', '-C', root], { input: Buffer.concat(tarPieces([item])) });
		expect(lstatSync(join(root, 'owned'))).toMatchObject({ uid: 0, gid: 0 });
	});
});

test('node-tar reads the same entries', async () => {
	const items = oddItems().filter(
		({ entry, sparse }) => !sparse && entry.path.isWellFormed() && entry.link.isWellFormed(),
	);
	const read: unknown[] = [];
	const types = { Directory: 'dir', File: 'file', Link: 'hardlink', SymbolicLink: 'symlink', FIFO: 'fifo' } as Record<
		string,
		string
	>;
	await new Promise<void>((resolve, reject) => {
		const parser = new Parser({
			strict: true,
			onReadEntry(found) {
				const { path, type, size, mode, linkpath, mtime } = found;
				const chunks: Buffer[] = [];
				found.on('data', (chunk: Buffer) => chunks.push(chunk));
				found.on('end', () => {
					read.push({
						path: path.replace(/\/$/, ''),
						type: types[type],
						size,
						mode,
						link: linkpath ?? '',
						time: mtime?.getTime(),
						content: Buffer.concat(chunks).toString('latin1'),
					});
				});
			},
		});
		parser.on('end', resolve);
		parser.on('error', reject);
		parser.end(Buffer.concat(tarPieces(items)));
	});
	const expected = items.map(({ entry, content }) => ({
		path: entry.path,
		type: entry.type,
		size: entry.size,
		mode: entry.mode,
		link: entry.link,
		time: Number(entry.mtimeNs / 1_000_000n),
		content: Buffer.from(content ?? []).toString('latin1'),
	}));
	expect(read).toEqual(expected);
});
