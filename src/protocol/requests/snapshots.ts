/** What is in the snapshots of a job, and how it is stored. Nothing but the books is read. */

import { z } from 'zod';
import { BROWSE_SORTS, type BrowsePage, type FindPage, type StorageView, type VersionRow } from '../../core/browse.ts';
import type { Page } from './parts.ts';

export const snapshotsRequests = {
	show: z.strictObject({
		job: z.string(),
		what: z.enum(['files', 'collate', 'archives', 'runs']),
		path: z.string().optional(),
		cwd: z.string(),
		snapshot: z.number().optional(),
		depth: z.number().int().min(0).optional(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** One folder of a snapshot with the totals of all in it, a page at a time. */
	browse: z.strictObject({
		job: z.string(),
		snapshot: z.number().optional(),
		/** `/` is the top; a relative path as `show` takes it. */
		path: z.string().default('/'),
		cwd: z.string().default('/'),
		sort: z.enum(BROWSE_SORTS).default('name'),
		descending: z.boolean().default(false),
		/** core/file-filter.ts */
		filter: z.string().default(''),
		from: z.number().int().min(0).default(0),
		/** Instead of `from`: the page that has this path, or the folder on the way to it. */
		around: z.string().optional(),
		limit: z.number().int().min(1).max(2000).default(200),
	}),
	/** What a filter lets through at a path and below it. */
	find: z.strictObject({
		job: z.string(),
		snapshot: z.number().optional(),
		path: z.string().default('/'),
		cwd: z.string().default('/'),
		filter: z.string(),
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(2000).default(200),
	}),
	versions: z.strictObject({ job: z.string(), path: z.string(), cwd: z.string().default('/') }),
	/** The storage classes of the stored archives of these numbers, and what restores have had thawed of them. */
	storage: z.strictObject({ job: z.string(), first: z.number().int().min(1), last: z.number().int().min(1) }),
} as const satisfies Record<keyof SnapshotsResults, z.ZodType>;

export interface SnapshotsResults {
	show: Page<Record<string, unknown>>;
	browse: BrowsePage;
	find: FindPage;
	/** The newest first. */
	versions: { path: string; versions: VersionRow[] };
	storage: StorageView;
}
