/** Backups, and all work that goes on: what there is, and its pausing, stopping and going on. */

import { z } from 'zod';
import type { Pace } from '../../core/pace.ts';
import type { WatchView } from '../../core/schedule/watch-view.ts';
import type { TaskKind, TaskProgress, TaskState, TaskSummary, TimedEvent } from '../../core/task.ts';
import type { UploadQuoteAnswer } from '../../core/upload-quote.ts';
import { env, jobOptions } from './parts.ts';

export interface TaskView {
	id: string;
	job: string;
	kind: TaskKind;
	state: TaskState;
	/** ms since 1970. */
	started: number;
	ended?: number;
	/** A restore out of cold storage: it goes on by itself, whatever becomes of the engine. */
	thaw?: boolean;
	/** A backup that sends nothing, and only says what it would. */
	dryRun?: boolean;
	/** Why it waits, is paused or failed. */
	reason?: string;
	/** While it waits: what helps, where something does. */
	guidance?: string;
	/** While it waits: that of the fault. */
	code?: string;
	/** While it waits: somebody has to do something before it goes on. */
	byHand?: true;
	progress?: TaskProgress;
	summary?: TaskSummary;
}

const backupRequest = z.strictObject({
	/** An existing job, or the name of one to make. */
	job: z.string().optional(),
	/** Without `to` and `job`: the name of a job, then paths to be backed up with it; none: all of it. */
	sources: z.array(z.string()).default([]),
	to: z.string().optional(),
	cwd: z.string(),
	options: jobOptions,
	full: z.boolean().default(false),
	/** Of a mirror: see backup/spec.ts. */
	checksum: z.boolean().default(false),
	confirmDeletions: z.number().int().min(0).default(0),
	dryRun: z.boolean().default(false),
	/** USD that somebody was told and has agreed to. */
	agreedCost: z.number().min(0).optional(),
	env,
});

export const runsRequests = {
	backup: backupRequest,
	/** What storing so many files in the destination of that job costs. */
	quoteBackup: backupRequest.extend({ files: z.number().int().min(0), bytes: z.number().min(0) }),
	resume: z.strictObject({ job: z.string().optional(), stateFile: z.string().optional(), env }),
	status: z.strictObject({}),
	follow: z.strictObject({ task: z.string() }),
	/** Changes how backups go on: of a job, of one task, or all. */
	control: z.strictObject({
		job: z.string().optional(),
		task: z.string().optional(),
		pause: z.boolean().optional(),
		workers: z.number().int().min(1).max(64).optional(),
		limitUpload: z.number().int().min(0).optional(),
	}),
	/** All that goes on for a job, or one task alone. */
	stop: z.strictObject({ job: z.string().optional(), task: z.string().optional() }),
} as const satisfies Record<keyof RunsResults, z.ZodType>;

export interface RunsResults {
	backup: { task: string; job: string; created: boolean; notes: string[] };
	quoteBackup: UploadQuoteAnswer;
	resume: { tasks: { task: string; job: string }[] };
	/** `next`: the jobs that begin by themselves, the next first. `survives`: also after logout, by a service. */
	status: {
		tasks: TaskView[];
		schedule: {
			next: { job: string; at: number }[];
			watched: ({ job: string } & WatchView)[];
			/** Jobs that cannot begin by themselves as they are, and what to do; `job` is empty where none can, as the config is broken. */
			troubles: { job: string; message: string; guidance: string }[];
			survives: boolean;
		};
	};
	/** The newest events, and how fast it went in the last minutes. */
	follow: { task: TaskView; events: TimedEvent[]; pace: Pace };
	control: { tasks: string[] };
	stop: { tasks: string[] };
}
