import { hasRules, KEEP_RULES, type KeepRules } from './retention.ts';
import { counted } from './sizes.ts';

const NOUNS = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' } as const;

/** Rules for people: `last 5 · 7 days · 4 weeks`. */
export function keepWords(rules: KeepRules | undefined): string {
	if (!rules || !hasRules(rules)) return 'all snapshots';
	const words = KEEP_RULES.flatMap((rule) => {
		const most = rules[rule] ?? 0;
		if (most === 0) return [];
		return [rule === 'last' ? `last ${most}` : counted(most, NOUNS[rule])];
	});
	return words.join(' · ');
}
