import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeTarHeader, TAR_END, tarPadding } from '../../src/archive/tar-header.ts';
import { TarReader } from '../../src/archive/tar-reader.ts';
import { ENTRY_TYPES, type Entry } from '../../src/core/entry.ts';
import { FirnError } from '../../src/core/errors.ts';
import { decodePath } from '../../src/core/path-bytes.ts';
import { entry, fileItem, type Item, readTar, tarPieces } from '../support/tar-items.ts';

const trim = (path: string) => path.replace(/^\/+|\/+$/g, '');

const text = fc.oneof(
	fc.stringMatching(/^[a-z0-9._-]{1,40}$/),
	fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
	fc.uint8Array({ minLength: 1, maxLength: 120 }).map(decodePath),
);
const path = fc
	.array(text, { minLength: 1, maxLength: 8 })
	.map((parts) => trim(parts.join('/').replaceAll('\0', '0')))
	.filter((value) => value !== '');
const ownerName = fc.oneof(fc.constantFrom('', 'root', 'x'.repeat(31), 'x'.repeat(32), 'jürgen'), path);
const id = fc.oneof(fc.nat(70_000), fc.constantFrom(0o7777777, 0o7777777 + 1, 2 ** 32 - 1));

const item: fc.Arbitrary<Item> = fc
	.record({
		path,
		type: fc.constantFrom(...ENTRY_TYPES),
		mode: fc.nat(0o7777),
		uid: id,
		gid: id,
		uname: ownerName,
		gname: ownerName,
		mtimeNs: fc.oneof(
			fc.bigInt(-3_000_000_000n, 3_000_000_000n),
			fc.bigInt(-(10n ** 20n), 10n ** 20n),
			fc.bigInt(-(10n ** 10n), 10n ** 10n).map((seconds) => seconds * 10n ** 9n),
		),
		link: path,
		devMajor: fc.nat(0xfff),
		devMinor: fc.nat(0xfffff),
		content: fc.uint8Array({ maxLength: 1200 }),
	})
	.map(({ content, ...fields }) => {
		const linked = fields.type === 'symlink' || fields.type === 'hardlink';
		const device = fields.type === 'char' || fields.type === 'block';
		const made: Entry = {
			...fields,
			size: fields.type === 'file' ? content.length : 0,
			link: linked ? fields.link : '',
			devMajor: device ? fields.devMajor : 0,
			devMinor: device ? fields.devMinor : 0,
		};
		return fields.type === 'file' ? { entry: made, content } : { entry: made };
	});

const tarOf = (...items: Item[]) => Buffer.concat(tarPieces(items));

const codeOf = (act: () => unknown): string => {
	try {
		act();
	} catch (error) {
		if (error instanceof FirnError) return error.code;
		throw error;
	}
	return 'nothing thrown';
};

