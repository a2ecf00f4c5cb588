import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainError } from '../../../src/core/errors.ts';
import { type ColdClass, copyEnd, DAY, thawTime } from '../../../src/pricing/estimate.ts';
import type { ThawTier } from '../../../src/pricing/price-table.ts';
import {
	aged,
	failed,
	fetched,
	foundCold,
	isFinal,
	MOST_ORDERS,
	type OrderAnswer,
	ordered,
	ordering,
	reopened,
	type Seen,
	seen,
	type ThawArchive,
	verified,
} from '../../../src/restore/thaw/archive-thaw.ts';
import {
	isOrderDue,
	lookBy,
	orderDays,
	pollAt,
	pollCount,
	pollEvery,
	readyBy,
	retryAfter,
	tierFor,
	toFetch,
	wakeAt,
} from '../../../src/restore/thaw/schedule.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-10-15T10:30:00Z');
const OOPS: PlainError = { code: 'OOPS', message: 'Oops.', retry: 'no', kind: 'failure' };

const archive = (rest: Partial<ThawArchive> = {}): ThawArchive => ({
	archive: 1,
	key: 'a',
	size: 1000,
	fetchBytes: 10,
	status: 'planned',
	coldClass: 'DEEP_ARCHIVE',
	orders: 0,
	refusals: 0,
	coldReads: 0,
	...rest,
});

type Step = (one: ThawArchive, now: number) => ThawArchive;

const coldClass = fc.constantFrom<ColdClass>('GLACIER', 'DEEP_ARCHIVE');
const tier = fc.constantFrom<ThawTier>('bulk', 'standard', 'expedited');
const step: fc.Arbitrary<Step> = fc.oneof(
	fc
		.oneof(
			fc.constant<Seen>({ state: 'readable' }),
			fc.record({ state: fc.constantFrom('cold' as const, 'ongoing' as const), coldClass }),
			fc.integer({ min: -2, max: 60 }).map((hours): Seen => ({ state: 'warm', until: NOW + hours * HOUR })),
			fc.constant<Seen>({ state: 'gone', error: OOPS }),
		)
		.map(
			(what): Step =>
				(one, now) =>
					seen(one, what, now),
		),
	fc.tuple(tier, fc.integer({ min: 1, max: 9 })).map(
		([wanted, days]): Step =>
			(one, now) =>
				isOrderDue(one, wanted, now) ? ordering(one, tierFor(one, wanted), days) : one,
	),
	fc
		.oneof(
			fc.constantFrom('accepted' as const, 'ongoing' as const).map((answer): OrderAnswer => ({ answer })),
			fc.constant<OrderAnswer>({ answer: 'refused', error: OOPS, retryAt: NOW + HOUR }),
		)
		.map(
			(what): Step =>
				(one, now) =>
					one.status === 'requested' ? ordered(one, what, now) : one,
		),
	fc.constantFrom<Step>(aged, fetched, verified, (one) => foundCold(one, OOPS), reopened),
);

describe('an archive in a thaw', () => {
	test('goes from planned to verified', () => {
		let one = seen(archive(), { state: 'cold' }, NOW);
		expect(isOrderDue(one, 'bulk', NOW)).toBe(true);
		one = ordered(ordering(one, 'bulk', 3), { answer: 'accepted' }, NOW);
		expect(one).toMatchObject({ status: 'thawing', orders: 1, orderedAt: NOW, days: 3 });
		one = seen(one, { state: 'warm', until: NOW + 3 * DAY }, NOW + 2 * DAY);
		expect(verified(fetched(one)).status).toBe('verified');
		expect(aged(one, NOW + 3 * DAY).status).toBe('expired');
	});

	test('an order that a crash left open is looked for before it is given again', () => {
		const one = ordering(seen(archive(), { state: 'cold' }, NOW), 'bulk', 3);
		expect(isOrderDue(one, 'bulk', NOW)).toBe(false);
		expect(pollAt(reopened(one), NOW)).toBe(NOW);
		expect(seen(reopened(one), { state: 'ongoing' }, NOW)).toMatchObject({ status: 'thawing', orders: 1 });
		expect(seen(reopened(one), { state: 'warm', until: NOW + HOUR }, NOW)).toMatchObject({ status: 'warm', orders: 1 });
		expect(seen(archive(), { state: 'ongoing' }, NOW)).toMatchObject({ status: 'thawing', orders: 0 });
		expect(seen(reopened(one), { state: 'cold' }, NOW).status).toBe('planned');
	});

	test('whatever happens: what is verified or failed stays so, and nothing is ordered too often', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), coldClass, (steps, cold) => {
				let one = archive({ coldClass: cold });
				let wasWarm = false;
				steps.forEach((go, index) => {
					const now = NOW + index * HOUR;
					const before = one;
					one = go(one, now);
					wasWarm ||= one.status === 'warm';
					if (isFinal(before)) expect(one).toEqual(before);
					if (one.status === 'fetched' || one.status === 'verified') expect(wasWarm).toBe(true);
					if (one.status === 'requested') expect(one.tier).toBeDefined();
					expect(one.orders).toBeLessThanOrEqual(MOST_ORDERS);
					const wake = wakeAt([one], 'bulk', now, now);
					if (['verified', 'failed', 'fetched'].includes(one.status)) expect(wake).toBeUndefined();
					else expect(wake).toBeGreaterThanOrEqual(now);
				});
			}),
		);
	});

	test('one that never is what it seems is given up', () => {
		let one = archive({ status: 'warm' });
		for (let times = 0; times < 5; times++) one = seen(foundCold(one, OOPS), { state: 'readable' }, NOW);
		expect(one).toMatchObject({ status: 'failed', error: OOPS });
		expect(failed(archive({ status: 'verified' }), OOPS).status).toBe('verified');
	});
});

