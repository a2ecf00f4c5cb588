/** What a job takes in, or would: see core/selection.ts. */

import { z } from 'zod';
import type { Explanation, FolderPage, Measured } from '../../core/selection.ts';

const path = z
	.string()
	.startsWith('/')
	.max(64 * 1024);

/** What a job takes in, or would: see core/selection.ts. */
const selection = z.strictObject({
	sources: z.array(path),
	excludes: z.array(z.string()).default([]),
	excludeSystem: z.boolean().default(true),
	excludeDeveloper: z.boolean().default(false),
	oneFileSystem: z.boolean().default(false),
	to: z.string().optional(),
});

export const selectionRequests = {
	/** One folder of the engine's machine, page by page. */
	folders: z.strictObject({
		path,
		selection,
		cursor: z.string().optional(),
		limit: z.number().int().min(1).max(5000).default(1000),
	}),
	/** Which rule decides on each of the paths. */
	explain: z.strictObject({ paths: z.array(path).max(1000), selection }),
	/** Files and bytes below paths, counted in the background for as long as this is asked now and then. */
	measure: z.strictObject({
		paths: z.array(path).max(500),
		/** Count what a run takes in; without it, what is there. */
		selection: selection.optional(),
		/** Forget what was counted before. */
		fresh: z.boolean().default(false),
	}),
	excludes: z.strictObject({}),
} as const satisfies Record<keyof SelectionResults, z.ZodType>;

export interface SelectionResults {
	folders: FolderPage;
	explain: { paths: Explanation[] };
	measure: { paths: Measured[] };
	excludes: { system: string[]; developer: string[] };
}