describe('what encodeTarHeader writes', () => {
	test('comes back as it was, in pieces of any size', () => {
		fc.assert(
			fc.property(fc.array(item, { maxLength: 5 }), fc.integer({ min: 1, max: 3000 }), (items, step) => {
				const pieces = tarPieces(items);
				const read = readTar(Buffer.concat(pieces), step);
				expect(read.map((one) => one.entry)).toEqual(items.map((one) => one.entry));
				let offset = 0;
				for (const [index, one] of items.entries()) {
					expect(read[index]!.offset).toBe(offset);
					if (one.content) expect(read[index]!.content.equals(one.content)).toBe(true);
					offset += pieces[index]!.length;
				}
			}),
			{ numRuns: 300 },
		);
	});

	test('holds names of every length around the limits of ustar and of the length of a record', () => {
		for (let length = 1; length <= 300; length++) {
			for (const name of [
				'n'.repeat(length),
				`${'p'.repeat(length)}/file`,
				`a/${'n'.repeat(length)}`,
				'ü'.repeat(length),
			]) {
				for (const type of ['file', 'dir', 'symlink'] as const) {
					const one = entry({ path: name, type, link: type === 'symlink' ? name : '' });
					expect(readTar(tarOf({ entry: one }))[0]!.entry).toEqual(one);
				}
			}
		}
	});

	test.each([98, 99, 100, 101, 985, 986, 987, 988, 989, 990, 991, 992, 993, 994, 9_980, 9_990, 9_991, 9_992])(
		'states the length of a record with a path of %i bytes right',
		(length) => {
			const header = encodeTarHeader(entry({ path: `\t${'x'.repeat(length - 1)}` }));
			const records = header.subarray(512, 512 + Number.parseInt(header.toString('latin1', 124, 135), 8));
			expect(records.at(-1)).toBe(0x0a);
			expect(Number.parseInt(records.toString('latin1'), 10)).toBe(records.length);
		},
	);

	test('needs one block for the usual file with a whole second, three with a fraction', () => {
		expect(encodeTarHeader(entry({ path: 'home/u/notes.txt' })).length).toBe(512);
		expect(encodeTarHeader(entry({ path: 'home/u/notes.txt', mtimeNs: 1_700_000_000_500_000_000n })).length).toBe(1536);
	});

	test.each([
		[-1n, '-0.000000001'],
		[-500_000_000n, '-0.5'],
		[-1_000_000_000n, '-1'],
		[-1_500_000_000n, '-1.5'],
		[10n, '0.00000001'],
		[1_700_000_000_120_000_000n, '1700000000.12'],
	])('writes %i ns as mtime=%s', (mtimeNs, expected) => {
		expect(encodeTarHeader(entry({ path: 'a', mtimeNs })).toString('latin1', 512, 600)).toContain(
			` mtime=${expected}\n`,
		);
	});

	test('says sizes of 8 GiB and more', () => {
		for (const size of [8 * 2 ** 30 - 1, 8 * 2 ** 30, Number.MAX_SAFE_INTEGER]) {
			const sizes: number[] = [];
			new TarReader({ onEntry: (one) => void sizes.push(one.size), onData() {}, onEntryEnd() {} }).write(
				encodeTarHeader(entry({ path: 'big', size })),
			);
			expect(sizes).toEqual([size]);
		}
	});

	test('keeps a sparse file, with data only where there were some', () => {
		const data = Buffer.from('some data here');
		const segments = [
			{ offset: 5, length: 4 },
			{ offset: 1_000_000, length: 10 },
		];
		const sparse = { realSize: 2_000_000, segments: [...segments, { offset: 2_000_000, length: 0 }] };
		for (const name of ['sparse', 'ü/new\nline', `${'d/'.repeat(200)}long`]) {
			const one = { entry: entry({ path: name, size: 2_000_000 }), content: data, sparse };
			for (const step of [1, 700, 100_000]) {
				const [read] = readTar(tarOf(one, fileItem('after', 'x')), step);
				expect(read!.entry).toEqual(one.entry);
				expect(read!.sparse).toEqual({ realSize: 2_000_000, segments });
				expect(read!.content.subarray(5, 9).toString()).toBe('some');
				expect(read!.content.subarray(1_000_000, 1_000_010).toString()).toBe(' data here');
			}
		}
	});
});

describe('damage', () => {
	const tar = tarOf(fileItem('first', 'content'), fileItem('sécond', Buffer.alloc(600, 1), { mtimeNs: 5n }));

	test('a cut anywhere is noticed', () => {
		for (let length = 0; length < tar.length; length++) {
			const atBorder = length === 0 || length === 1024 || length === tar.length - 1024 || length === tar.length - 512;
			expect(codeOf(() => readTar(tar.subarray(0, length)))).toBe(atBorder ? 'BAD_TAR_END' : 'BAD_TAR');
		}
	});

	test('a flipped bit in a header is noticed, or changes nothing', () => {
		const header = encodeTarHeader(entry({ path: 'a/b', mode: 0o755, uname: 'u' }));
		const whole = readTar(Buffer.concat([header, TAR_END]));
		for (let bit = 0; bit < 512 * 8; bit++) {
			const flipped = Buffer.concat([header, TAR_END]);
			flipped[bit >> 3]! ^= 1 << (bit & 7);
			const code = codeOf(() => expect(readTar(flipped)).toEqual(whole));
			// Within the checksum a space may become a NUL; all else counts.
			expect(['BAD_TAR', ...(bit >= 148 * 8 && bit < 156 * 8 ? ['nothing thrown'] : [])]).toContain(code);
		}
	});

	test('whatever the bytes are, there is an entry or a FirnError', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { maxLength: 12 }),
				fc.boolean(),
				(changes, mend) => {
					const bytes = Buffer.from(tar);
					for (const [at, value] of changes) bytes[at] = value;
					if (mend)
						for (let at = 0; at + 512 <= bytes.length; at += 512) if (bytes[at + 257] === 0x75) setChecksum(bytes, at);
					codeOf(() => readTar(bytes));
				},
			),
			{ numRuns: 2000 },
		);
	});

	test('bytes behind the end are ignored', () => {
		expect(readTar(Buffer.concat([tar, Buffer.from('anything')])).length).toBe(2);
	});

	test('zeros between entries are no end', () => {
		expect(codeOf(() => readTar(Buffer.concat([Buffer.alloc(512), tar])))).toBe('BAD_TAR');
	});
});

