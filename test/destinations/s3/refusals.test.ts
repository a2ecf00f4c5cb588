import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FirnError } from '../../../src/core/errors.ts';
import type { DestinationConfig } from '../../../src/destinations/destination.ts';
import { openDestination } from '../../../src/destinations/open-destination.ts';
import { withRetry } from '../../../src/destinations/with-retry.ts';
import { bytesOf } from '../conformance.ts';
import { type Bench, PART, startBench } from './support.ts';

let bench: Bench;
beforeEach(async () => {
	bench = await startBench();
	// The chain of the SDK must not find the machine's own.
	process.env.AWS_EC2_METADATA_DISABLED = 'true';
});
afterEach(() => bench.close());

async function checkOf(config: Partial<DestinationConfig>, env: Record<string, string> = bench.simulator.env) {
	const { endpoint } = bench.simulator;
	const destination = withRetry(await openDestination({ url: 's3://bucket/pre', endpoint, ...config }, env), {
		firstMs: 1,
	});
	try {
		await destination.check();
		throw new Error('the check should have failed');
	} catch (error) {
		return error as FirnError;
	} finally {
		await destination.close();
	}
}

test('no such bucket', async () => {
	const error = await checkOf({ url: 's3://other/pre' });
	expect(error).toMatchObject({ code: 'NO_BUCKET', retry: 'later' });
	expect(error.message).toContain('"other"');
	expect(error.message).toContain(bench.simulator.endpoint);
	expect(error.guidance).toBeTruthy();
});

