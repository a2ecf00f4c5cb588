/** How long the beginning of a run may be put off: no longer than until the next one, which would overtake it. Pure. */

import { usageError } from '../errors.ts';
import { shortestGap } from './calendar.ts';
import { parseSpan, spanText } from './span.ts';
import { parseTrigger } from './trigger.ts';

/**
 * @param trigger one that parseTrigger() takes
 * @throws FirnError (usage) BAD_SPAN; BAD_JITTER where it is longer than the shortest time between two runs
 */
export function checkJitter(jitter: string, trigger: string): void {
	const gap = timeBetween(trigger);
	if (gap === undefined || parseSpan(jitter) <= gap) return;
	const least = spanText(gap);
	throw usageError(
		'BAD_JITTER',
		`The jitter ${jitter} is longer than ${least}, the shortest time between two runs of "${trigger}".`,
		`Give a jitter of ${least} at most, or let more time pass between runs.`,
	);
}

/** In ms, the shortest there is. Undefined where it is not known before, or there is none. */
function timeBetween(text: string): number | undefined {
	const trigger = parseTrigger(text);
	if (trigger.kind === 'every') return trigger.ms;
	return trigger.kind === 'times' ? shortestGap(trigger.pattern) : undefined;
}
