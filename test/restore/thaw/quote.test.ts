import { expect, test } from 'vitest';
import { pricesOf, priceTableWith } from '../../../src/pricing/price-table.ts';
import { quoteRestore } from '../../../src/restore/thaw/quote.ts';

const prices = pricesOf(priceTableWith(undefined), 'us-east-1');
const NOW = Date.parse('2026-10-15T10:30:00Z');
const GiB = 1024 ** 3;

const archives = (count: number, storageClass: string | null = 'DEEP_ARCHIVE') =>
	Array.from({ length: count }, (_, index) => ({
		key: `job/run/${index}.tar`,
		status: 'stored',
		storageClass,
		files: 4,
		size: 25 * GiB,
		fetchBytes: GiB,
		requests: 4,
	}));
const quote = (of: ReturnType<typeof archives>, thawed = {}, stored = 1000) =>
	quoteRestore(of, { prices, thawed, stored: { 'job/run/': stored }, now: NOW });

test('says what is thawed for nothing', () => {
	const { cold, tiers } = quote(archives(3));
	expect(cold).toEqual({ archives: 3, files: 12, bytes: 75 * GiB, wantedBytes: 3 * GiB });
	expect(tiers.map(({ tier }) => tier)).toEqual(['bulk', 'standard']);
	expect(tiers[0]!.cost!.retrieval).toBeCloseTo(75 * 0.0025, 9);
	expect(tiers[0]!.cost!.egress).toBe(0);
});

test('asking how far it is costs what is cheaper, lists or questions by name', () => {
	const requests = (count: number, stored: number) =>
		quote(archives(count), {}, stored).tiers[0]!.cost!.requests - (count * 4 * 0.0004) / 1000;
	expect(requests(3, 1000)).toBeCloseTo((38 * 3 * 0.0004) / 1000, 9);
	expect(requests(300, 300)).toBeCloseTo((38 * 0.005) / 1000, 9);
	expect(requests(1000, 1000)).toBeCloseTo((38 * 3 * 0.005) / 1000, 9);
});

test('what is warm still costs nothing more than its reading', () => {
	const thawed = { 'job/run/0.tar': 'ongoing', 'job/run/1.tar': NOW + 1, 'job/run/2.tar': NOW - 1 };
	expect(quote(archives(3), thawed)).toMatchObject({ warm: 2, cold: { archives: 1 } });
	const warm = quote(archives(3, null));
	expect(warm).toMatchObject({ warm: 0, tiers: [], cold: { archives: 0 } });
	expect(warm.reading!.total).toBeCloseTo((12 * 0.0004) / 1000, 9);
});
