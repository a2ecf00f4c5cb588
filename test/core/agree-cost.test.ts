import { expect, test } from 'vitest';
import { assertAgreed, choose } from '../../src/core/agree-cost.ts';
import type { QuoteAnswer, TierAnswer } from '../../src/core/restore-answers.ts';

const costs = (total: number) => ({ retrieval: 0, thawRequests: 0, temporaryCopy: 0, requests: 0, egress: 0, total });
const tier = (name: TierAnswer['tier'], total?: number): TierAnswer => ({
	tier: name,
	archives: 3,
	bytes: 4096,
	days: 3,
	readyMs: [1, 2],
	...(total === undefined ? {} : { cost: costs(total) }),
});
const quote = (tiers: TierAnswer[], reading?: number): QuoteAnswer => ({
	tiers,
	...(reading === undefined ? {} : { reading: costs(reading) }),
	cold: { archives: 0, files: 0, bytes: 0, wantedBytes: 0 },
	warm: 0,
	unknown: 0,
});
const both = quote([tier('bulk', 2.5), tier('standard', 20)], 1);

test('the cheapest tier is taken unless one is named', () => {
	expect(choose(both, {})).toMatchObject({ tier: { tier: 'bulk' }, cost: 2.5, asks: true });
	expect(choose(both, { tier: 'standard' })).toMatchObject({ cost: 20 });
	expect(() => choose(both, { tier: 'expedited' })).toThrow(/expedited/);
});

test('what costs too much does not begin, nor what may do so', () => {
	expect(() => choose(both, { maxCost: 2 })).toThrow(/\$2\.50, more than the \$2\.00/);
	expect(choose(both, { maxCost: 2.5 }).cost).toBe(2.5);
	expect(() => choose(quote([tier('bulk')]), { maxCost: 2 })).toThrow(/not known/);
});

test('somebody has to agree to more than a cent, and to what is not known', () => {
	expect(() => assertAgreed(choose(both, {}), undefined)).toThrow(
		/3 archives, 4\.00 KiB, with the tier bulk costs \$2\.50/,
	);
	expect(() => assertAgreed(choose(both, {}), 2)).toThrow(/now/);
	assertAgreed(choose(both, {}), 2.5);
	expect(() => assertAgreed(choose(quote([tier('bulk')]), {}), undefined)).toThrow(/not known/);
	assertAgreed(choose(quote([tier('bulk', 0.01)]), {}), undefined);
	assertAgreed(choose(quote([], 0.01), {}), undefined);
	assertAgreed(choose(quote([]), {}), undefined);
	expect(() => assertAgreed(choose(quote([], 4.5), {}), undefined)).toThrow(/\$4\.50/);
});
