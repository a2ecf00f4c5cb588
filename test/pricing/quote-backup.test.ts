import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GB } from '../../src/pricing/estimate.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { quoteBackup, quoteMirror } from '../../src/pricing/quote-backup.ts';

const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const MiB = 1024 * 1024;
const packing = { storageClass: 'DEEP_ARCHIVE', splitSize: GB, partSize: 16 * MiB };

test('one TB of large files into Deep Archive, by hand', () => {
	const quote = quoteBackup(prices, packing, { files: 1024, bytes: 1024 * GB - 1024 * 1536 });
	expect(quote.archives).toBe(1024);
	// 1,024 archives at $0.05, 65,536 parts, 2,048 beginnings and ends and 1,027 companions at $0.005 a thousand.
	expect(quote.requests).toBeCloseTo((1024 * 0.05 + (65_536 + 2048 + 1027) * 0.005) / 1000, 6);
	// $0.00099 a GB and month, and a little for the index of each archive.
	expect(quote.storageMonth).toBeGreaterThan(1024 * 0.00099);
	expect(quote.storageMonth).toBeLessThan(1024 * 0.00099 * 1.01);
});

test('nothing costs nothing, and more never costs less', () => {
	expect(quoteBackup(prices, packing, { files: 0, bytes: 0 })).toEqual({ archives: 0, requests: 0, storageMonth: 0 });
	const size = fc.record({ files: fc.nat(1_000_000), bytes: fc.integer({ min: 0, max: 2 ** 45 }) });
	fc.assert(
		fc.property(size, size, (one, other) => {
			const both = { files: one.files + other.files, bytes: one.bytes + other.bytes };
			const [less, more] = [quoteBackup(prices, packing, one), quoteBackup(prices, packing, both)];
			expect(more.requests).toBeGreaterThanOrEqual(less.requests);
			expect(more.storageMonth).toBeGreaterThanOrEqual(less.storageMonth - 1e-9);
		}),
	);
});

test('a mirror pays a request a file, in its own class', () => {
	const quote = quoteMirror(prices, { storageClass: 'STANDARD_IA', partSize: 16 * MiB }, { files: 10_000, bytes: GB });
	// 10,000 objects at $0.01 a thousand; 64 parts and the list at $0.005.
	expect(quote.requests).toBeCloseTo((10_000 * 0.01 + 65 * 0.005) / 1000, 6);
	// 10,000 objects of 105 KiB each are charged as 128 KiB.
	expect(quote.storageMonth).toBeCloseTo(((10_000 * 128 * 1024) / GB) * 0.0125, 6);
	const nothing = quoteMirror(prices, { storageClass: undefined, partSize: MiB }, { files: 0, bytes: 0 });
	expect(nothing).toMatchObject({ requests: 0, storageMonth: 0 });
});
