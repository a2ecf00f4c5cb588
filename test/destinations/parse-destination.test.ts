import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDestination, parseDestination } from '../../src/destinations/open-destination.ts';

test.each([
	['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '' }],
	['s3://bucket/', { kind: 's3', bucket: 'bucket', prefix: '' }],
	['S3://my.bucket-1/a/b/', { kind: 's3', bucket: 'my.bucket-1', prefix: 'a/b' }],
	['s3://bucket/with space/ü', { kind: 's3', bucket: 'bucket', prefix: 'with space/ü' }],
	['gdrive:backup', { kind: 'gdrive', folders: ['backup'] }],
	['gdrive:/with space/ü/', { kind: 'gdrive', folders: ['with space', 'ü'] }],
	['/mnt/disk/backup', { kind: 'folder', path: '/mnt/disk/backup' }],
	['/mnt/disk/../backup/', { kind: 'folder', path: '/mnt/backup' }],
	['backup', { kind: 'folder', path: join(process.cwd(), 'backup') }],
	['./a:b', { kind: 'folder', path: join(process.cwd(), 'a:b') }],
	['~/backup', { kind: 'folder', path: join(homedir(), 'backup') }],
	['file:///mnt/a%20b', { kind: 'folder', path: '/mnt/a b' }],
] as const)('%s', (text, expected) => {
	expect(parseDestination(text)).toEqual(expected);
});

test.each([
	'',
	'  ',
	's3:',
	's3:bucket',
	's3://',
	's3:///prefix',
	's3://b',
	's3://Bucket Name/x',
	's3://bucket/a//b',
	's3://bucket/a/../b',
	's3://bucket/a\nb',
	'file://server/share',
	'ftp://host/path',
	'https://bucket.s3.amazonaws.com/x',
	'gdrive:',
	'gdrive://',
	'gdrive:a//b',
	'gdrive:a/../b',
	'gdrive:./b',
	'gdrive:a\tb',
	`gdrive:${'x'.repeat(256)}`,
	`gdrive:${'x/'.repeat(60)}`,
])('refuses %j and says what to give', (text) => {
	expect(() => parseDestination(text)).toThrow(expect.objectContaining({ code: 'BAD_DESTINATION', kind: 'usage' }));
	try {
		parseDestination(text);
	} catch (error) {
		expect(String(error)).toContain(text);
		expect((error as { guidance: string }).guidance).toContain('s3://bucket/prefix');
	}
});

test('credentials in the address are refused and not printed', async () => {
	const opening = openDestination({ url: 's3://AKIAKEY:verysecret@bucket/x' });
	await expect(opening).rejects.toMatchObject({
		code: 'BAD_DESTINATION',
		message: expect.not.stringMatching(/verysecret/),
	});
});
