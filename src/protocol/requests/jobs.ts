/** Jobs: what there is to back up, and where to. Nothing runs. */

import { z } from 'zod';
import type { PlainError } from '../../core/errors.ts';
import type { KeepRules } from '../../core/retention.ts';
import type { HookName } from '../../core/schedule/hook-names.ts';
import type { WatchView } from '../../core/schedule/watch-view.ts';
import { jobOptions } from './parts.ts';

export interface JobView {
	name: string;
	id: string;
	sources: string[];
	/** Paths that were backed up by name and that it would not take itself; absent: none. */
	extras?: string[];
	destination: string;
	layout: 'archive' | 'mirror';
	/** Of a mirror; absent: kept. */
	deletions?: 'keep' | 'move' | 'follow';
	compression: string;
	encrypted: boolean;
	recipients: string[];
	/** gitignore patterns, in the order in which they count: the last that matches decides. */
	excludes: string[];
	excludeSystem: boolean;
	excludeDeveloper: boolean;
	oneFileSystem: boolean;
	/** Which snapshots `firn prune` keeps, and whether each complete run does so; absent: all. */
	keep?: KeepRules;
	pruneAfterRun?: boolean;
	workers: number;
	/** Bytes a second; 0 is no limit. */
	limitUpload: number;
	schedule: ScheduleView;
}

/** When a job begins by itself; what is absent was not set. */
export interface ScheduleView {
	/** As it was set, `by hand` where nothing was. */
	trigger: string;
	jitter?: string;
	window?: string;
	catchUp: boolean;
	enabled: boolean;
	/** Which hooks there are; what they run may be a secret. */
	hooks: HookName[];
	/** The longest that each may take; absent: as usual. */
	hookTimeout?: string;
	/** ms since 1970; null: not by itself. */
	nextRun: number | null;
	/** Of a job that begins on change, while an engine watches. */
	watch?: WatchView;
}

/** A job at a glance: its newest runs, oldest first, and what is stored of it. */
export interface Overview {
	runs: {
		run: string;
		/** ISO 8601. */
		started: string;
		finished: string | null;
		status: string;
		errors: number;
		newBytes: number;
		/** Why it failed. */
		error: PlainError | null;
	}[];
	archives: number;
	/** Bytes of those archives in the store. */
	storedBytes: number;
	/** Of the newest snapshot. */
	files: number;
	bytes: number;
	snapshots: number;
}

/** What is offered to somebody who makes a job. */
export interface FirstSteps {
	home: string;
	/** Absolute, readable folders; the most personal first. */
	sources: string[];
	/** A folder to store in that needs no account. */
	target: string;
	/** The same for somebody who backs up the whole home. */
	targetOutside: string;
}

export const jobsRequests = {
	jobs: z.strictObject({}),
	/** Makes a job (`create`) or changes one; nothing runs. */
	saveJob: z.strictObject({
		name: z.string(),
		create: z.boolean().default(false),
		/** Absent: as they are. */
		sources: z.array(z.string()).min(1).optional(),
		/** Of an existing one: paths that were backed up by name, to be in later snapshots no more. */
		forget: z.array(z.string()).min(1).optional(),
		/** Where a new job writes to; that of an existing one never changes. */
		to: z.string().optional(),
		cwd: z.string(),
		options: jobOptions.default({}),
	}),
	/** Forgets a job. What it has written, and its state database, stay. */
	removeJob: z.strictObject({ name: z.string() }),
	/** Without a name all. */
	exportJobs: z.strictObject({ name: z.string().optional() }),
	/** `source`: where it is from, for people. */
	importJobs: z.strictObject({ content: z.string().max(16 * 1024 * 1024), source: z.string() }),
	overview: z.strictObject({ job: z.string() }),
	firstSteps: z.strictObject({ cwd: z.string() }),
} as const satisfies Record<keyof JobsResults, z.ZodType>;

export interface JobsResults {
	jobs: { jobs: JobView[] };
	saveJob: { job: JobView; created: boolean; notes: string[] };
	/** `stateFile`: only if there is one. */
	removeJob: { name: string; destination: string; stateFile?: string };
	/** Written like a config. */
	exportJobs: { content: string };
	/** `hooks`: what the jobs bring along that will be run. */
	importJobs: { jobs: { name: string; hooks: string[]; notes: string[] }[] };
	overview: Overview;
	firstSteps: FirstSteps;
}