function setChecksum(bytes: Buffer, at: number): void {
	bytes.fill(0x20, at + 148, at + 156);
	const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
	bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

/** A header with bytes put where they are told, and a checksum that is right. */
function forged(
	flag: string,
	fields: Record<number, string | Buffer>,
	data: string | Buffer = '',
	size?: number,
): Buffer {
	const block = Buffer.from(
		encodeTarHeader(entry({ path: 'forged', size: size ?? Buffer.from(data as string).length })),
	);
	block.write(flag, 156, 'latin1');
	for (const [at, value] of Object.entries(fields)) Buffer.from(value as string, 'latin1').copy(block, Number(at));
	setChecksum(block, 0);
	const bytes = Buffer.from(data as string);
	return Buffer.concat([block, bytes, Buffer.alloc(tarPadding(bytes.length))]);
}

const records = (...pairs: [string, string][]): string =>
	pairs
		.map(([key, value]) => {
			const rest = Buffer.byteLength(key) + Buffer.byteLength(value) + 3;
			let length = rest + 1;
			while (String(length).length + rest !== length) length = rest + String(length).length;
			return `${length} ${key}=${value}\n`;
		})
		.join('');
const pax = (...pairs: [string, string][]) => forged('x', {}, records(...pairs));
const file = (fields: Record<number, string | Buffer> = {}, data = 'data') => forged('0', fields, data);
const refuses = (...pieces: Buffer[]) => codeOf(() => readTar(Buffer.concat([...pieces, TAR_END])));
const reads = (...pieces: Buffer[]) => readTar(Buffer.concat([...pieces, TAR_END]));

describe('hostile tars', () => {
	test('an extended header of more than 1 MiB is refused before its data come', () => {
		const header = (flag: string, size: number) => forged(flag, {}, '', size).subarray(0, 512);
		for (const flag of ['x', 'g', 'L', 'K', 'X']) {
			const reader = new TarReader({ onEntry() {}, onData() {}, onEntryEnd() {} });
			expect(codeOf(() => reader.write(header(flag, 1024 * 1024 + 1)))).toBe('BAD_TAR');
			expect(
				codeOf(() => new TarReader({ onEntry() {}, onData() {}, onEntryEnd() {} }).write(header(flag, 2 ** 20))),
			).toBe('nothing thrown');
		}
	});

	test.each([
		['base-256 beyond what can be counted', { 124: Buffer.alloc(12, 0xff).fill(0x80, 0, 1) }],
		['a negative size', { 124: Buffer.alloc(12, 0xff) }],
		['a size that is no number', { 124: 'x0000000004\0' }],
		['a number with letters behind it', { 124: '0000000004z\0' }],
		['an id beyond 32 bits', { 108: Buffer.from([0x80, 0, 0, 1, 0, 0, 0, 0]) }],
	])('%s', (_, fields) => {
		expect(refuses(file(fields as unknown as Record<number, Buffer>))).toBe('BAD_TAR');
	});

	test.each([
		['size', '-1'],
		['size', '99999999999999999999'],
		['size', '1e3'],
		['size', '0x10'],
		['size', ' 1'],
		['uid', '-5'],
		['uid', '4294967296'],
		['mtime', 'yesterday'],
		['mtime', '1.5e3'],
		['mtime', '9999999999999999999'],
		['path', 'a\0b'],
		['GNU.sparse.name', 'a\0b'],
	])('%s=%s', (key, value) => {
		expect(refuses(pax([key, value]), file())).toBe('BAD_TAR');
	});

	test.each([
		'5 a=b\n',
		'7 a=b\n',
		'999999999 a=b\n',
		'-6 a=b\n',
		'x a=b\n',
		'6 a=bx',
		'0 \n',
		'5 =b\n',
		'4 a\n',
		'99999 a=b\n',
		' 6 a=b\n',
	])('the record %j', (record) => {
		expect(refuses(forged('x', {}, record), file())).toBe('BAD_TAR');
	});

	test('a record may have anything for its value', () => {
		expect(reads(pax(['path', 'a=b\n12 path=c\n']), file())[0]!.entry.path).toBe('a=b\n12 path=c\n');
	});

	test('an extended header at the end, and one volume of several', () => {
		expect(refuses(pax(['path', 'x']))).toBe('BAD_TAR');
		expect(refuses(forged('M', {}))).toBe('BAD_TAR');
	});

	describe('maps of sparse files', () => {
		const sparse = (map: string, realSize = '100000', data = '') =>
			refuses(
				pax(
					['GNU.sparse.major', '1'],
					['GNU.sparse.minor', '0'],
					['GNU.sparse.name', 's'],
					['GNU.sparse.realsize', realSize],
				),
				file({}, map.padEnd(Math.ceil(map.length / 512) * 512, '\0') + data),
			);

		test('a right one is taken', () => {
			expect(sparse('1\n10\n4\n', '100', 'data')).toBe('nothing thrown');
			expect(sparse('0\n', '100')).toBe('nothing thrown');
		});
		test.each([
			['1\n10\n5\n', '100', 'data'],
			['1\n10\n3\n', '100', 'data'],
			['1\n97\n4\n', '100', 'data'],
			['1\n101\n0\n', '100', ''],
			['2\n10\n2\n11\n2\n', '100', 'data'],
			['2\n50\n2\n10\n2\n', '100', 'data'],
			['-1\n', '100', ''],
			['\n', '100', ''],
			['1\n10\n', '100', ''],
			['99999999\n', '100', ''],
			['1\n99999999999999999999\n4\n', '100', 'data'],
			['1\n10\n4\n', '-1', 'data'],
			['', '100', ''],
		])('%j of a file of %s bytes is not', (map, realSize, data) => {
			expect(sparse(map, realSize, data)).toBe('BAD_TAR');
		});
		test('nor one without a size, of another version, or of 0.1 that does not fit', () => {
			expect(refuses(pax(['GNU.sparse.major', '1'], ['GNU.sparse.minor', '0']), file())).toBe('BAD_TAR');
			expect(refuses(pax(['GNU.sparse.major', '2'], ['GNU.sparse.realsize', '9']), file({}, '1'.repeat(512)))).toBe(
				'BAD_TAR',
			);
			for (const map of ['1', '0,9', '0,x', '0,4,2,1'])
				expect(refuses(pax(['GNU.sparse.size', '9'], ['GNU.sparse.map', map]), file())).toBe('BAD_TAR');
			expect(reads(pax(['GNU.sparse.size', '9'], ['GNU.sparse.map', '5,4']), file())[0]!.content.toString()).toBe(
				'\0\0\0\0\0data',
			);
		});
	});
});

describe('tars of others', () => {
	test('slashes around a name go, dots stay for the extractor to refuse', () => {
		const path = (name: string) => reads(file({ 0: `${name}\0` }))[0]!.entry.path;
		expect(path('///etc/passwd')).toBe('etc/passwd');
		expect(path('../../x')).toBe('../../x');
		expect(path('./a')).toBe('./a');
	});

	test('the link of a hard link loses its slash, the target of a symlink stays', () => {
		expect(reads(forged('1', { 157: '/home/a\0' }))[0]!.entry).toMatchObject({ type: 'hardlink', link: 'home/a' });
		expect(reads(forged('2', { 157: '/home/a/\0' }))[0]!.entry).toMatchObject({ type: 'symlink', link: '/home/a/' });
	});

	test('a file whose name ends in a slash is a folder', () => {
		expect(reads(forged('\0', { 0: 'old/\0' }))[0]!.entry).toMatchObject({ type: 'dir', path: 'old', size: 0 });
	});

	test.each(['0', '\0', '7', 'Z'])('flag %j is a file with its data', (flag) => {
		const [read] = reads(forged(flag, {}, 'data'));
		expect(read!.entry.type).toBe('file');
		expect(read!.content.toString()).toBe('data');
	});

	test('data behind what is no file are passed over', () => {
		for (const flag of ['2', '5', '6', 'D', 'V']) {
			const all = reads(forged(flag, {}, 'x'.repeat(700)), file());
			expect(all.at(-1)!.content.toString()).toBe('data');
		}
	});

	test('a hard link has no data, whatever its size says', () => {
		expect(reads(forged('1', { 157: 'a' }, '', 4096), file()).length).toBe(2);
	});

	test('GNU long names and links, base-256 numbers', () => {
		const long = 'dir/'.repeat(100);
		const [read] = reads(
			forged('K', {}, `${long}target\0`),
			forged('L', {}, `${long}name\0`),
			forged('2', {
				108: Buffer.from([0x80, 0, 0, 0, 0, 0x98, 0x96, 0x80]),
				116: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]),
				136: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf6]),
			}),
		);
		expect(read!.entry).toMatchObject({
			path: `${long}name`,
			link: `${long}target`,
			uid: 10_000_000,
			gid: 2 ** 32 - 2,
			mtimeNs: -10_000_000_000n,
		});
		expect(read!.offset).toBe(0);
	});

	test('global headers hold for all that follow, own ones win, an empty value takes back', () => {
		const all = reads(
			forged('g', {}, records(['uname', 'global'], ['mtime', '5'])),
			file(),
			pax(['uname', 'own']),
			file(),
			pax(['uname', '']),
			file(),
		);
		expect(all.map((one) => one.entry.uname)).toEqual(['global', 'own', '']);
		expect(all.map((one) => one.entry.mtimeNs)).toEqual([5_000_000_000n, 5_000_000_000n, 5_000_000_000n]);
		expect(all.map((one) => one.offset)).toEqual([1024, 2048, 4096]);
	});

	test('signed checksums and a prefix without ustar magic', () => {
		const block = forged('0', { 0: 'caf\xe9\0', 257: 'ustar  \0', 345: '12345\0' });
		const sum = block
			.subarray(0, 512)
			.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : (byte << 24) >> 24), 0);
		block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
		expect(reads(block)[0]!.entry.path).toBe('caf\udce9');
	});
});
