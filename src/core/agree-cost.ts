/** Nothing that costs more than a cent begins unless somebody has agreed to what it costs. Pure. */

import { type FirnError, usageError } from './errors.ts';
import { formatUsd } from './money.ts';
import type { QuoteAnswer, TierAnswer } from './restore-answers.ts';
import { counted, formatSize } from './sizes.ts';

const CENT = 0.01;

export interface Choice {
	tier?: TierAnswer['tier'] | undefined;
	/** USD that it may cost at most. */
	maxCost?: number | undefined;
}

/** What a restore of this quote would do and cost. */
export interface Chosen {
	/** Absent when nothing has to be thawed. */
	tier?: TierAnswer;
	/** USD; undefined when it is not known. */
	cost: number | undefined;
	/** Whether somebody has to agree. */
	asks: boolean;
}

/** @throws FirnError TIER_UNKNOWN, COST_UNKNOWN, COST_TOO_HIGH */
export function choose(quote: QuoteAnswer, { tier: name, maxCost }: Choice): Chosen {
	const { tiers, reading } = quote;
	const tier = name === undefined ? tiers[0] : tiers.find((one) => one.tier === name);
	if (tiers.length > 0 && !tier) {
		const all = tiers.map((one) => one.tier).join(', ');
		throw usageError('TIER_UNKNOWN', `These archives cannot be thawed with the tier ${name}.`, `Choose one of ${all}.`);
	}
	const cost = tier ? tier.cost?.total : (reading?.total ?? 0);
	if (maxCost !== undefined && cost === undefined) {
		throw usageError(
			'COST_UNKNOWN',
			`It is not known whether this would cost more than ${formatUsd(maxCost)}: the store's prices are not known.`,
			'Say in prices.json what it charges, or leave --max-cost out.',
		);
	}
	if (maxCost !== undefined && cost !== undefined && cost > maxCost) {
		throw usageError(
			'COST_TOO_HIGH',
			`This would cost ${formatUsd(cost)}, more than the ${formatUsd(maxCost)} that it may.`,
			'Restore less, choose another tier, or allow more with --max-cost.',
		);
	}
	return { ...(tier ? { tier } : {}), cost, asks: cost === undefined || cost > CENT };
}

/** @param agreed USD that somebody has agreed to. @throws FirnError COST_NOT_AGREED, COST_CHANGED */
export function assertAgreed(chosen: Chosen, agreed: number | undefined): void {
	const { cost, asks } = chosen;
	if (!asks) return;
	if (agreed === undefined) throw notAgreed(chosen);
	if (cost === undefined || cost <= agreed + CENT) return;
	throw usageError(
		'COST_CHANGED',
		`This would cost ${formatUsd(cost)} now, more than the ${formatUsd(agreed)} that were agreed to.`,
		'Look at it again.',
	);
}

/** Refuses what nobody has agreed to. */
export function notAgreed({ tier, cost }: Chosen): FirnError {
	const what = tier
		? `Thawing ${counted(tier.archives, 'archive')}, ${formatSize(tier.bytes)}, with the tier ${tier.tier}`
		: 'This restore';
	const much = cost === undefined ? 'costs money, how much is not known' : `costs ${formatUsd(cost)}`;
	return usageError('COST_NOT_AGREED', `${what} ${much}.`, 'Add --yes to agree to it; --dry-run shows all tiers.');
}
