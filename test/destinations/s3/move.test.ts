/** Moves of objects that are too big for one request. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bucket } from '../../../src/destinations/s3/bucket.ts';
import { moveObject } from '../../../src/destinations/s3/move.ts';
import { openBucket } from '../../../src/destinations/s3/open-bucket.ts';
import { putObject } from '../../../src/destinations/s3/put.ts';
import { type S3Simulator, startS3Simulator } from '../../support/s3-simulator/simulator.ts';

let simulator: S3Simulator;
let bucket: Bucket;
beforeAll(async () => {
	simulator = await startS3Simulator({ minPartSize: 1000 });
	const { endpoint, env } = simulator;
	bucket = await openBucket({ url: 's3://bucket/pre', bucket: 'bucket', prefix: 'pre', endpoint }, env);
});
afterAll(async () => {
	bucket?.client.destroy();
	await simulator?.close();
});

test('are copied by parts, with all that they are', async () => {
	const content = randomBytes(12_345);
	await putObject(bucket, 'ä/big', content, { metadata: { mode: '100600' }, storageClass: 'STANDARD_IA' });
	await moveObject(bucket, 'ä/big', 'gone/ä/big', { atOnce: 5000 });
	expect(simulator.keys()).toEqual(['pre/gone/ä/big']);
	expect((await simulator.content('pre/gone/ä/big')).equals(content)).toBe(true);
	const moved = simulator.object('pre/gone/ä/big');
	expect(moved?.storageClass).toBe('STANDARD_IA');
	expect(moved?.headers['x-amz-meta-mode']).toBe('100600');
	expect(simulator.openUploads()).toEqual([]);
});

test('that fail leave the object where it was, and no upload', async () => {
	await putObject(bucket, 'stays', randomBytes(9000));
	const fault = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
	simulator.faults.add({ operation: 'UploadPartCopy', fault });
	await expect(moveObject(bucket, 'stays', 'gone/stays', { atOnce: 5000 })).rejects.toThrow();
	expect(simulator.keys()).toContain('pre/stays');
	expect(simulator.keys()).not.toContain('pre/gone/stays');
	expect(simulator.openUploads()).toEqual([]);
});
