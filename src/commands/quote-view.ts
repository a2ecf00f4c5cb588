/** What a restore costs and when it can be read, for people. */

import { formatUsd } from '../core/money.ts';
import type { CostAnswer, QuoteAnswer, TierAnswer } from '../core/restore-answers.ts';
import { counted, formatSize } from '../core/sizes.ts';
import type { Output } from './output.ts';

const HOUR = 3_600_000;

/** Prints a quote; nothing where nothing costs anything. */
export function printQuote(out: Output, quote: QuoteAnswer): void {
	const { cold, warm, tiers, reading, prices } = quote;
	if (warm > 0)
		out.line(`${counted(warm, 'cold archive')} ${warm === 1 ? 'is' : 'are'} thawed already, or about to be.`);
	if (cold.archives > 0) {
		out.table(
			['tier', 'ready in', 'copy for', 'retrieval', 'requests', 'copy', 'egress', 'total'],
			tiers.map(cells),
			[3, 4, 5, 6, 7],
		);
	} else if (reading && reading.total > 0) out.line(`Reading costs ${formatUsd(reading.total)}: ${parts(reading)}.`);
	if (cold.archives > 0 && !prices) out.line('What the store charges is not known; prices.json can say it.');
	else if (prices && (cold.archives > 0 || (reading && reading.total > 0))) {
		const proven = prices.proven ? '' : ', not compared with the price list anew';
		out.line(`Prices of ${prices.region}, ${prices.dated}${proven}; egress counts as if nothing else left this month.`);
	}
}

/** One tier in one sentence. */
export function tierSentence({ tier, archives, bytes, readyMs, cost }: TierAnswer): string {
	const what = `${tier}: thaw ${counted(archives, 'archive')}, ${formatSize(bytes)}, ready in ${hours(readyMs)}`;
	return cost ? `${what}, ${formatUsd(cost.total)}` : `${what}, at a cost that is not known`;
}

function cells({ tier, readyMs, days, cost }: TierAnswer): string[] {
	const usd = (amount: number | undefined) => (amount === undefined ? '?' : formatUsd(amount));
	const requests = cost && cost.thawRequests + cost.requests;
	return [
		tier,
		hours(readyMs),
		counted(days, 'day'),
		usd(cost?.retrieval),
		usd(requests),
		usd(cost?.temporaryCopy),
		usd(cost?.egress),
		usd(cost?.total),
	];
}

function hours([from, to]: readonly [number, number]): string {
	if (to < HOUR) return `${Math.round((from / HOUR) * 60)}-${Math.round((to / HOUR) * 60)} min`;
	return `${Math.round(from / HOUR)}-${Math.round(to / HOUR)} h`;
}

function parts({ retrieval, requests, egress }: CostAnswer): string {
	return `retrieval ${formatUsd(retrieval)}, requests ${formatUsd(requests)}, egress ${formatUsd(egress)}`;
}
