/** Mirrors on the command line. */

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAll } from '../../src/archive/age/payload.ts';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { put } from '../support/trees.ts';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
});
afterEach(() => firn.close());

describe('firn backup --layout mirror', () => {
	it('keeps plain files, says what it did, and asks before much is deleted', async () => {
		const { root, run } = firn;
		for (let file = 0; file < 12; file++) put(root, `photos/${file}.jpg`);
		mkdirSync(join(root, 'nas'));
		const first = await run('backup', 'photos', '--to', 'nas', '--layout', 'mirror', '--deletions', 'follow');
		expect(first).toMatchObject({ code: 0 });
		expect(first.out).toContain('Copied 12 files');
		expect(readFileSync(join(root, 'nas/photos/3.jpg'), 'utf8')).toBe('photos/3.jpg');
		const { records } = await run('jobs', '--json');
		expect(records[0]).toMatchObject({ name: 'photos', layout: 'mirror', deletions: 'follow', encrypted: false });

		for (let file = 1; file < 12; file++) rmSync(join(root, `photos/${file}.jpg`));
		const refused = await run('backup', 'photos');
		expect(refused.code).toBe(1);
		expect(refused.err).toContain('has lost 11 of the 12 files of its mirror; nothing was deleted.');
		const agreed = await run('backup', 'photos', '--confirm-deletions', '11');
		expect(agreed.code).toBe(0);
		expect(agreed.out).toContain('11 files deleted at the source');
		const restored = await run('restore', 'photos', '--target', 'back');
		expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('Restored 1 file') });
		expect(readFileSync(join(root, 'back', root, 'photos/0.jpg'), 'utf8')).toBe('photos/0.jpg');
		const shown = await run('show', 'photos', 'photos', '--json');
		expect(shown.records).toMatchObject([
			{ path: `${root}/photos`, type: 'dir', archive: null },
			{ path: `${root}/photos/0.jpg`, type: 'file', archive: null },
		]);
		const top = await run('show', 'photos', '--level', '--json');
		expect(top.records).toMatchObject([{ path: `${root}/photos`, files: 1, archives: 0 }]);
		const archives = await run('show', 'photos', '--archives');
		expect(archives).toMatchObject({ code: 2, err: expect.stringContaining('has no archives') });
	});

	it('refuses what cannot be a mirror, and leaves nothing behind', async () => {
		const { root, run } = firn;
		put(root, 'a/x');
		put(root, 'b/a/x');
		const refused = async (...args: string[]) => (await run('backup', ...args, '--layout', 'mirror')).code;
		expect(await refused('a', '--to', 's3://bucket/x', '--storage-class', 'DEEP_ARCHIVE')).toBe(2);
		expect(await refused('a', '--to', 'nas', '--storage-class', 'STANDARD')).toBe(2);
		expect(await refused('a', '--to', 'nas', '--compression', 'zstd')).toBe(2);
		expect(await refused('a', '--to', '.')).toBe(2);
		expect(await refused('a', 'b/a', '--to', 'nas')).toBe(2);
		expect(await refused('a', '--to', 'nas', '--recipient', 'age1x')).toBe(2);
		expect((await run('backup', 'a', '--to', 'nas', '--deletions', 'move')).code).toBe(2);
		expect((await run('jobs', '--json')).records).toEqual([]);
	});

	it('does not share its place with another job', async () => {
		const { root, run } = firn;
		for (const path of ['a/photos/x', 'b/photos/y']) put(root, path);
		mkdirSync(join(root, 'nas'));
		const to = ['--to', 'nas', '--layout', 'mirror', '--deletions', 'follow'];
		expect((await run('backup', 'a/photos', ...to)).code).toBe(0);
		for (const begun of [
			await run('backup', 'b/photos', ...to, '--job', 'other'),
			await run('jobs', 'add', 'other', 'b/photos', ...to),
			await run('backup', 'b/photos', '--to', 'nas/photos/in', '--job', 'archives'),
		]) {
			expect([begun.code, begun.err]).toEqual([2, expect.stringContaining('would both write below')]);
		}
		expect((await run('jobs', '--json')).records).toHaveLength(1);
		expect(readFileSync(join(root, 'nas/photos/x'), 'utf8')).toBe('a/photos/x');
	});

	it('copies single paths of its sources, and none beside', async () => {
		const { root, run } = firn;
		for (const path of ['photos/a', 'photos/b', 'beside/c']) put(root, path);
		mkdirSync(join(root, 'nas'));
		await run('jobs', 'add', 'photos', 'photos', '--to', 'nas', '--layout', 'mirror');
		const refused = await run('backup', 'photos', 'photos/a', 'beside/c');
		expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('outside of the sources')]);
		expect((await run('backup', 'photos', 'photos/a')).out).toContain('Copied 1 file');
		expect((await run('backup', 'photos')).out).toContain('Copied 1 file');
	});
});

