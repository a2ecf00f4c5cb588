/** What is stored as a whole: compared with the books, thinned out, proven. Plans are made first, then agreed to. */

import { z } from 'zod';
import { type CatalogPlan, PLAN_ITEM_KINDS, type PlanItem } from '../../core/catalog.ts';
import { env, identityText, keepCount, keepRules, type Page } from './parts.ts';

export const storedRequests = {
	/** Compares the books with the store; the task's summary names the plan. */
	planSync: z.strictObject({ job: z.string(), env }),
	/** Does what a plan says, and with what nobody else knows of what is said here. */
	sync: z.strictObject({
		job: z.string(),
		plan: z.string(),
		unknown: z.enum(['keep', 'adopt', 'delete']).default('keep'),
		abortUploads: z.boolean().default(false),
		/** To adopt with; those of this machine if there are none. */
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** What deleting archives would free, cost and lose: by number or key, all, or what no snapshot needs. */
	planDelete: z.strictObject({
		job: z.string(),
		archives: z.array(z.string()).default([]),
		all: z.boolean().default(false),
		unneeded: z.boolean().default(false),
		env,
	}),
	/** Deletes what a plan says; `archives` is how many of them were confirmed. */
	delete: z.strictObject({ job: z.string(), plan: z.string(), archives: z.number().int().min(0), env }),
	/** What keeping snapshots by rules would drop and delete: by these rules, or those of the job. */
	planPrune: z.strictObject({ job: z.string(), keep: keepRules.optional(), pay: z.boolean().default(false), env }),
	/** Does what a plan says; `dropped` snapshots and `archives` are how many of them were confirmed. */
	prune: z.strictObject({ job: z.string(), plan: z.string(), dropped: keepCount, archives: keepCount, env }),
	/** Looks at all that is stored, and reads so many percent of its bytes. A dry run says what that costs. */
	verify: z.strictObject({
		job: z.string(),
		readData: z.number().min(0).max(100).default(0),
		dryRun: z.boolean().default(false),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		env,
	}),
	/** A plan with its items, page by page: by its name, or the newest of a kind. */
	plan: z.strictObject({
		job: z.string(),
		of: z.union([z.strictObject({ plan: z.string() }), z.strictObject({ kind: z.enum(['sync', 'delete', 'prune']) })]),
		kinds: z.array(z.enum(PLAN_ITEM_KINDS)).optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
} as const satisfies Record<keyof StoredResults, z.ZodType>;

export interface StoredResults {
	planSync: { task: string; job: string };
	sync: { task: string; job: string };
	planDelete: { task: string; job: string };
	delete: { task: string; job: string };
	planPrune: { task: string; job: string };
	prune: { task: string; job: string };
	verify: { task: string; job: string };
	plan: { plan: CatalogPlan } & Page<PlanItem>;
}
