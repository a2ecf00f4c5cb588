/** Settings of all of Firn, and the trial of a destination. */

import { z } from 'zod';
import type { DestinationTest } from '../../core/destination-test.ts';
import type { Settings } from '../../core/settings.ts';
import { env } from './parts.ts';

/** A place that jobs write to. */
export interface DestinationView {
	url: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	/** Name of stored keys. */
	credentials?: string;
	/** Their names. */
	jobs: string[];
}

export const settingsRequests = {
	settings: z.strictObject({}),
	/** By name (core/settings.ts), as people write them; null leaves it to Firn again. */
	saveSettings: z.strictObject({ changes: z.record(z.string(), z.string().max(1000).nullable()) }),
	/** Tries out the destination of a job, or another one, leaving nothing behind. */
	testDestination: z.strictObject({
		job: z.string().optional(),
		to: z.string().optional(),
		cwd: z.string(),
		/** Name of stored keys. */
		credentials: z.string().optional(),
		storageClass: z.string().optional(),
		endpoint: z.string().optional(),
		region: z.string().optional(),
		profile: z.string().optional(),
		pathStyle: z.boolean().optional(),
		env,
	}),
} as const satisfies Record<keyof SettingsResults, z.ZodType>;

export interface SettingsResults {
	settings: {
		/** Only what was set. */
		settings: Settings;
		destinations: DestinationView[];
		jobs: { name: string; workers: number; limitUpload: number }[];
		paths: Record<'config' | 'state' | 'reports' | 'log' | 'secrets' | 'socket', string>;
	};
	saveSettings: { settings: Settings };
	testDestination: DestinationTest;
}
