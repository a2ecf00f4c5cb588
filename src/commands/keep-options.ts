import type { KeepRules } from '../core/retention.ts';
import { wholeNumber } from './numbers.ts';

/** The rules for which snapshots to keep, as they are typed. */
export interface KeepOptions {
	keepLast?: string;
	keepDaily?: string;
	keepWeekly?: string;
	keepMonthly?: string;
	keepYearly?: string;
}

const MOST = 100_000;

/** Undefined when none was given; 0 takes one away. @throws FirnError (usage) BAD_NUMBER */
export function keepRules(given: KeepOptions): KeepRules | undefined {
	const { keepLast, keepDaily, keepWeekly, keepMonthly, keepYearly } = given;
	const typed = { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly, yearly: keepYearly };
	const rules = Object.entries(typed).flatMap(([rule, text]) =>
		text === undefined ? [] : [[rule, wholeNumber(`--keep-${rule}`, text, 0, MOST)] as const],
	);
	return rules.length > 0 ? Object.fromEntries(rules) : undefined;
}
