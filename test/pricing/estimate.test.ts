/** Worked examples: what the reference computes by hand, and what AWS's own pages do. */

import { describe, expect, test } from 'vitest';
import {
	copyDays,
	copyEnd,
	earlyDeletion,
	egress,
	GB,
	paysFrom,
	quoteUpload,
	storageMonth,
} from '../../src/pricing/estimate.ts';
import { parsePriceTable, pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { quoteTiers, type WantedArchive } from '../../src/pricing/quote-restore.ts';

const TiB = 1024 * GB;
const MiB = 1024 ** 2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const table = priceTableWith(undefined);
const us = pricesOf(table, 'us-east-1')!;

const archives = (count: number, total: number, more: Partial<WantedArchive> = {}): WantedArchive[] =>
	Array.from({ length: count }, () => ({
		size: total / count,
		storageClass: 'DEEP_ARCHIVE',
		fetchBytes: total / count,
		requests: 1,
		...more,
	}));
const work = (list: WantedArchive[]) => ({
	archives: list,
	now: Date.parse('2026-10-15T10:30:00Z'),
	bytesPerSecond: 100 * MiB,
	polls: () => ({ lists: 38, heads: 0 }),
});

describe('storing', () => {
	test('1 TiB in Deep Archive for six months', () => {
		expect(6 * 1024 * storageMonth(us, 'DEEP_ARCHIVE', GB)).toBeCloseTo(6.08, 1);
		expect(
			quoteUpload(us, {
				storageClass: 'DEEP_ARCHIVE',
				archives: 1024,
				bytes: TiB,
				parts: 0,
				multipart: 0,
				companions: 0,
			}).requests,
		).toBeCloseTo(0.05, 2);
		const small = { storageClass: 'DEEP_ARCHIVE', archives: 65_536, bytes: TiB, parts: 0, multipart: 0, companions: 0 };
		expect(quoteUpload(us, small).requests).toBeCloseTo(3.28, 2);
	});

	test('parts are charged at the rate of STANDARD', () => {
		const of = (partSize: number) =>
			quoteUpload(us, {
				storageClass: 'DEEP_ARCHIVE',
				archives: 0,
				bytes: TiB,
				parts: TiB / partSize,
				multipart: 0,
				companions: 0,
			}).requests;
		expect(of(8 * MiB)).toBeCloseTo(0.66, 2);
		expect(of(64 * MiB)).toBeCloseTo(0.08, 2);
	});

	test('what an object costs besides its bytes', () => {
		// 1 TB as 1 MB files: $1.01 and $0.03 and $0.18 of overhead.
		const month = 1_048_576 * storageMonth(us, 'DEEP_ARCHIVE', MiB);
		expect(month).toBeCloseTo(1.01376 + 0.03168 + 0.184, 2);
		// 128 KiB are the least that is charged in STANDARD_IA.
		expect(storageMonth(us, 'STANDARD_IA', 1)).toBe(storageMonth(us, 'STANDARD_IA', 128 * 1024));
	});

	test('below which size a cold class does not pay', () => {
		const from = paysFrom(us, 'DEEP_ARCHIVE');
		const over = (size: number, name: string, put: number) => put / 1000 + 6 * storageMonth(us, name, size);
		for (const [size, pays] of [
			[from - 1000, false],
			[from + 1000, true],
		] as const) {
			expect(over(size, 'DEEP_ARCHIVE', 0.05) < over(size, 'STANDARD', 0.005)).toBe(pays);
		}
		expect(from).toBeGreaterThan(300 * 1024);
		expect(from).toBeLessThan(500 * 1024);
		expect(paysFrom(us, 'STANDARD')).toBe(0);
		expect(paysFrom(us, 'GLACIER')).toBeGreaterThan(100 * 1024);
		expect(paysFrom(us, 'STANDARD_IA')).toBeGreaterThan(128 * 1024);
	});

	test('deleting early', () => {
		const object = { storageClass: 'DEEP_ARCHIVE', size: TiB, stored: 0 };
		// After 60 of 180 days four months are left.
		expect(earlyDeletion(us, object, 60 * DAY).fee).toBeCloseTo(4 * 1.01376, 2);
		expect(earlyDeletion(us, object, 180 * DAY)).toMatchObject({ fee: 0, freeFrom: 180 * DAY });
		expect(earlyDeletion(us, { ...object, storageClass: 'GLACIER' }, 60 * DAY).fee).toBeCloseTo(1024 * 0.0036, 2);
		expect(earlyDeletion(us, { ...object, storageClass: undefined }, 0).fee).toBe(0);
	});
});

describe('restoring', () => {
	test('1 TiB out of Deep Archive', () => {
		const [bulk, standard, ...more] = quoteTiers(us, work(archives(1024, TiB)));
		expect(more).toEqual([]);
		expect(bulk).toMatchObject({ tier: 'bulk', archives: 1024, bytes: TiB });
		expect(bulk!.cost!.retrieval).toBeCloseTo(2.56, 2);
		expect(standard!.cost!.retrieval).toBeCloseTo(20.48, 2);
		expect(bulk!.cost!.thawRequests).toBeCloseTo(0.03, 2);
		expect(standard!.cost!.thawRequests).toBeCloseTo(0.1, 2);
		expect(bulk!.cost!.egress).toBeCloseTo(83.16, 2);
		expect(bulk!.readyMs).toEqual([12 * HOUR, 48 * HOUR]);
		// $0.78 a day.
		const copyDays = (bulk!.cost!.temporaryCopy / (1024 * 0.023)) * 30;
		expect((bulk!.cost!.temporaryCopy / copyDays).toFixed(2)).toBe('0.79');
		const small = quoteTiers(us, work(archives(65_536, TiB)));
		expect(small[0]!.cost!.thawRequests).toBeCloseTo(1.64, 2);
		expect(small[1]!.cost!.thawRequests).toBeCloseTo(6.55, 2);
	});

	test("AWS's example: 100 TB in 15,000,000 objects of Glacier Flexible Retrieval", () => {
		const of = (tier: string) => {
			const list = archives(15_000, 100 * TiB, { storageClass: 'GLACIER' });
			const { cost } = quoteTiers(us, work(list)).find((quote) => quote.tier === tier)!;
			return { requests: cost!.thawRequests * 1000, retrieval: cost!.retrieval };
		};
		expect(of('standard').requests).toBeCloseTo(750, 6);
		expect(of('standard').retrieval).toBeCloseTo(1024, 6);
		expect(of('expedited').requests).toBeCloseTo(150_000, 6);
		expect(of('expedited').retrieval).toBeCloseTo(3072, 6);
		expect(of('bulk')).toEqual({ requests: 0, retrieval: 0 });
	});

	test('what is warm, or on its way, is not paid for again', () => {
		const list = [...archives(1, GB), ...archives(1, GB, { thawed: 'ongoing' }), ...archives(1, GB, { thawed: 1 })];
		expect(quoteTiers(us, work(list))[0]).toMatchObject({ archives: 1, bytes: GB });
		expect(quoteTiers(us, work(archives(2, GB, { thawed: 'ongoing' })))).toEqual([]);
		expect(quoteTiers(us, work(archives(2, GB, { storageClass: 'STANDARD' })))).toEqual([]);
	});

	test('archive tiers of Intelligent-Tiering thaw for nothing unless they must be fast', () => {
		const list = archives(1, GB, { storageClass: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE_ACCESS' });
		const quotes = quoteTiers(us, work(list));
		expect(quotes.map(({ tier, cost }) => [tier, cost!.thawRequests])).toEqual([
			['bulk', 0],
			['standard', 0],
			['expedited', 0.01],
		]);
		expect(quotes[0]!.cost).toMatchObject({ retrieval: 0, temporaryCopy: 0 });
	});

	test('without prices there is a time, and no cost', () => {
		const [bulk] = quoteTiers(undefined, work(archives(1, GB)));
		expect(bulk!.readyMs[1]).toBe(48 * HOUR);
		expect(bulk!.cost).toBeUndefined();
	});

	test('days reach over the slowest thaw and the reading to a midnight', () => {
		const now = Date.parse('2026-10-15T10:30:00Z');
		expect(new Date(copyEnd(now, 3)).toISOString()).toBe('2026-10-19T00:00:00.000Z');
		// 48 hours end on the 17th at 10:30; a copy of one day would have ended on the 17th at 00:00.
		expect(copyDays(now, 48 * HOUR, 0)).toBe(2);
		expect(copyDays(now, 48 * HOUR, 13 * HOUR)).toBe(2);
		expect(copyDays(now, 48 * HOUR, 14 * HOUR)).toBe(3);
		expect(copyDays(now, HOUR, 0)).toBe(1);
		expect(copyDays(Date.parse('2026-10-15T00:00:00Z'), 24 * HOUR, 0)).toBe(1);
	});

	test('egress has a free part and tiers', () => {
		expect(egress(us, 100 * GB)).toBe(0);
		expect(egress(us, TiB)).toBeCloseTo(83.16, 6);
		expect(egress(us, 11 * 1024 * GB)).toBeCloseTo(10_240 * 0.09 + (1024 - 100) * 0.085, 6);
		expect(egress(us, GB, 100 * GB)).toBeCloseTo(0.09, 6);
	});
});

describe('the table', () => {
	test('says of when it is and where it comes from, and has the large regions', () => {
		expect(table.dated).toMatch(/^\d{4}-\d\d$/);
		expect(table.source).toContain('price list');
		for (const region of ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2']) {
			expect(pricesOf(table, region)).toBeDefined();
		}
		expect(us.proven).toBe(true);
		expect(pricesOf(table, 'eu-central-1')!.proven).toBe(false);
		expect(pricesOf(table, 's3.example.org')).toBeUndefined();
	});

	test("a user's file goes before it", () => {
		const regions = {
			here: { egress: { tiers: [{ gb: 0 }] }, classes: { STANDARD: { storage: 0.01, put: 0, get: 0 } } },
		};
		const own = parsePriceTable(
			{ dated: '2026-11', source: 'me', regions, aliases: { 's3.example.org': 'here' } },
			'x',
		);
		const both = priceTableWith(own);
		expect(pricesOf(both, 's3.example.org')).toMatchObject({ region: 'here', dated: '2026-11', source: 'me' });
		expect(pricesOf(both, 'us-east-1')).toBeDefined();
		expect(() => parsePriceTable({ dated: '2026-11', source: 'me', regions: { here: {} } }, 'my.json')).toThrow(
			/my\.json.*here/,
		);
	});
});
