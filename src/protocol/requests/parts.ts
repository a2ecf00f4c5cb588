/** What several requests and answers are made of. */

import { z } from 'zod';
import { HOOKS } from '../../core/schedule/hook-names.ts';

/** Credentials of the client's environment, held in memory only: see client/environment.ts. */
export const env = z.record(z.string(), z.string()).default({});

export const keepCount = z.number().int().min(0);

/** Snapshots kept of each kind (core/retention.ts). */
export const keepRules = z.strictObject({
	last: keepCount.optional(),
	daily: keepCount.optional(),
	weekly: keepCount.optional(),
	monthly: keepCount.optional(),
	yearly: keepCount.optional(),
});

/** Options that define a job; what is absent stays as it is, or takes its default. */
export const jobOptions = z.strictObject({
	exclude: z.array(z.string()).optional(),
	excludeSystem: z.boolean().optional(),
	excludeDeveloper: z.boolean().optional(),
	oneFileSystem: z.boolean().optional(),
	compression: z.enum(['none', 'gzip', 'zstd']).optional(),
	encrypt: z.boolean().optional(),
	/** age recipients, or names of keys. */
	recipients: z.array(z.string()).optional(),
	addRecipients: z.array(z.string()).optional(),
	removeRecipients: z.array(z.string()).optional(),
	splitSize: z.number().optional(),
	partSize: z.number().optional(),
	workers: z.number().optional(),
	limitUpload: z.number().optional(),
	storageClass: z.string().optional(),
	endpoint: z.string().optional(),
	region: z.string().optional(),
	profile: z.string().optional(),
	pathStyle: z.boolean().optional(),
	/** Name of stored keys; empty for those of the AWS tools. */
	credentials: z.string().optional(),
	/** Of Google Drive: what is deleted goes to its trash. */
	trash: z.boolean().optional(),
	layout: z.enum(['archive', 'mirror']).optional(),
	/** These four as the config has them (config/job-schedule.ts); empty takes it away. */
	trigger: z.string().optional(),
	jitter: z.string().optional(),
	window: z.string().optional(),
	hooks: z.partialRecord(z.enum([...HOOKS, 'timeout']), z.string()).optional(),
	catchUp: z.boolean().optional(),
	enabled: z.boolean().optional(),
	/** 0 takes a rule away. */
	keep: keepRules.optional(),
	pruneAfterRun: z.boolean().optional(),
	/** Of a mirror: what becomes of files that were deleted at the source. */
	deletions: z.enum(['keep', 'move', 'follow']).optional(),
});

export type JobOptions = z.infer<typeof jobOptions>;

/** Identities that were pasted, as age-keygen writes them; held in memory only. */
export const identityText = z
	.string()
	.max(1024 * 1024)
	.optional();

/** One page of a listing; `cursor` is there when more follows. */
export interface Page<Row> {
	rows: Row[];
	cursor?: string;
}
