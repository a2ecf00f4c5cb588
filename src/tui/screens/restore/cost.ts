/** What a restore costs, in the words of the screen. Pure. */

import { type Chosen, choose } from '../../../core/agree-cost.ts';
import { formatUsd } from '../../../core/money.ts';
import type { QuoteAnswer, TierAnswer } from '../../../core/restore-answers.ts';

const HOUR = 3_600_000;

/** `ready in 12-48 h, $2.50` */
export function tierText({ readyMs: [from, to], cost }: TierAnswer): string {
	const [unit, name] = to < HOUR ? [HOUR / 60, 'min'] : [HOUR, 'h'];
	const when = `ready in ${Math.round(from / unit)}-${Math.round(to / unit)} ${name}`;
	return `${when}, ${cost ? formatUsd(cost.total) : 'at a cost that is not known'}`;
}

/** With the chosen tier, or the cheapest if that is not offered (any more). */
export function costOf(quote: QuoteAnswer, tier: TierAnswer['tier'] | undefined): Chosen {
	return choose(quote, quote.tiers.some((one) => one.tier === tier) ? { tier } : {});
}
