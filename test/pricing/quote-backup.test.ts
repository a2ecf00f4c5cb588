import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GB } from '../../src/pricing/estimate.ts';
import { objectClass, warmBelowOf } from '../../src/pricing/object-class.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { type BackupQuote, quoteBackup, quoteMirror } from '../../src/pricing/quote-backup.ts';

const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const MiB = 1024 * 1024;
const packing = { storageClass: 'DEEP_ARCHIVE', splitSize: GB, partSize: 16 * MiB };

test('one TB of large files into Deep Archive, by hand', () => {
	const quote = quoteBackup(prices, packing, { files: 1024, bytes: 1024 * GB - 1024 * 1536 });
	expect(quote).toMatchObject({ archives: 1024, sent: 1024 + 65_536 + 2048 + 1027 });
	// 1,024 archives at $0.05, 65,536 parts, 2,048 beginnings and ends and 1,027 companions at $0.005 a thousand.
	expect(quote.requests).toBeCloseTo((1024 * 0.05 + (65_536 + 2048 + 1027) * 0.005) / 1000, 6);
	// $0.00099 a GB and month, and a little for the index of each archive.
	expect(quote.storageMonth).toBeGreaterThan(1024 * 0.00099);
	expect(quote.storageMonth).toBeLessThan(1024 * 0.00099 * 1.01);
});

test('nothing costs nothing, and more never costs less over the time that is charged for in any case', () => {
	const nothing = { archives: 0, warm: 0, sent: 0, requests: 0, storageMonth: 0 };
	expect(quoteBackup(prices, packing, { files: 0, bytes: 0 })).toEqual(nothing);
	const size = fc.record({ files: fc.nat(1_000_000), bytes: fc.integer({ min: 0, max: 2 ** 45 }) });
	// An archive that is large enough for Deep Archive costs more to send than one in STANDARD, and less to keep.
	const total = ({ requests, storageMonth }: BackupQuote) => requests + 6 * storageMonth;
	fc.assert(
		fc.property(size, size, (one, other) => {
			const both = { files: one.files + other.files, bytes: one.bytes + other.bytes };
			const [less, more] = [quoteBackup(prices, packing, one), quoteBackup(prices, packing, both)];
			expect(total(more)).toBeGreaterThanOrEqual(total(less) * (1 - 1e-9));
		}),
	);
});

test('what is too small for the class is quoted where it is stored: in STANDARD', () => {
	const few = quoteBackup(prices, packing, { files: 3, bytes: 10_000 });
	expect(few).toMatchObject({ archives: 1, warm: 1 });
	// An archive, its companion and three of the run, all at $0.005 a thousand.
	expect(few.requests).toBeCloseTo((5 * 0.005) / 1000, 9);
	expect(few.storageMonth).toBeCloseTo(((10_000 + 3 * 1536) / GB) * 0.023, 9);
	// STANDARD asks for no minimum duration.
	expect(few.least).toBeUndefined();
	const rest = quoteBackup(prices, packing, { files: 1, bytes: 2 * GB });
	expect(rest).toMatchObject({ archives: 3, warm: 1, least: { days: 180 } });
	expect(rest.least!.cost).toBeCloseTo(2 * 6 * 0.00099, 3);
});

test('archives are quoted in the class that they get', () => {
	const below = warmBelowOf(prices, 'DEEP_ARCHIVE');
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 64 * MiB }), (size) => {
			const { warm } = quoteBackup(prices, packing, { files: 0, bytes: size });
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

test('a mirror pays a request a file, in its own class', () => {
	const quote = quoteMirror(prices, { storageClass: 'STANDARD_IA', partSize: 16 * MiB }, { files: 10_000, bytes: GB });
	// 10,000 objects at $0.01 a thousand; 64 parts and the list at $0.005.
	expect(quote.requests).toBeCloseTo((10_000 * 0.01 + 65 * 0.005) / 1000, 6);
	// 10,000 objects of 105 KiB each are charged as 128 KiB.
	expect(quote.storageMonth).toBeCloseTo(((10_000 * 128 * 1024) / GB) * 0.0125, 6);
	expect(quote.sent).toBe(10_000 + 64 + 1);
	// Each is charged for 30 days.
	expect(quote.least).toEqual({ days: 30, cost: quote.storageMonth });
	const nothing = quoteMirror(prices, { storageClass: undefined, partSize: MiB }, { files: 0, bytes: 0 });
	expect(nothing).toMatchObject({ requests: 0, storageMonth: 0 });
});
