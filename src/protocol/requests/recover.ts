/** Getting jobs back from what is stored alone. */

import { z } from 'zod';
import type { RecoverPlan } from '../../core/recover-answers.ts';
import { env, identityText } from './parts.ts';

const recoverRequest = z.strictObject({
	/** Where the backups are. */
	from: z.string(),
	cwd: z.string(),
	endpoint: z.string().optional(),
	region: z.string().optional(),
	profile: z.string().optional(),
	pathStyle: z.boolean().optional(),
	credentials: z.string().optional(),
	/** Besides those of this machine. */
	identityFiles: z.array(z.string()).default([]),
	identityText,
	/** Name or id. */
	job: z.string().optional(),
	/** What it is to be called here. */
	name: z.string().optional(),
	env,
});

export const recoverRequests = {
	/** Which jobs are there, and what recovering them reads. */
	planRecover: recoverRequest,
	/** One of those that a plan has named. */
	recover: recoverRequest.extend({
		job: z.string().regex(/^[a-z2-9]{10}$/),
		name: z.string(),
		/** As the plan said; when it is more by now, nothing is done. */
		most: z.strictObject({ requests: z.number(), bytes: z.number() }).optional(),
	}),
} as const satisfies Record<keyof RecoverResults, z.ZodType>;

export interface RecoverResults {
	planRecover: RecoverPlan;
	/** Without a task all was here already but the job, which is back now. */
	recover: { job: string; task: string | null };
}
