/** The schema of a job: what to keep safe, where, and how (design: words). */

import { z } from 'zod';
import { retentionFields } from './job-retention.ts';
import { scheduleFields } from './job-schedule.ts';

const MiB = 1024 * 1024;

/** What people call stored keys. */
export const credentialsNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

export const jobSchema = z.strictObject({
	/** Random; the folder of the job in the destination. */
	id: z.string().regex(/^[a-z2-9]{10}$/),
	/** What people call it; also the name of its state database. */
	name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
	/** Absolute paths; odd bytes as in core/path-bytes.ts. */
	sources: z.array(z.string().startsWith('/')).min(1),
	/**
	 * Absolute paths that were backed up by name and that the job would not take itself: outside of its sources, or
	 * excluded. Whole runs leave them in the snapshots as they are.
	 */
	extras: z.array(z.string().startsWith('/')).optional(),
	destination: z.strictObject({
		/** Absolute folder path, `s3://bucket/prefix` or `gdrive:folder/sub`. */
		url: z.string(),
		endpoint: z.string().optional(),
		region: z.string().optional(),
		profile: z.string().optional(),
		pathStyle: z.boolean().optional(),
		/** Name of stored keys (`firn credentials`), in place of those of the AWS tools. */
		credentials: credentialsNameSchema.optional(),
		/** Of Google Drive: what is deleted goes to its trash. */
		trash: z.boolean().optional(),
	}),
	storageClass: z.string().optional(),
	layout: z.enum(['archive', 'mirror']).default('archive'),
	/** Of a mirror: what becomes of files that were deleted at the source. Absent: kept. */
	deletions: z.enum(['keep', 'move', 'follow']).optional(),
	compression: z.enum(['none', 'gzip', 'zstd']).default('none'),
	encrypt: z.boolean().default(true),
	/** age recipients; empty with `encrypt: false`. */
	recipients: z.array(z.string()).default([]),
	/** gitignore patterns. */
	excludes: z.array(z.string()).default([]),
	/** Leave out `lost+found`, `.DS_Store` and the like (backup/scan/clutter.ts). */
	excludeSystem: z.boolean().default(true),
	/** Leave out `node_modules`, `.git` and the like. */
	excludeDeveloper: z.boolean().default(false),
	oneFileSystem: z.boolean().default(false),
	/** TAR bytes after which the next archive begins. */
	splitSize: z
		.number()
		.int()
		.min(64 * 1024)
		.default(1024 * MiB),
	/** Bytes of an upload part. */
	partSize: z
		.number()
		.int()
		.min(64 * 1024)
		.default(16 * MiB),
	workers: z.number().int().min(1).max(64).default(2),
	/** Bytes a second; 0 is no limit. */
	limitUpload: z.number().int().min(0).default(0),
	...scheduleFields,
	...retentionFields,
	created: z.iso.datetime(),
});

export type Job = z.infer<typeof jobSchema>;