test('wrong secret, unknown key', async () => {
	const { env } = bench.simulator;
	expect(await checkOf({}, { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' })).toMatchObject({ code: 'BAD_CREDENTIALS' });
	const error = await checkOf({}, { ...env, AWS_ACCESS_KEY_ID: 'UNKNOWN' });
	expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', retry: 'later' });
	expect(error.message).toContain('InvalidAccessKeyId');
});

test('expired credentials, also where only a HEAD tells', async () => {
	const fault = { kind: 'error', status: 400, code: 'ExpiredToken' } as const;
	bench.simulator.faults.add({ fault, times: 3 });
	expect(await checkOf({})).toMatchObject({ code: 'BAD_CREDENTIALS', message: expect.stringContaining('expired') });
	await expect(bench.patient.head('x')).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
});

test('no credentials at all, and a profile that does not exist', async () => {
	const home = await mkdtemp(join(tmpdir(), 'firn-aws-'));
	const files = { AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'), AWS_CONFIG_FILE: join(home, 'config') };
	await writeFile(files.AWS_SHARED_CREDENTIALS_FILE, '[work]\naws_access_key_id = A\naws_secret_access_key = B\n');
	const error = await checkOf({}, { ...files, AWS_REGION: 'us-east-1' });
	expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', retry: 'later' });
	expect(error.guidance).toContain('--profile');
	expect(await checkOf({ profile: 'none' }, files)).toMatchObject({ code: 'BAD_CREDENTIALS' });
	// The profile of the file is found: its keys are refused by the store only.
	expect(await checkOf({ profile: 'work', region: 'us-east-1' }, files)).toMatchObject({
		code: 'BAD_CREDENTIALS',
		message: expect.stringContaining('InvalidAccessKeyId'),
	});
	await rm(home, { recursive: true });
});

test('access denied', async () => {
	const fault = { kind: 'error', status: 403, code: 'AccessDenied', message: 'not allowed to s3:PutObject' } as const;
	bench.simulator.faults.add({ operation: 'CreateMultipartUpload', fault });
	const error = await checkOf({});
	expect(error).toMatchObject({ code: 'DEST_DENIED', retry: 'later' });
	expect(error.message).toContain('not allowed to s3:PutObject');
});

test('wrong region: says the right one; no region: finds it', async () => {
	const other = await startBench({ region: 'eu-central-1' });
	const { endpoint, accessKeyId, secretAccessKey } = other.simulator;
	const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
	const error = await checkOf({ endpoint, region: 'us-west-2' }, env);
	expect(error).toMatchObject({ code: 'WRONG_REGION', guidance: 'Use --region eu-central-1.' });
	const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
	const destination = await openDestination({ url: 's3://bucket/pre', endpoint }, { ...env, ...files });
	await destination.check();
	await destination.put('x', Buffer.from('x'));
	await destination.close();
	await other.close();
});

test('a clock that is wrong is made up for; a store that insists is obeyed', async () => {
	const future = await startBench({ now: () => Date.now() + 2 * 3_600_000 });
	await future.plain.check();
	await future.plain.put('x', Buffer.from('x'));
	await future.close();
	bench.simulator.faults.add({ fault: { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' }, times: 9 });
	expect(await checkOf({})).toMatchObject({ code: 'CLOCK_SKEW', retry: 'later' });
});

test('a store without space', async () => {
	const { patient, simulator } = bench;
	const upload = await patient.beginUpload('a', { partSize: PART });
	simulator.faults.add({ operation: 'UploadPart', fault: { kind: 'error', status: 403, code: 'QuotaExceeded' } });
	const sending = patient.uploadPart(upload, {
		number: 1,
		body: Buffer.from('x'),
		crc32: 0x8cdc1683,
		partSize: PART,
		last: true,
	});
	await expect(sending).rejects.toMatchObject({ code: 'DEST_FULL', retry: 'later' });
});

test('an object in an archive class cannot be read, but is seen', async () => {
	await bench.patient.put('cold', Buffer.from('x'), { storageClass: 'DEEP_ARCHIVE' });
	expect(await bench.patient.head('cold')).toMatchObject({ storageClass: 'DEEP_ARCHIVE', size: 1 });
	await expect(bytesOf(bench.patient.get('cold'))).rejects.toMatchObject({ code: 'ARCHIVED', retry: 'later' });
});

test('data that is damaged again and again is given up', async () => {
	const { patient, simulator, notices } = bench;
	simulator.faults.add({ operation: 'PutObject', fault: { kind: 'damage-received' }, times: 99 });
	await expect(patient.put('x', Buffer.from('x'))).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
	expect(notices).toHaveLength(4);
});

test('a name that does not exist, a port where nobody listens: told, and tried again', async () => {
	for (const endpoint of ['http://firn-test.invalid:1', 'http://127.0.0.1:9']) {
		const destination = await openDestination({ url: 's3://bucket/x', endpoint }, bench.simulator.env);
		await expect(destination.check()).rejects.toMatchObject({ code: 'NETWORK', retry: 'now' });
		await destination.close();
	}
});

test('https spoken to a server that does not, and a web server that is no store', async () => {
	const tls = await openDestination(
		{ url: 's3://bucket/x', endpoint: bench.simulator.endpoint.replace('http:', 'https:') },
		bench.simulator.env,
	);
	await expect(tls.check()).rejects.toMatchObject({ code: 'TLS_FAILED', retry: 'later' });
	await tls.close();
	const server = createServer((_request, response) => response.end('<html><body>Welcome</body></html>'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const web = await openDestination({ url: 's3://bucket/x', endpoint }, bench.simulator.env);
	await expect(web.check()).rejects.toMatchObject({ code: 'NETWORK' });
	await web.close();
	server.close();
});

test('an error holds neither keys nor signatures', async () => {
	for (const code of ['AccessDenied', 'NoSuchBucket', 'InternalError', 'Whatever']) {
		bench.simulator.faults.add({ operation: 'PutObject', fault: { kind: 'error', status: 400, code } });
		const error = await bench.plain.put('x', Buffer.from('x')).catch((thrown: unknown) => thrown);
		const all = inspect(error, { depth: 20, showHidden: true });
		expect(all).toContain(code);
		expect(all).not.toContain(bench.simulator.accessKeyId);
		expect(all).not.toMatch(/Signature=/);
	}
});
