/** `firn test`: of a job, of all jobs, of a destination that no job has. */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

let simulator: S3Simulator;
let home: ReturnType<typeof firnHome>;
beforeAll(async () => {
	simulator = await startS3Simulator();
	home = firnHome(simulator.env);
	for (const name of ['docs', 'target']) mkdirSync(join(home.root, name));
});
afterAll(async () => {
	await home.close();
	await simulator.close();
});

test('which destination? exit 2', async () => {
	expect(await home.run('--json', 'test')).toMatchObject({ code: 2, records: [{ code: 'NO_DESTINATION' }] });
	expect(await home.run('test', 'nobody')).toMatchObject({ code: 2 });
	expect(await home.run('--json', 'test', '--to', 'ftp://x/y')).toMatchObject({
		code: 2,
		records: [{ code: 'BAD_DESTINATION' }],
	});
});

test('a folder, and a bucket that is not there', async () => {
	const good = await home.run('--json', 'test', '--to', 'target');
	expect(good).toMatchObject({ code: 0, records: [{ event: 'test', kind: 'folder', verdict: 'ready' }] });
	expect(readdirSync(join(home.root, 'target'))).toEqual([]);
	const bad = await home.run('test', '--to', 's3://nowhere/x', '--endpoint', simulator.endpoint);
	expect(bad.code).toBe(1);
	expect(bad.out).toContain('No backup can be made here.');
	expect(bad.out).toContain('"nowhere" does not exist');
});

test('all jobs, each with its own endpoint and class; one that fails counts', async () => {
	await home.run('jobs', 'add', 'here', 'docs', '--to', 'target');
	const cloud = ['--to', 's3://bucket/pre', '--endpoint', simulator.endpoint, '--storage-class', 'DEEP_ARCHIVE'];
	await home.run('jobs', 'add', 'cloud', 'docs', ...cloud);
	const all = await home.run('--json', 'test');
	expect(all).toMatchObject({
		code: 0,
		records: [
			{ job: 'here', verdict: 'ready' },
			{ job: 'cloud', verdict: 'ready' },
		],
	});
	expect((all.records[1]!.steps as { name: string }[]).map(({ name }) => name)).toContain('class');
	simulator.faults.add({
		operation: 'ListObjectsV2',
		times: 2,
		fault: { kind: 'error', status: 403, code: 'AccessDenied' },
	});
	expect(await home.run('--json', 'test')).toMatchObject({ code: 1, records: [{}, { verdict: 'failed' }] });
	expect(simulator.keys()).toEqual([]);
	expect(simulator.openUploads()).toEqual([]);
});
