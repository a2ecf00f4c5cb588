/** A store whose quota is used up: a run waits for room, says so, and goes on where it stood. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

const MiB = 1024 * 1024;

let s3: S3Simulator;
let firn: FirnHome;
beforeAll(async () => {
	s3 = await startS3Simulator();
	firn = firnHome({ ...s3.env, AWS_REGION: s3.region });
});
afterAll(async () => {
	await firn?.close();
	await s3?.close();
});

test('a run waits until there is room, and sends nothing twice', async () => {
	const source = join(firn.root, 'data');
	mkdirSync(source);
	writeFileSync(join(source, 'big'), randomBytes(40 * MiB));
	const to = ['--to', 's3://bucket/p', '--endpoint', s3.endpoint, '--part-size', '5MiB', '--workers', '1'];
	expect((await firn.run('backup', source, ...to, '--limit-upload', '10MiB', '--detach')).code).toBe(0);
	await firn.task('data', ({ progress }) => Number((progress as { uploadedBytes?: number })?.uploadedBytes) > 0);
	s3.faults.add({
		operation: 'UploadPart',
		fault: { kind: 'error', status: 507, code: 'XMinioStorageFull' },
		times: 1_000_000,
	});
	const task = await firn.task('data', ({ state }) => state === 'waiting');
	expect(task).toMatchObject({ code: 'DEST_FULL', byHand: true });
	expect(task.reason).toMatch(
		/The bucket "bucket" at .* has no space left \(XMinioStorageFull\)\. It goes on by itself once there is room; firn resume looks at once\.$/,
	);
	expect((await firn.run('status')).out).toContain('data: Make room or have the quota raised');
	s3.faults.clear();
	expect((await firn.run('resume', 'data', '--detach')).code).toBe(0);
	const { summary } = await firn.task('data', ({ kind, summary }) => kind === 'backup' && summary !== undefined);
	expect(summary).toMatchObject({ status: 'complete', files: 1, errors: 0 });
	expect(s3.log.partsStoredTwice()).toEqual([]);
	const back = join(firn.root, 'back');
	expect((await firn.run('restore', 'data', '--target', back)).code).toBe(0);
	execFileSync('diff', ['-r', source, join(back, source)]);
}, 60_000);
