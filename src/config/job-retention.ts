/** The schema of which snapshots a job keeps. What is absent keeps all. */

import { z } from 'zod';
import { KEEP_RULES, type KeepRules } from '../core/retention.ts';

const count = z.number().int().min(1).max(100_000).optional();

export const retentionFields = {
	/** How many snapshots of each kind `firn prune` keeps. */
	keep: z
		.strictObject(Object.fromEntries(KEEP_RULES.map((rule) => [rule, count])) as Record<keyof KeepRules, typeof count>)
		.optional(),
	/** Whether these rules are followed after each run that was complete; no if absent. Nothing that costs is done then. */
	pruneAfterRun: z.boolean().optional(),
};

type Fields = z.infer<z.ZodObject<typeof retentionFields>>;

/** The rules with what is given changed in them; 0 takes one away. */
export function changedRetention(
	before: Fields,
	given: { keep?: KeepRules | undefined; pruneAfterRun?: boolean | undefined },
): Fields {
	const rules = Object.entries({ ...before.keep, ...given.keep }).filter(([, most]) => (most ?? 0) > 0);
	const prunes = given.pruneAfterRun ?? before.pruneAfterRun;
	return {
		keep: rules.length > 0 ? Object.fromEntries(rules) : undefined,
		pruneAfterRun: prunes === true ? true : undefined,
	};
}