describe('firn backup --layout mirror to a bucket', () => {
	it('keeps an object a file, encrypted by itself if that is said', async () => {
		const simulator = await startS3Simulator();
		const { endpoint, env, region } = simulator;
		const home = firnHome(env);
		try {
			const { root, run } = home;
			put(root, 'notes/Grüße.txt', 'hello');
			put(root, 'notes/b/c');
			const where = ['--endpoint', endpoint, '--region', region, '--layout', 'mirror'];
			const plain = await run('backup', 'notes', '--to', 's3://bucket/plain', ...where);
			expect(plain).toMatchObject({ code: 0, err: '' });
			expect(plain.out).toContain('Copied 2 files');
			expect(plain.out).toContain('each confirmed by its checksum');
			expect((await simulator.content('plain/notes/Grüße.txt')).toString()).toBe('hello');
			const secret = await run(
				'backup',
				'notes',
				'--to',
				's3://bucket/secret',
				...where,
				'--encrypt',
				'--job',
				'sealed',
			);
			expect(secret).toMatchObject({ code: 0, err: '' });
			expect(simulator.keys().filter((key) => key.startsWith('secret/notes'))).toEqual([
				'secret/notes/Grüße.txt.age',
				'secret/notes/b/c.age',
			]);
			const { records } = await run('jobs', '--json');
			expect(records.map(({ layout, encrypted }) => [layout, encrypted])).toEqual([
				['mirror', false],
				['mirror', true],
			]);
			expect((await run('jobs', 'edit', 'sealed', '--no-encrypt')).code).toBe(2);
			expect((await run('backup', 'notes', '--dry-run')).out).toContain('0 files');
			const again = await run('backup', 'sealed');
			expect(again.out).toContain('Nothing had to be copied');
		} finally {
			await home.close();
			await simulator.close();
		}
	});

	it('encrypts each file in a folder, too', async () => {
		const { root, run, home } = firn;
		put(root, 'a/x', 'text');
		mkdirSync(join(root, 'disk'));
		expect((await run('backup', 'a', '--to', 'disk', '--layout', 'mirror', '--encrypt')).code).toBe(0);
		const secrets = readFileSync(join(home, 'secrets/identity.txt'), 'utf8');
		const [identity] = /AGE-SECRET-KEY-\S+/.exec(secrets)!;
		const sealed = readFileSync(join(root, 'disk/a/x.age'));
		expect(openAll([identity], sealed).toString()).toBe('text');
	});
});

it('what only the other layout has is refused, not ignored', async () => {
	mkdirSync(join(firn.root, 'data'), { recursive: true });
	const add = (name: string, ...options: string[]) =>
		firn.run('jobs', 'add', name, 'data', '--to', `dest-${name}`, ...options);
	expect([(await add('plain', '--layout', 'mirror')).code, (await add('packed')).code]).toEqual([0, 0]);
	for (const [job, ...options] of [
		['plain', '--full'],
		['packed', '--checksum'],
		['packed', '--confirm-deletions', '3'],
	] as [string, ...string[]][]) {
		const { code, err } = await firn.run('backup', job, ...options);
		expect([code, err]).toEqual([2, expect.stringContaining(`${options[0]} is for`)]);
	}
});
