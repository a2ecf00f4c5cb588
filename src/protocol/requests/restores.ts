/** Getting files back: restores, their thawing, decrypts, and their reports. */

import { z } from 'zod';
import type { InspectAnswer, ReportAnswer, ReportRow, RestorePlanAnswer } from '../../core/restore-answers.ts';
import type { TaskState, ThawProgress } from '../../core/task.ts';
import { env, identityText, type Page } from './parts.ts';

/** A restore out of cold storage that has not ended. */
export interface ThawView extends ThawProgress {
	/** That of its task. */
	id: string;
	job: string;
	target: string;
	tier: 'bulk' | 'standard' | 'expedited';
	/** ms since 1970. */
	created: number;
	state: TaskState;
	/** USD that were agreed to; absent when the prices are not known. */
	cost?: number;
	/** Why it waits. */
	reason?: string;
}

const tier = z.enum(['bulk', 'standard', 'expedited']);

const restoreRequest = z.strictObject({
	/** Name of a job, or the path of its state database. */
	job: z.string(),
	paths: z.array(z.string()),
	cwd: z.string(),
	target: z.string(),
	snapshot: z.number().optional(),
	identityFiles: z.array(z.string()).default([]),
	identityText,
	existing: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
	workers: z.number().int().min(1).max(64).optional(),
	dryRun: z.boolean().default(false),
	/** How fast cold archives are thawed; the cheapest way if left out. */
	tier: tier.optional(),
	/** USD that somebody has agreed to, and that it may cost with all that comes later (core/agree-cost.ts). */
	agreedCost: z.number().min(0).optional(),
	maxCost: z.number().min(0).optional(),
	env,
});

export const restoresRequests = {
	restore: restoreRequest,
	/** What it would do, and cost; `existing` and `dryRun` make no difference. */
	planRestore: restoreRequest,
	/** Restores out of cold storage that have not ended. */
	thaws: z.strictObject({}),
	/** A faster tier for what is still cold; `dryRun` only says what it costs. */
	upgradeThaw: z.strictObject({
		id: z.string(),
		tier,
		dryRun: z.boolean().default(false),
		agreedCost: z.number().min(0).optional(),
	}),
	cancelThaw: z.strictObject({ id: z.string() }),
	decrypt: z.strictObject({
		job: z.string().optional(),
		inputs: z.array(z.string()).min(1),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		out: z.string().optional(),
		extract: z.boolean().default(false),
		existing: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
		deleteEncrypted: z.boolean().default(false),
	}),
	/** What a decrypt would find. */
	inspect: z.strictObject({
		job: z.string().optional(),
		inputs: z.array(z.string()).min(1),
		identityFiles: z.array(z.string()).default([]),
		identityText,
		out: z.string().optional(),
	}),
	/** Kept reports of restores and decrypts, newest first. */
	reports: z.strictObject({ limit: z.number().int().min(1).max(1000).default(100) }),
	/** One of them, of the task with this id; without one the newest. */
	report: z.strictObject({
		id: z.string().optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
} as const satisfies Record<keyof RestoresResults, z.ZodType>;

export interface RestoresResults {
	restore: { task: string; job: string };
	planRestore: RestorePlanAnswer;
	thaws: { thaws: ThawView[] };
	/** `cost`: USD; absent when the prices are not known. */
	upgradeThaw: { job: string; archives: number; bytes: number; cost: number | undefined };
	cancelThaw: { job: string; archives: number; settled: number };
	decrypt: { task: string };
	inspect: InspectAnswer;
	reports: { reports: ReportAnswer[] };
	report: { report: ReportAnswer } & Page<ReportRow>;
}
