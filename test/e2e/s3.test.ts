/**
 * The whole way against an S3 store: backup, kill -9 of the engine in the middle, resume, show, restore. Against a real
 * one when S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY are set (S3_REGION, S3_BUCKET if need be), else the simulator.
 */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';

const MiB = 1024 * 1024;

async function store() {
	const { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION, S3_BUCKET } = process.env;
	if (S3_ENDPOINT && S3_ACCESS_KEY && S3_SECRET_KEY) {
		const bucket = S3_BUCKET ?? `firn-test-${randomBytes(4).toString('hex')}`;
		return {
			endpoint: S3_ENDPOINT,
			key: S3_ACCESS_KEY,
			secret: S3_SECRET_KEY,
			region: S3_REGION ?? 'us-east-1',
			bucket,
			close: async () => {},
		};
	}
	const simulator = await startS3Simulator({ buckets: [] });
	const { endpoint, accessKeyId, secretAccessKey, region } = simulator;
	return {
		endpoint,
		key: accessKeyId,
		secret: secretAccessKey,
		region,
		bucket: 'firn-test',
		close: () => simulator.close(),
	};
}

let s3: Awaited<ReturnType<typeof store>>;
let client: S3Client;
let home: ReturnType<typeof firnHome>;

beforeAll(async () => {
	s3 = await store();
	const credentials = { accessKeyId: s3.key, secretAccessKey: s3.secret };
	client = new S3Client({ endpoint: s3.endpoint, region: s3.region, forcePathStyle: true, credentials });
	await client.send(new CreateBucketCommand({ Bucket: s3.bucket }));
	home = firnHome({ AWS_ACCESS_KEY_ID: s3.key, AWS_SECRET_ACCESS_KEY: s3.secret });
});

afterAll(async () => {
	await home?.close();
	client?.destroy();
	await s3?.close();
});

/** Kills the engine with SIGKILL as soon as it has sent something. */
async function killInTheMiddle(): Promise<void> {
	for (;;) {
		const tasks = await home.tasks();
		const progress = tasks.find((task) => task.job === 'tree')?.progress as { uploadedBytes: number } | undefined;
		if (progress && progress.uploadedBytes > 0) break;
	}
	process.kill((await home.enginePid())!, 'SIGKILL');
}

test('a backup to S3 survives kill -9 of the engine and comes back whole', async () => {
	const tree = join(home.root, 'tree');
	for (let folder = 0; folder < 5; folder++) {
		mkdirSync(join(tree, `d${folder}`), { recursive: true });
		for (let file = 0; file < 20; file++) writeFileSync(join(tree, `d${folder}`, `f${file}`), randomBytes(20_000));
	}
	writeFileSync(join(tree, 'big'), randomBytes(40 * MiB));
	const to = [
		'--to',
		`s3://${s3.bucket}/some/prefix`,
		'--endpoint',
		s3.endpoint,
		'--region',
		s3.region,
		'--path-style',
	];
	const options = ['--part-size', '5MiB', '--workers', '1', '--limit-upload', '16MiB'];
	const begun = await home.run('--json', 'backup', tree, ...to, ...options, '--detach');
	expect(begun.err).toBe('');
	expect(begun.code).toBe(0);
	await killInTheMiddle();

	const paused = await home.run('--json', 'status');
	expect(paused.records).toMatchObject([{ job: 'tree', kind: 'backup', state: 'paused' }]);
	const resumed = await home.run('--json', 'resume', 'tree');
	expect(resumed.err).toBe('');
	expect(resumed.code).toBe(0);
	const summary = resumed.records.at(-1)!;
	expect(summary).toMatchObject({ event: 'summary', status: 'complete', files: 101, errors: 0 });
	expect(Number(summary.reusedBytes)).toBeGreaterThanOrEqual(5 * MiB);

	const { Contents: objects } = await client.send(
		new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: 'some/prefix/' }),
	);
	const names = objects!.map((object) => object.Key!.split('/').at(-1)!.replace(/\d{6}/, 'N')).sort();
	expect(names).toEqual(['N.idx.age', 'N.tar.age', 'RECOVER.txt', 'manifest.age']);

	const shown = await home.run('--json', 'show', 'tree', join(tree, 'd3/f7'));
	expect(shown.records).toMatchObject([{ path: join(tree, 'd3/f7'), type: 'file', size: 20_000, status: 'stored' }]);

	const one = await home.run('--json', 'restore', 'tree', 'd3/f7', '--target', join(home.root, 'one'));
	expect(one.records.at(-1)).toMatchObject({ status: 'complete', files: 1 });
	expect(Number(one.records.at(-1)!.fetchedBytes)).toBeLessThanOrEqual(256 * 1024);
	expect(readFileSync(join(home.root, 'one', tree, 'd3/f7'))).toEqual(readFileSync(join(tree, 'd3/f7')));

	const all = await home.run('--json', 'restore', 'tree', '--target', join(home.root, 'all'));
	expect(all.records.at(-1)).toMatchObject({ status: 'complete', files: 101, errors: 0 });
	execFileSync('diff', ['-r', tree, join(home.root, 'all', tree)]);
});
