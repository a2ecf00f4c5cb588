/** `key check` proves that an identity opens what was stored last, by a few KiB. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

let s3: S3Simulator;
let firn: FirnHome;
beforeAll(async () => {
	s3 = await startS3Simulator();
	firn = firnHome(s3.env);
	const source = join(firn.root, 'data');
	mkdirSync(source);
	writeFileSync(join(source, 'big'), randomBytes(3 * 1024 * 1024));
	const others = Array.from({ length: 50 }, () => ['--recipient', generateIdentity().recipient]).flat();
	const to = (name: string) => ['--to', `s3://bucket/${name}`, '--job', name, '--endpoint', s3.endpoint];
	await firn.run('key', 'new', '--name', 'mine');
	for (const [name, ...options] of [
		['warm', '--recipient', 'mine', ...others],
		['cold', '--storage-class', 'DEEP_ARCHIVE'],
		['foreign', '--recipient', generateIdentity().recipient],
	] as const) {
		expect(await firn.run('backup', source, ...to(name), ...options)).toMatchObject({ code: 0 });
	}
});
afterAll(async () => {
	await firn?.close();
	await s3?.close();
});

test('each job is told by itself, and nothing but headers is read', async () => {
	s3.log.clear();
	const { records, code } = await firn.run('--json', 'key', 'check');
	expect(code).toBe(3);
	const { records: keys } = await firn.run('--json', 'key', 'list');
	const mine = keys[0]!.recipient;
	const row = (job: string) => records.find((one) => one.job === job)!;
	expect(row('warm')).toMatchObject({ opensWith: mine, from: 'archive' });
	expect(row('cold')).toMatchObject({ opensWith: mine, from: 'index', recipients: [mine] });
	expect(row('foreign')).toMatchObject({ opensWith: null, problem: { code: 'WRONG_IDENTITY' } });
	const read = s3.log.entries.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
	expect(read).toBeLessThan(64 * 1024);
	expect(s3.log.entries.every(({ operation }) => operation === 'GetObject')).toBe(true);
});

test('another identity can be tried, and one that does not fit is told with the recipient', async () => {
	const file = join(firn.root, 'other.txt');
	writeFileSync(file, `${generateIdentity().identity}\n`);
	const { code, out } = await firn.run('key', 'check', 'cold', '--identity', file);
	expect([code, out]).toEqual([1, expect.stringMatching(/cold {2}NOT OPENED: .* It is for age1/)]);
	const { code: without } = await firn.run('key', 'check', 'nowhere');
	expect(without).toBe(2);
});

test('an archive that somebody has replaced is told', async () => {
	const key = s3.keys().find((one) => one.startsWith('warm/') && one.endsWith('.tar.age'))!;
	const bytes = await s3.content(key);
	bytes[40]! ^= 1;
	s3.damage(key, bytes);
	const { records } = await firn.run('--json', 'key', 'check', 'warm');
	expect(records[0]).toMatchObject({ opensWith: null, problem: { code: 'ARCHIVE_REPLACED' } });
});
