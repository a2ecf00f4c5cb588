/** Reads a manifest back. It comes from a store, where anybody may have put it: every value is checked before it counts. */

import { z } from 'zod';
import { isArchivePath } from '../../archive/sidecar-reader.ts';
import type { Job } from '../../config/job.ts';
import { FirnError } from '../../core/errors.ts';
import { readJobSettings } from './job-settings.ts';

const count = z.number().int().min(0);
/** Run numbers stand beside `CURRENT` in the state database. */
const runNumber = count.min(1).max(2 ** 31 - 2);
const archivePath = z.string().refine(isArchivePath);
const problems = z.array(
	// Problems are also told of what is not in the archives.
	z.object({ path: z.string(), code: z.string().max(100), message: z.string().max(64 * 1024) }),
);

/** As in state/run-store.ts. */
const scope = z.object({ whole: z.boolean(), paths: z.array(z.string().startsWith('/')) });

/** What later versions add is passed over; what earlier ones did not write yet is optional. */
const manifestSchema = z.object({
	firn: z.literal('manifest'),
	format: z.literal(1),
	version: z.string().max(100),
	job: z.unknown(),
	run: z.object({
		number: runNumber,
		id: z.string(),
		started: z.iso.datetime(),
		finished: z.iso.datetime(),
		status: z.enum(['complete', 'partial']),
		full: z.boolean().default(false),
		scope: scope.optional(),
		files: count,
		bytes: count,
		newFiles: count,
		newBytes: count,
		errors: count,
	}),
	archives: z.array(z.object({ key: z.string(), size: count, files: count, bytes: count })),
	closed: z.array(z.tuple([archivePath, runNumber, count])).optional(),
	/** Before `closed` was written: what was gone. */
	ended: z.array(archivePath).default([]),
	problems,
	failedBefore: z
		.array(
			z.object({
				number: runNumber,
				id: z.string().regex(/^\d{8}T\d{6}Z-[a-z2-9]{5}$/),
				started: z.iso.datetime(),
				full: z.boolean(),
				scope: scope.optional(),
				error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
				problems,
			}),
		)
		.default([]),
});

export type Manifest = Omit<z.output<typeof manifestSchema>, 'job'> & { job: Job };

/** @throws FirnError RECORD_DAMAGED when it is none of this run and job */
export function parseManifest(text: string, jobId: string, runId: string): Manifest {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		throw bad('it is not JSON');
	}
	const parsed = manifestSchema.safeParse(json);
	if (!parsed.success) throw bad(`its ${parsed.error.issues[0]!.path.join('.') || 'content'} is wrong`);
	const manifest = parsed.data;
	if (manifest.run.id !== runId) throw bad('it is that of another run');
	const job = readJobSettings(manifest.job, jobId);
	if (!job) throw bad('it is that of another job');
	return { ...manifest, job };
}

function bad(why: string): FirnError {
	return new FirnError('RECORD_DAMAGED', `It cannot be used: ${why}.`);
}
