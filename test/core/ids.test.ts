import { expect, test } from 'vitest';
import { jobSchema } from '../../src/config/job.ts';
import { newJobId, newRunId } from '../../src/core/ids.ts';
import { archiveKey, manifestKey, parseArchiveName, sidecarKey } from '../../src/core/object-names.ts';

test('job ids are ten letters that the schema of jobs takes, and no two are the same', () => {
	const ids = Array.from({ length: 500 }, newJobId);
	for (const id of ids) expect(jobSchema.shape.id.safeParse(id).success).toBe(true);
	expect(new Set(ids).size).toBe(500);
});

test('run ids begin with the time in UTC, so that they sort', () => {
	expect(newRunId(new Date('2026-11-21T04:56:53.789Z'))).toMatch(/^20261121T045653Z-[a-z2-9]{5}$/);
	const early = newRunId(new Date('2026-11-21T04:56:53Z'));
	expect(early < newRunId(new Date('2026-11-21T04:56:54Z'))).toBe(true);
	const next = newRunId(new Date('2026-11-21T04:56:53.999Z'), early);
	expect(next).toMatch(/^20261121T045654Z-/);
	// The clock was set back over midnight.
	expect(newRunId(new Date('2026-11-20T00:00:00Z'), '20261231T235959Z-abcde')).toMatch(/^20270101T000000Z-/);
});

test.each(['none', 'gzip', 'zstd'] as const)('names of objects tell how they were made: %s', (compression) => {
	for (const encrypted of [true, false]) {
		const naming = { jobId: 'k7m2qx9a4b', runId: newRunId(new Date()), sequence: 1, compression, encrypted };
		expect(parseArchiveName(archiveKey(naming))).toEqual({ compression, encrypted });
		expect(parseArchiveName(sidecarKey(naming))).toBeUndefined();
		expect(parseArchiveName(manifestKey(naming.jobId, naming.runId, encrypted))).toBeUndefined();
	}
});
