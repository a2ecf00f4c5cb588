/** What a run says of the requests it has sent is what the store has counted, repeated ones too. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

const MiB = 1024 * 1024;
let simulator: S3Simulator;
let firn: FirnHome;

beforeAll(async () => {
	simulator = await startS3Simulator({ buckets: ['bucket'] });
	firn = firnHome({ ...(simulator.env as Record<string, string>) });
	const folder = join(firn.root, 'films');
	mkdirSync(folder);
	for (let n = 0; n < 6; n++) writeFileSync(join(folder, `${n}`), randomBytes(4 * MiB));
});
afterAll(async () => {
	await firn.close();
	await simulator.close();
});

test('a backup to a store and a restore from it, with faults', async () => {
	// The first part is the probe of a new job, which is not sent again.
	const fault = { kind: 'error', status: 503, code: 'SlowDown' } as const;
	simulator.faults.add({ operation: 'UploadPart', skip: 1, times: 3, fault });
	simulator.faults.add({ operation: 'UploadPart', skip: 4, fault: { kind: 'cut', when: 'before' } });
	const to = ['--to', 's3://bucket/p', '--endpoint', simulator.endpoint];
	const options = ['--part-size', '5MiB', '--split-size', '8MiB', '--workers', '2'];
	simulator.log.clear();
	const { records, err } = await firn.run('--json', 'backup', join(firn.root, 'films'), ...to, ...options);
	expect(err).toBe('');
	const sent = simulator.log.entries.length;
	expect(sent).toBeGreaterThan(12);
	expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', requests: sent });
	const status = await firn.run('--json', 'status');
	expect(status.records[0]!.progress).toMatchObject({ requests: expect.any(Number) });

	simulator.log.clear();
	await firn.run('restore', 'films', '--target', join(firn.root, 'back'));
	const after = await firn.run('--json', 'status');
	const { progress } = after.records.find(({ kind }) => kind === 'restore') as { progress: { requests: number } };
	expect(progress.requests).toBeGreaterThan(0);
	expect(progress.requests).toBeLessThanOrEqual(simulator.log.entries.length);
});

test('a folder is sent none, and none are said', async () => {
	const { records } = await firn.run(
		'--json',
		'backup',
		join(firn.root, 'films'),
		'--to',
		join(firn.root, 'disk'),
		'--job',
		'local',
	);
	expect(records.at(-1)).toMatchObject({ event: 'summary', status: 'complete' });
	expect(records.at(-1)).not.toHaveProperty('requests');
	const status = await firn.run('--json', 'status');
	expect(status.records.find(({ job }) => job === 'local')!.progress).not.toHaveProperty('requests');
});
