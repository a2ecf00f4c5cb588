import { expect, test } from 'vitest';
import { RateEstimator } from '../../src/commands/rate.ts';

test('there is no rate until there is enough to tell', () => {
	const rate = new RateEstimator();
	expect(rate.rate).toBeUndefined();
	rate.add(0, 0);
	rate.add(100, 5000);
	expect(rate.rate).toBeUndefined();
	expect(rate.remaining(1000)).toBeUndefined();
});

test('a steady transfer has its rate, and a remaining time', () => {
	const rate = new RateEstimator();
	for (let at = 0; at <= 10_000; at += 100) rate.add(at, at * 2);
	expect(rate.rate).toBeCloseTo(2000, 0);
	expect(rate.remaining(20_000)).toBeCloseTo(10, 1);
	expect(rate.remaining(0)).toBe(0);
});

test('only the last half minute counts', () => {
	const rate = new RateEstimator();
	for (let at = 0; at <= 60_000; at += 500) rate.add(at, at * 100);
	for (let at = 60_500; at <= 120_000; at += 500) rate.add(at, 6_000_000 + (at - 60_000));
	expect(rate.rate).toBeCloseTo(1000, -1);
});

test('a transfer that stands still has no remaining time', () => {
	const rate = new RateEstimator();
	for (let at = 0; at <= 60_000; at += 500) rate.add(at, 1000);
	expect(rate.rate).toBe(0);
	expect(rate.remaining(1000)).toBeUndefined();
});
