/** What came of work. */

import { z } from 'zod';
import type { PlainError } from '../../core/errors.ts';
import { HISTORY_STATUSES, type HistoryDetails, type HistoryRow } from '../../core/history.ts';
import { TASK_KINDS } from '../../core/task.ts';
import type { Page } from './parts.ts';

export const historyRequests = {
	/** What came of work, the newest first. */
	history: z.strictObject({
		job: z.string().optional(),
		kinds: z.array(z.enum(TASK_KINDS)).optional(),
		statuses: z.array(z.enum(HISTORY_STATUSES)).optional(),
		/** ms since 1970. */
		since: z.number().optional(),
		/** The cursor of an earlier answer. */
		before: z.string().max(200).optional(),
		limit: z.number().int().min(1).max(10_000).default(50),
	}),
	/** `id`: that of a row. `limit`: so many of its problems and archives. */
	historyDetails: z.strictObject({
		id: z.string().max(200),
		limit: z.number().int().min(1).max(10_000).default(1000),
	}),
} as const satisfies Record<keyof HistoryResults, z.ZodType>;

export interface HistoryResults {
	/** The newest first. `problems`: state databases that cannot be read. `cursor`: more may follow. */
	history: Page<HistoryRow> & { problems: PlainError[] };
	historyDetails: HistoryDetails;
}
