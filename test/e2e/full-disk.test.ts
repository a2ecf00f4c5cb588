/** A destination that fills up in the middle of a run, on a file system of its own: told, and gone on with once there is room. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { isRoot } from '../support/trees.ts';

let firn: FirnHome;
let disk: string;
let isMounted: boolean;
beforeEach(() => {
	firn = firnHome();
	disk = join(firn.root, 'disk');
	mkdirSync(disk);
	mkdirSync(join(firn.root, 'data'));
	const content = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
	for (let file = 0; file < 6; file++) {
		writeFileSync(join(firn.root, 'data', `file-${file}`), content.update(Buffer.alloc(1024 * 1024)));
	}
	isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status === 0;
});
afterEach(async () => {
	await firn.run('engine', 'stop');
	if (isMounted) spawnSync('umount', ['-l', disk]);
	await firn.close();
});

const makeRoom = () => execFileSync('mount', ['-o', 'remount,size=24m', disk]);
const partials = () =>
	readdirSync(disk, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.partial'));

/** What rsync would have to do, a line each. */
const differences = (from: string, to: string) =>
	execFileSync('rsync', ['-aHni', '--checksum', '--delete', `${from}/`, `${to}/`], { encoding: 'utf8' });

test.skipIf(!isRoot)(
	'an archive: the run fails with a sentence, and the next goes on with what is there',
	async (context) => {
		if (!isMounted) context.skip('no file system can be mounted here');
		await firn.run('jobs', 'add', 'docs', 'data', '--to', 'disk', '--no-encrypt', '--split-size', '1MiB');
		const full = await firn.run('backup', 'docs');
		expect([full.code, full.err]).toEqual([1, expect.stringMatching(/disk.* is full \(ENOSPC.*Free some space/s)]);
		expect(full.err).not.toMatch(/\bat .*\.[jt]s:\d/);
		makeRoom();
		const resumed = await firn.run('--json', 'resume', 'docs');
		expect([resumed.code, resumed.err]).toEqual([0, '']);
		const summary = resumed.records.findLast(({ event }) => event === 'summary' || event === 'done') ?? {};
		expect(JSON.stringify(summary)).toContain('complete');
		expect((await firn.run('restore', 'docs', '--target', 'back')).code).toBe(0);
		const back = join(firn.root, 'back', firn.root, 'data');
		expect(differences(join(firn.root, 'data'), back)).toBe('');
		expect(partials()).toEqual([]);
		expect((await firn.run('verify', 'docs')).code).toBe(0);
	},
);

test.skipIf(!isRoot)('a mirror: no half file has a name, and the next run makes it the same', async (context) => {
	if (!isMounted) context.skip('no file system can be mounted here');
	await firn.run('jobs', 'add', 'docs', 'data', '--to', 'disk', '--layout', 'mirror', '--deletions', 'follow');
	const full = await firn.run('backup', 'docs');
	expect([full.code, `${full.out}${full.err}`]).toEqual([1, expect.stringMatching(/no space left|is full/i)]);
	expect(`${full.out}${full.err}`).not.toMatch(/\bat .*\.[jt]s:\d/);
	for (const name of readdirSync(join(disk, 'data'))) {
		expect(spawnSync('cmp', [join(disk, 'data', name), join(firn.root, 'data', name)]).status, name).toBe(0);
	}
	makeRoom();
	const again = await firn.run('backup', 'docs');
	expect([again.code, again.err]).toEqual([0, '']);
	expect(differences(join(firn.root, 'data'), join(disk, 'data'))).toBe('');
	expect(partials()).toEqual([]);
});
