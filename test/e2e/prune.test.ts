/** `firn prune` on the command line: nothing without rules or a confirmation, then exactly what was said. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
	mkdirSync(join(firn.root, 'data'));
});
afterEach(() => firn.close());

async function backUp(file: string): Promise<void> {
	writeFileSync(join(firn.root, 'data', file), file);
	const { code } = await firn.run('backup', 'docs');
	expect(code).toBe(0);
	rmSync(join(firn.root, 'data', file));
}

const snapshots = async () => {
	const { records } = await firn.run('--json', 'show', 'docs', '--runs');
	return records.flatMap(({ snapshot }) => (snapshot === null || snapshot === undefined ? [] : [snapshot]));
};

test('drops what was confirmed, and after a run what the rules of the job say', async () => {
	await firn.run('jobs', 'add', 'docs', 'data', '--to', 'dest');
	for (const file of ['a', 'b', 'c', 'd']) await backUp(file);
	for (const [options, code] of [
		[[], 'no rules'],
		[['--keep-last', 'x'], 'not a number for --keep-last'],
		[['--keep-last', '0'], 'No rule says'],
		[['--keep-last', '2'], 'nobody can be asked'],
		[['--keep-last', '2', '--yes', '1'], '--yes 2 does'],
	] as const) {
		const refused = await firn.run('prune', 'docs', ...options);
		expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(code)]);
	}
	const looked = await firn.run('prune', 'docs', '--keep-last', '2', '--dry-run');
	expect([looked.code, looked.out]).toEqual([0, expect.stringContaining('Of 4 snapshots, 2 would be dropped')]);
	expect(await snapshots()).toEqual([1, 2, 3, 4]);
	const done = await firn.run('prune', 'docs', '--keep-last', '2', '--yes', '2');
	expect([done.code, done.out]).toEqual([0, expect.stringContaining('2 snapshots dropped')]);
	expect(await snapshots()).toEqual([3, 4]);
	const gone = await firn.run('restore', 'docs', '--snapshot', '1', '--target', 'back');
	expect([gone.code, gone.err]).toEqual([2, expect.stringContaining('There is no snapshot 1')]);

	await firn.run('jobs', 'edit', 'docs', '--keep-last', '1', '--prune-after-run');
	expect((await firn.run('--json', 'jobs')).records[0]).toMatchObject({ keep: { last: 1 }, pruneAfterRun: true });
	await backUp('e');
	await until('pruned', async () => (await snapshots()).length === 1);
	expect(await snapshots()).toEqual([5]);
	await firn.run('jobs', 'edit', 'docs', '--keep-last', '0', '--no-prune-after-run');
	expect((await firn.run('--json', 'jobs')).records[0]).not.toHaveProperty('keep');
	await backUp('f');
	expect(await snapshots()).toEqual([5, 6]);
});

test('rules alone never drop the last snapshots that have the files of a source that looks unmounted', async () => {
	const { root, run } = firn;
	mkdirSync(join(root, 'disk'));
	const files = ['a', 'b', 'c'].map((name) => join(root, 'disk', name));
	for (const file of files) writeFileSync(file, 'of the disk');
	writeFileSync(join(root, 'data', 'stays'), 'all the time');
	await run('backup', 'data', 'disk', '--to', 'dest', '--job', 'docs');
	await run('jobs', 'edit', 'docs', '--keep-last', '2', '--prune-after-run');
	const prunes = async () =>
		(await run('--json', 'history', 'docs', '--kind', 'prune')).records.filter(({ status }) => status !== 'running');
	/** Backs up, and gives what came of the prune that follows. */
	const pruned = async () => {
		const { length } = await prunes();
		expect((await run('backup', 'docs')).code).toBe(0);
		await until('it was pruned', async () => (await prunes()).length > length);
		return (await prunes())[0]!;
	};
	await pruned();
	for (const file of files) rmSync(file);
	expect((await pruned()).status).toBe('complete');
	expect(await snapshots()).toEqual([2, 3]);
	const kept = await pruned();
	expect(kept).toMatchObject({ status: 'failed', code: 'SOURCE_LOST_FILES', error: expect.stringContaining('disk') });
	expect(await snapshots()).toEqual([2, 3, 4]);
	// A person who has looked may.
	expect((await run('prune', 'docs', '--yes', '1')).code).toBe(0);
	expect((await pruned()).status).toBe('complete');
	expect(await snapshots()).toEqual([4, 5]);
});
