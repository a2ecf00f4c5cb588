import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchEncoder, decodeBatch, entryPath, type PlannedEntry } from '../../../src/backup/plan/batch-codec.ts';
import { ENTRY_TYPES } from '../../../src/core/entry.ts';
import { decodePath } from '../../../src/core/path-bytes.ts';

const name = fc
	.uint8Array({ minLength: 1, maxLength: 255 })
	.map((bytes) => decodePath(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))));
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const entry: fc.Arbitrary<PlannedEntry> = fc.record({
	dir: fc.integer({ min: 1, max: 2 ** 40 }),
	folder: fc.oneof(
		fc.constant(''),
		fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
	),
	name,
	type: fc.constantFrom(...ENTRY_TYPES),
	mode: fc.integer({ min: 0, max: 0o7777 }),
	uid: u32,
	gid: u32,
	size: fc.maxSafeInteger().map(Math.abs),
	mtimeNs: i64,
	ctimeNs: i64,
	ino: i64,
	devMajor: u32,
	devMinor: u32,
	link: fc.oneof(fc.constant(''), name),
	replaces: fc.boolean(),
	sparse: fc.boolean(),
});

test('any entries come back from a batch as they were', () => {
	fc.assert(
		fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
			// One folder id has one path in real life; the codec relies on it.
			const folders = new Map<number, string>();
			const consistent = entries.map((one) => {
				if (!folders.has(one.dir)) folders.set(one.dir, one.folder);
				return { ...one, folder: folders.get(one.dir)! };
			});
			const encoder = new BatchEncoder();
			for (const one of consistent) encoder.add(one);
			expect(encoder.count).toBe(entries.length);
			expect(decodeBatch(encoder.take())).toEqual(consistent);
			expect(encoder.count).toBe(0);
		}),
	);
});

test('the path of an entry in the root has no slash', () => {
	expect(entryPath({ folder: '', name: 'a' })).toBe('a');
	expect(entryPath({ folder: 'x/y', name: 'a' })).toBe('x/y/a');
});