describe('what comes next', () => {
	test('what ends first is fetched first, and nothing that ends in a moment', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: -60, max: 6000 }), { maxLength: 80 }), (minutes) => {
				const list = minutes.map((minute, index) =>
					archive({ archive: index, status: 'warm', warmUntil: NOW + minute * 60_000 }),
				);
				const next = toFetch([...list, archive({ archive: 999, status: 'thawing' })], NOW);
				expect(next.length).toBe(Math.min(32, minutes.filter((minute) => minute > 1).length));
				const ends = next.map((one) => one.warmUntil!);
				expect(ends).toEqual([...ends].sort((a, b) => a - b));
			}),
		);
		expect(toFetch([archive({ status: 'warm' })], NOW)).toHaveLength(1);
	});

	test('a copy outlives the slowest thaw and the reading, and not by two days', () => {
		fc.assert(
			fc.property(coldClass, tier, fc.nat(10 * DAY), fc.nat(20 * DAY), (cold, wanted, late, readMs) => {
				const one = archive({ coldClass: cold });
				const chosen = tierFor(one, wanted);
				const now = NOW + late;
				const days = orderDays(one, chosen, now, readMs)!;
				const needed = now + thawTime(cold, chosen)![1] + readMs;
				expect(copyEnd(now, days)).toBeGreaterThanOrEqual(needed);
				expect(copyEnd(now, days)).toBeLessThan(needed + 2.5 * DAY);
			}),
		);
		expect(orderDays(archive({ inPlace: true }), 'bulk', NOW, 0)).toBeUndefined();
		expect(orderDays(archive({ status: 'thawing', days: 4 }), 'standard', NOW, 0)).toBe(4);
	});

	test('nobody asks before the earliest end, then some 36 times until the latest', () => {
		const one = archive({ status: 'thawing', looked: true, tier: 'bulk', orderedAt: NOW });
		expect(pollAt(one, NOW)).toBe(NOW + 12 * HOUR);
		expect(pollAt(one, NOW + 20 * HOUR)).toBe(NOW + 21 * HOUR);
		expect(pollEvery('GLACIER', 'expedited')).toBe(30_000);
		expect(pollCount('DEEP_ARCHIVE', 'bulk')).toBe(38);
		fc.assert(
			fc.property(coldClass, tier, (cold, wanted) => {
				if (thawTime(cold, wanted)) expect(pollCount(cold, wanted)).toBeLessThanOrEqual(38);
			}),
		);
	});

	test('a faster tier is ordered while it waits, a slower one never', () => {
		const one = archive({ status: 'thawing', looked: true, tier: 'bulk', orderedAt: NOW, coldClass: 'GLACIER' });
		expect(isOrderDue(one, 'standard', NOW)).toBe(true);
		expect(isOrderDue({ ...one, tier: 'standard' }, 'bulk', NOW)).toBe(false);
		expect(isOrderDue({ ...one, tier: undefined }, 'standard', NOW)).toBe(false);
		expect(tierFor(archive(), 'expedited')).toBe('standard');
		expect(tierFor({ ...one, refusals: 3 }, 'expedited')).toBe('standard');
		expect(retryAfter(20, NOW)).toBe(NOW + HOUR);
	});

	test('sleep ends when something is to do', () => {
		const waiting = archive({ status: 'thawing', looked: true, tier: 'bulk', orderedAt: NOW });
		expect(wakeAt([waiting, archive({ status: 'verified' })], 'bulk', NOW, NOW)).toBe(NOW + 12 * HOUR);
		expect(wakeAt([waiting, archive({ status: 'warm' })], 'bulk', NOW, NOW)).toBe(NOW);
		expect(wakeAt([archive({ status: 'failed' })], 'bulk', NOW, NOW)).toBeUndefined();
		expect(readyBy([waiting], 'bulk', NOW)).toBe(NOW + 48 * HOUR);
	});

	test('many archives of a run are asked for by lists, few by name', () => {
		expect(lookBy(3, 300)).toBe('head');
		expect(lookBy(300, 300)).toBe('list');
		expect(lookBy(20, 100_000)).toBe('head');
	});
});
