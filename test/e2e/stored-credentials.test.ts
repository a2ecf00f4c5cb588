/** Keys for S3 that are kept in the vault: used by name, renewed while a run waits for them, and seen nowhere. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseKeys } from '../../src/commands/credentials.ts';
import { collect, type FirnHome, firnHome, PROGRAM } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

const MiB = 1024 * 1024;

describe('stored keys', () => {
	let s3: S3Simulator;
	let firn: FirnHome;
	beforeAll(async () => {
		s3 = await startS3Simulator();
		const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
		firn = firnHome({ ...none, AWS_REGION: s3.region, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' });
	});
	afterAll(async () => {
		await firn?.close();
		await s3?.close();
	});

	function set(name: string, text: string) {
		const child = spawn(process.execPath, [PROGRAM, 'credentials', 'set', name], { env: firn.env, cwd: firn.root });
		child.stdin.end(text);
		return collect(child).ended;
	}

	test('are used by name, renewed in mid-run, and written nowhere', async () => {
		// Where identities would lie in a plain file there is no place for them.
		const refused = await set('work', `${s3.accessKeyId}\n${s3.secretAccessKey}\n`);
		expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('firn key move --to vault')]);
		firn.env.FIRN_PASSPHRASE = 'correct horse';
		await firn.run('engine', 'stop');
		expect(await set('work', `${s3.accessKeyId}\n${s3.secretAccessKey}\n`)).toMatchObject({ code: 0 });

		const source = join(firn.root, 'data');
		mkdirSync(source);
		writeFileSync(join(source, 'big'), randomBytes(24 * MiB));
		const to = ['--to', 's3://bucket/p', '--endpoint', s3.endpoint, '--job', 'j', '--part-size', '5MiB'];
		const unknown = await firn.run('backup', source, ...to, '--credentials', 'nowhere');
		expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('firn credentials set nowhere')]);
		const begun = await firn.run(
			'backup',
			source,
			...to,
			'--credentials',
			'work',
			'--limit-upload',
			'8MiB',
			'--detach',
		);
		expect([begun.code, begun.err]).toEqual([0, '']);
		await firn.task('j', ({ progress }) => Number((progress as { uploadedBytes?: number })?.uploadedBytes) > 0);

		s3.rotate('NEWKEY', 'new/secret');
		await firn.task('j', ({ state }) => state === 'waiting');
		const renewed = await set('work', '[default]\naws_access_key_id = NEWKEY\naws_secret_access_key = new/secret\n');
		expect([renewed.code, renewed.out]).toEqual([0, expect.stringContaining('j use them from now on.')]);
		expect((await firn.task('j', ({ state }) => state === 'done')).summary).toMatchObject({ status: 'complete' });

		expect((await firn.run('key', 'check')).code).toBe(0);
		expect((await firn.run('test', 'j')).code).toBe(0);
		const other = ['test', '--to', 's3://bucket/q', '--endpoint', s3.endpoint, '--credentials'];
		expect((await firn.run(...other, 'work')).code).toBe(0);
		expect((await firn.run(...other, 'nowhere')).code).toBe(2);
		expect((await firn.run('restore', 'j', '--target', 'back')).code).toBe(0);
		for (const secret of [s3.secretAccessKey, 'new/secret', 'correct horse'])
			expect(holders(firn.home, secret)).toEqual([]);
	});

	test('are forgotten when no job goes by them', async () => {
		const used = await firn.run('credentials', 'remove', 'work');
		expect([used.code, used.err]).toEqual([2, expect.stringContaining('those of j')]);
		expect((await firn.run('jobs', 'edit', 'j', '--no-credentials')).code).toBe(0);
		expect((await firn.run('credentials', 'remove', 'work')).code).toBe(0);
		expect((await firn.run('--json', 'credentials')).records).toEqual([]);
		expect((await firn.run('credentials', 'remove', 'work')).code).toBe(2);
		expect((await firn.run('jobs', 'edit', 'j', '--credentials', 'a', '--profile', 'b')).code).toBe(2);
		expect((await set('a\u001b[31m/../b', 'A\nB\n')).err).toContain('cannot be called "a\\e[31m/../b"');
	});
});

/** Files that have this in them. */
function holders(folder: string, secret: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
		const path = join(folder, name);
		return statSync(path).isFile() && readFileSync(path).includes(secret);
	});
}

test.each([
	['two lines', 'ID\nSECRET\n', { accessKeyId: 'ID', secretAccessKey: 'SECRET' }],
	['three lines', 'ID\nSECRET\nTOKEN', { accessKeyId: 'ID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' }],
	[
		'an environment',
		'export AWS_SECRET_ACCESS_KEY="S=="\nexport AWS_ACCESS_KEY_ID=I\nexport AWS_REGION=x\n',
		{ accessKeyId: 'I', secretAccessKey: 'S==' },
	],
])('keys are read from %s', (_what, text, keys) => {
	expect(parseKeys(text)).toEqual(keys);
});

test.each(['', 'ID\n', 'a\nb\nc\nd\n', 'I D\nSECRET\n', 'ID\nSE\u001bCRET\n', 'aws_access_key_id = ID\n'])(
	'%j are no keys, and are not repeated',
	(text) => {
		expect(() => parseKeys(text)).toThrow(
			expect.objectContaining({ code: 'BAD_CREDENTIALS_GIVEN', message: expect.not.stringContaining('SECRET') }),
		);
	},
);
