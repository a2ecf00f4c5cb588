/** Mirrors on the command line. */

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
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
		const shown = await run('restore', 'photos', '--target', 'back');
		expect(shown.code).toBe(2);
		expect(shown.err).toContain('its files lie in');
	});

	it('refuses what cannot be a mirror, and leaves nothing behind', async () => {
		const { root, run } = firn;
		put(root, 'a/x');
		put(root, 'b/a/x');
		const refused = async (...args: string[]) => (await run('backup', ...args, '--layout', 'mirror')).code;
		expect(await refused('a', '--to', 's3://bucket/x')).toBe(2);
		expect(await refused('a', '--to', '.')).toBe(2);
		expect(await refused('a', 'b/a', '--to', 'nas')).toBe(2);
		expect(await refused('a', '--to', 'nas', '--recipient', 'age1x')).toBe(2);
		expect((await run('backup', 'a', '--to', 'nas', '--deletions', 'move')).code).toBe(2);
		expect((await run('jobs', '--json')).records).toEqual([]);
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
