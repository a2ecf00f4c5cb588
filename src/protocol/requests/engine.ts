/** The engine itself: who answers, what it has noted, and its end. */

import { z } from 'zod';
import { LOG_LEVELS, type LogPage } from '../../core/log-entry.ts';

export const engineRequests = {
	hello: z.strictObject({ protocol: z.number() }),
	'engine.stop': z.strictObject({ now: z.boolean().default(false) }),
	/** What the engine has noted: the newest entries, or with `after` those that came since. */
	log: z.strictObject({
		job: z.string().optional(),
		task: z.string().optional(),
		/** This grave or graver. */
		level: z.enum(LOG_LEVELS).default('info'),
		/** Words, all of which are in the entry. */
		text: z.string().max(1000).default(''),
		/** ms since 1970; from `since` on, and before `until`. */
		since: z.number().optional(),
		until: z.number().optional(),
		/** Places that earlier answers have given; `before`: go on with older ones. */
		before: z.string().max(100).optional(),
		after: z.string().max(100).optional(),
		limit: z.number().int().min(1).max(5000).default(200),
	}),
} as const satisfies Record<keyof EngineResults, z.ZodType>;

export interface EngineResults {
	/** `hasSecrets`: false as long as a passphrase can decide where the first one goes. */
	hello: { protocol: number; version: string; pid: number; socket: string; hasSecrets: boolean };
	'engine.stop': { stopped: string[] };
	log: LogPage;
}
