import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
	for (const name of ['one', 'two']) {
		mkdirSync(join(firn.root, name));
		writeFileSync(join(firn.root, name, 'file'), name);
	}
});
afterEach(() => firn.close());

test('tells what came of the runs of one job, or of all, the newest first', async () => {
	expect((await firn.run('history')).out).toBe('There was no run yet.\n');
	await firn.run('backup', 'one', '--to', 'dest');
	await firn.run('backup', 'two', '--to', 'dest');
	await firn.run('backup', 'one');
	await firn.run('jobs', 'add', 'never', 'one', '--to', 'elsewhere');
	const { records, code } = await firn.run('--json', 'history');
	expect([code, records.map(({ job, archives, newFiles, status }) => [job, archives, newFiles, status])]).toEqual([
		0,
		[
			['one', 0, 0, 'complete'],
			['two', 1, 1, 'complete'],
			['one', 1, 1, 'complete'],
		],
	]);
	expect(records[1]!.key).toBe(
		`${join(firn.root, 'dest')}/${String(records[1]!.key).split('/').at(-2)}/${records[1]!.run}`,
	);
	expect(records[1]!.storedBytes).toBeGreaterThan(1024);
	expect((await firn.run('--json', 'history', 'one', '--limit', '1')).records).toHaveLength(1);
	expect((await firn.run('--json', 'history', 'never')).records).toEqual([]);
	expect((await firn.run('history', 'nobody')).code).toBe(2);
	expect((await firn.run('history', '--limit', 'all')).code).toBe(2);
	expect((await firn.run('history')).out).toContain('complete');
});

test('one damaged state database does not hide the others, and is told', async () => {
	await firn.run('backup', 'one', '--to', 'dest');
	writeFileSync(join(firn.home, 'state', 'bad.sqlite3'), 'no database');
	const { code, out, err } = await firn.run('history');
	expect([code, out, err]).toEqual([1, expect.stringContaining('complete'), expect.stringContaining('bad.sqlite3')]);
});
