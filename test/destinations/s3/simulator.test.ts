/** The simulator itself: what it is not held to by the conformance script. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openDestination } from '../../../src/destinations/open-destination.ts';
import { startS3Simulator } from '../../support/s3-simulator/simulator.ts';
import { bytesOf, partsOf, sameBytes } from '../conformance.ts';

const MAIN = new URL('../../support/s3-simulator/main.ts', import.meta.url).pathname;

async function startProcess(dir: string, ...more: string[]) {
	const child = spawn(process.execPath, [MAIN, '--dir', dir, '--min-part-size', '1000', ...more]);
	const settings: Record<string, string> = {};
	for await (const line of createInterface({ input: child.stdout })) {
		const [name = '', value = ''] = line.split(/=(.*)/s);
		settings[name] = value;
		if (name === 'S3_REGION') break;
	}
	const env = {
		AWS_ACCESS_KEY_ID: settings.S3_ACCESS_KEY,
		AWS_SECRET_ACCESS_KEY: settings.S3_SECRET_KEY,
		AWS_REGION: 'us-east-1',
	};
	const endpoint = settings.S3_ENDPOINT!;
	return { child, endpoint, open: () => openDestination({ url: 's3://bucket/p', endpoint }, env) };
}

test('objects and uploads survive a kill of its process', async () => {
	const dir = await mkdtemp(join(tmpdir(), 'firn-simulator-'));
	const content = randomBytes(25_000);
	const parts = partsOf(content, 10_000);
	const first = await startProcess(dir);
	const one = await first.open();
	await one.put('a', content);
	await one.put('gone', content);
	await one.delete('gone');
	const upload = await one.beginUpload('b', { partSize: 10_000 });
	const receipts = [await one.uploadPart(upload, parts[0]!)];
	const log = (await (await fetch(`${first.endpoint}/-/log`)).json()) as { operation: string }[];
	expect(log.filter((entry) => entry.operation === 'UploadPart')).toHaveLength(1);
	await one.close();
	first.child.kill('SIGKILL');
	await once(first.child, 'exit');

	const second = await startProcess(dir);
	const two = await second.open();
	sameBytes(await bytesOf(two.get('a')), content);
	expect(await two.head('gone')).toBeUndefined();
	expect(await two.listParts(upload, { partSize: 10_000 })).toEqual(receipts);
	for (const part of parts.slice(1)) receipts.push(await two.uploadPart(upload, part));
	await two.completeUpload(upload, receipts, { size: content.length, partSize: 10_000 });
	sameBytes(await bytesOf(two.get('b')), content);
	await two.close();
	second.child.kill();
	await once(second.child, 'exit');
	await rm(dir, { recursive: true });
});

test('goes down and comes back with its objects', async () => {
	const simulator = await startS3Simulator();
	const destination = await openDestination({ url: 's3://bucket', endpoint: simulator.endpoint }, simulator.env);
	await destination.put('a', Buffer.from('x'));
	await simulator.goDown();
	await expect(destination.head('a')).rejects.toMatchObject({ code: 'NETWORK' });
	await simulator.comeBack();
	expect(await destination.head('a')).toMatchObject({ size: 1 });
	simulator.damage('a', Buffer.from('y'));
	expect((await bytesOf(destination.get('a'))).toString()).toBe('y');
	await destination.close();
	await simulator.close();
});

/** The conformance script is not part of this repository: FIRN_S3_CONFORMANCE names it where it is at hand. */
const script = process.env.FIRN_S3_CONFORMANCE;
test.skipIf(!script)('passes the conformance script', async () => {
	const dir = await mkdtemp(join(tmpdir(), 'firn-simulator-'));
	const { child, endpoint } = await startProcess(dir, '--min-part-size', String(5 * 1024 * 1024));
	const run = spawn(process.execPath, [script!], {
		env: {
			...process.env,
			S3_SDK_DIR: process.cwd(),
			S3_REGION: 'us-east-1',
			S3_ENDPOINT: endpoint,
			S3_ACCESS_KEY: 'SIMULATORKEY',
			S3_SECRET_KEY: 'simulator/secret+key',
		},
	});
	const failed: string[] = [];
	let passed = 0;
	for await (const line of createInterface({ input: run.stdout })) {
		if (line.startsWith('PASS')) passed += 1;
		if (line.startsWith('FAIL')) failed.push(line.slice(6, 50).trim());
	}
	child.kill();
	await once(child, 'exit');
	await rm(dir, { recursive: true });
	expect(failed).toEqual([]);
	expect(passed).toBeGreaterThan(75);
});
