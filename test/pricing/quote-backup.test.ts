import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GB } from '../../src/pricing/estimate.ts';
import { objectClass, warmBelowOf } from '../../src/pricing/object-class.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import {
	type BackupQuote,
	fewestParts,
	fullArchives,
	quoteBackup,
	quoteMirror,
} from '../../src/pricing/quote-backup.ts';
import { quoteRun } from '../../src/pricing/quote-run.ts';

const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const MiB = 1024 * 1024;
const packing = { splitSize: GB, partSize: 16 * MiB };
const deep = (content: { files: number; bytes: number }) =>
	quoteBackup(prices, 'DEEP_ARCHIVE', fullArchives(packing, content), false);
/** The look at the store (4), lists of unfinished uploads (3) and the manifest. */
const BESIDES = 8;

test('one TB of large files into Deep Archive, by hand', () => {
	const quote = deep({ files: 1024, bytes: 1024 * GB - 1024 * 1536 });
	expect(quote).toMatchObject({ archives: 1024, bytes: 1024 * GB, sent: 1024 + 65_536 + 1024 + 1024 + BESIDES });
	// 1,024 completions at $0.05; 65,536 parts, 1,024 beginnings, 1,024 sidecars and the rest at $0.005 a thousand.
	expect(quote.requests).toBeCloseTo((1024 * 0.05 + (65_536 + 1024 + 1024 + BESIDES) * 0.005) / 1000, 6);
	// $0.00099 a GB and month, and a little for the index of each archive.
	expect(quote.storageMonth).toBeGreaterThan(1024 * 0.00099);
	expect(quote.storageMonth).toBeLessThan(1024 * 0.00099 * 1.01);
});

test('where nothing is new only the look is charged, and more never costs less over the time that is charged for in any case', () => {
	expect(deep({ files: 0, bytes: 0 })).toEqual({
		archives: 0,
		bytes: 0,
		warm: 0,
		warmBytes: 0,
		sent: BESIDES,
		requests: (BESIDES * 0.005) / 1000,
		storageMonth: 0,
	});
	const size = fc.record({ files: fc.nat(1_000_000), bytes: fc.integer({ min: 0, max: 2 ** 45 }) });
	// An archive that is large enough for Deep Archive costs more to send than one in STANDARD, and less to keep.
	const total = ({ requests, storageMonth }: BackupQuote) => requests + 6 * storageMonth;
	fc.assert(
		fc.property(size, size, (one, other) => {
			const both = { files: one.files + other.files, bytes: one.bytes + other.bytes };
			const [less, more] = [deep(one), deep(both)];
			expect(total(more)).toBeGreaterThanOrEqual(total(less) * (1 - 1e-9));
		}),
	);
});

test('what is too small for the class is quoted where it is stored: in STANDARD', () => {
	const few = deep({ files: 3, bytes: 10_000 });
	const bytes = 10_000 + 3 * 1536;
	expect(few).toMatchObject({ archives: 1, warm: 1, bytes, warmBytes: bytes });
	// An archive, its sidecar and those of the run, all at $0.005 a thousand.
	expect(few.requests).toBeCloseTo(((2 + BESIDES) * 0.005) / 1000, 9);
	expect(few.storageMonth).toBeCloseTo((bytes / GB) * 0.023, 9);
	// STANDARD asks for no minimum duration.
	expect(few.least).toBeUndefined();
	const rest = deep({ files: 1, bytes: 2 * GB });
	expect(rest).toMatchObject({ archives: 3, warm: 1, warmBytes: 1536, least: { days: 180 } });
	expect(rest.least!.cost).toBeCloseTo(2 * 6 * 0.00099, 3);
});

test('archives are quoted in the class that they get', () => {
	const below = warmBelowOf(prices, 'DEEP_ARCHIVE');
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 64 * MiB }), (size) => {
			const { warm } = deep({ files: 0, bytes: size });
			const whole = size <= packing.partSize ? size : undefined;
			expect(warm === 1).toBe(objectClass('DEEP_ARCHIVE', below, whole) === 'STANDARD');
		}),
	);
	expect(objectClass('DEEP_ARCHIVE', below, below)).toBe('DEEP_ARCHIVE');
	expect(objectClass('DEEP_ARCHIVE', below, undefined)).toBe('DEEP_ARCHIVE');
	expect([
		warmBelowOf(undefined, 'DEEP_ARCHIVE'),
		warmBelowOf(prices, 'OTHER'),
		warmBelowOf(prices, undefined),
	]).toEqual([0, 0, 0]);
});

test('what was quoted is what has been paid when these archives are stored', () => {
	const below = warmBelowOf(prices, 'DEEP_ARCHIVE');
	const archive = fc.record({
		size: fc.integer({ min: 1, max: 2 * GB }),
		partSize: fc.constantFrom(5 * MiB, 16 * MiB),
	});
	fc.assert(
		fc.property(fc.array(archive, { minLength: 1, maxLength: 20 }), fc.boolean(), (archives, isFirst) => {
			const toSend = archives.map((one) => ({ ...one, count: 1 }));
			const stored = archives.map(({ size, partSize }) => {
				const storageClass = objectClass('DEEP_ARCHIVE', below, size <= partSize ? size : undefined)!;
				return { size, partSize, storageClass };
			});
			const quote = quoteBackup(prices, 'DEEP_ARCHIVE', toSend, isFirst);
			const paid = quoteRun(prices, stored, isFirst)!;
			expect(paid.requests).toBeCloseTo(quote.requests, 9);
			expect(paid.storageMonth).toBeCloseTo(quote.storageMonth, 9);
		}),
	);
});

test('a mirror pays a request a file, in its own class', () => {
	const look = { pairs: 2, lists: 12, hasChanged: true };
	const content = fewestParts(16 * MiB, { files: 10_000, bytes: GB });
	const quote = quoteMirror(prices, 'STANDARD_IA', content, look);
	// The look (4), lists of unfinished uploads (2 + 2), of objects (12) and of older lists, and the new list.
	const besides = 4 + 4 + 12 + 2;
	// 10,000 objects at $0.01 a thousand; 64 parts and the rest at $0.005.
	expect(quote.requests).toBeCloseTo((10_000 * 0.01 + (64 + besides) * 0.005) / 1000, 6);
	// 10,000 objects of 105 KiB each are charged as 128 KiB.
	expect(quote.storageMonth).toBeCloseTo(((10_000 * 128 * 1024) / GB) * 0.0125, 6);
	expect(quote.sent).toBe(10_000 + 64 + besides);
	// Each is charged for 30 days.
	expect(quote.least).toEqual({ days: 30, cost: quote.storageMonth });
	const nothing = fewestParts(MiB, { files: 0, bytes: 0 });
	const unchanged = quoteMirror(prices, undefined, nothing, { pairs: 1, lists: 1, hasChanged: false });
	expect(unchanged).toMatchObject({ sent: 8, storageMonth: 0 });
});
