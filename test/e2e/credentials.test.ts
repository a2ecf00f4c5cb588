/** Credentials that expire or are rotated hold a run up, and it goes on once they work again. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

const MiB = 1024 * 1024;

let s3: S3Simulator;
let firn: FirnHome;
let source: string;
beforeEach(async () => {
	s3 = await startS3Simulator();
	firn = firnHome({ ...s3.env, AWS_REGION: s3.region });
	source = join(firn.root, 'data');
	mkdirSync(source);
	writeFileSync(join(source, 'big'), randomBytes(24 * MiB));
});
afterEach(async () => {
	await firn?.close();
	await s3?.close();
});

/** Begins a backup and gives control once its first part is stored. */
async function begun(...options: string[]): Promise<void> {
	const to = [
		'--to',
		's3://bucket/p',
		'--endpoint',
		s3.endpoint,
		'--job',
		'j',
		'--part-size',
		'5MiB',
		'--workers',
		'1',
	];
	const { code, err } = await firn.run('backup', source, ...to, '--limit-upload', '8MiB', '--detach', ...options);
	expect([code, err]).toEqual([0, '']);
	await firn.task('j', ({ progress }) => Number((progress as { uploadedBytes?: number })?.uploadedBytes) > 0);
}

const waiting = () => firn.task('j', ({ state }) => state === 'waiting');
const done = () => firn.task('j', ({ state }) => state === 'done');

test('an expired session is told and waited for', async () => {
	await begun();
	const fault = {
		kind: 'error',
		status: 400,
		code: 'ExpiredToken',
		message: 'The provided token has expired.',
	} as const;
	s3.faults.add({ fault, times: 1_000_000 });
	const { reason } = await waiting();
	expect(reason).toMatch(/have expired \(ExpiredToken\)\. It goes on by itself once that works again\.$/);
	s3.faults.clear();
	expect((await done()).summary).toMatchObject({ status: 'complete', files: 1 });
	expect(s3.log.partsStoredTwice()).toEqual([]);
});

test('keys that were rotated are handed over by resume', async () => {
	await begun();
	s3.rotate('NEWKEY', 'new/secret');
	expect((await waiting()).reason).toContain('InvalidAccessKeyId');
	firn.env.AWS_ACCESS_KEY_ID = 'NEWKEY';
	firn.env.AWS_SECRET_ACCESS_KEY = 'new/secret';
	const { code, out } = await firn.run('resume', 'j');
	expect([code, out]).toEqual([0, expect.stringContaining('Snapshot 1 complete')]);
	expect(out + JSON.stringify(await firn.run('status'))).not.toContain('new/secret');
});

test('a profile that is changed on disk is noticed by itself', async () => {
	const file = join(firn.root, 'credentials');
	const write = (id: string, secret: string) =>
		writeFileSync(file, `[work]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`);
	write(s3.accessKeyId, s3.secretAccessKey);
	firn.env.AWS_SHARED_CREDENTIALS_FILE = file;
	await begun('--profile', 'work');
	s3.rotate('NEWKEY', 'new/secret');
	await waiting();
	write('NEWKEY', 'new/secret');
	expect((await done()).summary).toMatchObject({ status: 'complete' });
});

test('credentials that never worked fail at once', async () => {
	firn.env.AWS_SECRET_ACCESS_KEY = 'wrong';
	const { code, err } = await firn.run('backup', source, '--to', 's3://bucket/p', '--endpoint', s3.endpoint);
	expect([code, err]).toEqual([1, expect.stringContaining('SignatureDoesNotMatch')]);
});
