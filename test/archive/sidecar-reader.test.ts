import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLines } from '../../src/archive/json-lines.ts';
import { beginningsOf, parseRecoverNote, recoverNote } from '../../src/archive/recover-note.ts';
import { type SidecarEntry, sidecarLine } from '../../src/archive/sidecar.ts';
import { isArchivePath, parseSidecarEntry, parseSidecarHeader } from '../../src/archive/sidecar-reader.ts';
import { decodePath } from '../../src/core/path-bytes.ts';

const RAW = 2 ** 40;

const name = fc
	.uint8Array({ minLength: 1, maxLength: 12 })
	.map(decodePath)
	.filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const entry: fc.Arbitrary<SidecarEntry> = fc
	.record({
		path,
		type: fc.constantFrom('file', 'dir', 'symlink', 'hardlink', 'fifo', 'char', 'block'),
		mode: fc.nat(0o7777),
		uid: fc.nat(),
		gid: fc.nat(),
		size: fc.maxSafeNat(),
		mtimeNs: int64,
		ctimeNs: int64,
		ino: int64,
		link: path,
		hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
		offset: fc.nat().map((block) => block * 8),
		length: fc.nat(1_000_000).map((bytes) => bytes + 512),
	})
	.map(({ hash, ...rest }) => ({
		...rest,
		size: rest.type === 'file' ? rest.size : 0,
		link: rest.type === 'symlink' || rest.type === 'hardlink' ? rest.link : '',
		sha256: rest.type === 'file' ? Buffer.from(hash) : undefined,
	})) as fc.Arbitrary<SidecarEntry>;

test('an entry comes back as it was written', () => {
	fc.assert(
		fc.property(entry, (one) => {
			expect(parseSidecarEntry(JSON.parse(sidecarLine(one)), RAW)).toEqual(one);
		}),
	);
});

test('a sidecar of the first format, without the settings of its job, is read', () => {
	const first = {
		...{ firn: 'index', format: 1, job: 'k7m2qx9a4b', run: '20261121T095338Z-9qrd5', archive: 'a.tar' },
		...{ compression: 'none', encrypted: false, size: 1, rawSize: 1, payloadSize: 1, files: 1, bytes: 1 },
		stored: '2026-11-21T09:53:38.000Z',
	};
	expect(parseSidecarHeader(first)).toEqual(first);
});

const GOOD = JSON.parse(
	`{"p":"a/b","t":0,"m":420,"u":0,"g":0,"s":3,"mt":"1","ct":"2","i":"3","h":"${'0'.repeat(64)}","o":0,"n":1024}`,
);

test.each([
	['p', '/etc/passwd'],
	['p', '../up'],
	['p', 'a/../../up'],
	['p', 'a//b'],
	['p', '.'],
	['p', ''],
	['p', 'a\0b'],
	['p', 'a\ud800'],
	['p', 7],
	['t', 7],
	['t', 'constructor'],
	['m', 0o10000],
	['m', -1],
	['u', 2 ** 32],
	['s', -1],
	['s', 1.5],
	['mt', '9223372036854775808'],
	['mt', 1],
	['i', ' 1'],
	['h', 'zz'],
	['h', undefined],
	['o', 1e12],
	['n', 0],
	['n', 4096],
])('an entry whose %s is %j is refused', (field, value) => {
	expect(parseSidecarEntry(GOOD, 2048).path).toBe('a/b');
	expect(() => parseSidecarEntry({ ...GOOD, [field]: value }, 2048)).toThrow(
		expect.objectContaining({ code: 'BAD_SIDECAR' }),
	);
});

test('a hard link that leads out is refused', () => {
	const { h: _h, ...rest } = GOOD;
	expect(() => parseSidecarEntry({ ...rest, t: 'constructor' }, 2048)).toThrow();
	expect(() => parseSidecarEntry({ ...rest, t: 3, s: 0, l: '../x' }, 2048)).toThrow();
	expect(isArchivePath('a/..b/...')).toBe(true);
});

test('lines come back however they are cut into pieces', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), async (values, size) => {
			const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
			async function* pieces() {
				for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
			}
			const found: unknown[] = [];
			for await (const lines of jsonLines(pieces())) found.push(...lines);
			expect(JSON.stringify(found)).toBe(JSON.stringify(values));
		}),
	);
});

test('a line without an end is refused before it fills the memory', async () => {
	let pieces = 0;
	async function* endless() {
		for (;;) {
			pieces += 1;
			yield Buffer.alloc(64 * 1024, 'a');
		}
	}
	const read = async () => {
		for await (const _lines of jsonLines(endless()));
	};
	await expect(read()).rejects.toMatchObject({ code: 'BAD_LINES' });
	expect(pieces).toBeLessThan(10);
});

test('the note names the jobs and how their recipients begin, and no more', () => {
	const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
	const jobs = new Map([
		['abcdefghij', beginningsOf([recipient, recipient])],
		['k7m2qx9a4b', []],
	]);
	const note = recoverNote(jobs);
	expect(note).not.toContain(recipient);
	expect(note).toContain('    abcdefghij  age1ql3z7hjy54pw age1ql3z7hjy54pw\n    k7m2qx9a4b  not encrypted\n');
	expect(parseRecoverNote(note)).toEqual(jobs);
	expect(parseRecoverNote(`${note}    k7m2qx9a4c  \u001b[31m evil\n    ../../etc  age1ql3z7hjy54pw\n`)).toEqual(jobs);
});
