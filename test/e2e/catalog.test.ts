/** sync, delete and verify as people type them: what is printed, and the exit codes that scripts rely on. */

import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';

let home: ReturnType<typeof firnHome>;
let store: string;
const archives = () =>
	readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tar.age'));

beforeAll(async () => {
	home = firnHome();
	store = join(home.root, 'store');
	mkdirSync(join(home.root, 'docs'));
	for (const name of ['a', 'b']) {
		writeFileSync(join(home.root, 'docs', name), name);
		expect((await home.run('backup', 'docs', ...(name === 'a' ? ['--to', store] : []))).code).toBe(0);
	}
});
afterAll(() => home.close());

test('nothing is deleted unless the exact number is said', async () => {
	for (const more of [[], ['--yes'], ['--yes', '1'], ['--yes', '3'], ['-y']]) {
		expect((await home.run('delete', 'docs', '--all', ...more)).code).toBe(2);
	}
	expect((await home.run('delete', 'docs', '1', 'nope', '--yes', '2')).code).toBe(2);
	expect(await home.run('delete', 'docs', '--all', '--dry-run')).toMatchObject({ code: 0 });
	expect(archives()).toHaveLength(2);
	const done = await home.run('--json', 'delete', 'docs', '1', '--yes', '1');
	expect(done).toMatchObject({ code: 0 });
	expect(done.records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', deleted: 1 });
	expect(archives()).toHaveLength(1);
	const shown = await home.run('--json', 'show', 'docs', '--archives');
	expect(shown.records.map(({ status }) => status)).toEqual(['deleted', 'stored']);
	expect((await home.run('--json', 'backup', 'docs')).records.at(-1)).toMatchObject({ newFiles: 1 });
});

test('verify dates what it proves, and damage ends with 1', async () => {
	const proven = await home.run('--json', 'verify', 'docs', '--read-data', 'all');
	expect(proven).toMatchObject({ code: 0 });
	expect(proven.records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', proven: 2, faults: 0 });
	const shown = await home.run('--json', 'show', 'docs', '--archives');
	expect(shown.records.map(({ proven }) => proven !== null)).toEqual([false, true, true]);
	expect((await home.run('verify', 'docs', '--read-data', '101')).code).toBe(2);
	appendFileSync(join(store, archives()[0]!), 'x');
	const damaged = await home.run('--json', 'verify', 'docs');
	expect(damaged).toMatchObject({ code: 1 });
	expect(damaged.records.at(-1)).toMatchObject({ status: 'failed', faults: 1 });
});

test('sync: an alarm ends with 1, hostile names are printed safely, deleting wants a yes', async () => {
	const job = readdirSync(store).find((name) => /^[a-z2-9]{10}$/.test(name));
	const hostile = join(store, job!, 'evil\n\u001b[2J\u202eexe');
	writeFileSync(hostile, 'x');
	writeFileSync(join(store, job!, 'other'), 'x');
	const said = await home.run('sync', 'docs', '--dry-run');
	expect(said.code).toBe(1);
	expect(said.out).toContain('ALARM');
	expect(said.out).toContain('evil\\n\\e[2J\\u{202e}exe');
	expect(said.out).not.toContain('\u001b[2J');
	expect((await home.run('sync', 'docs', '--delete-unknown')).code).toBe(2);
	expect((await home.run('sync', 'docs', '--adopt', '--keep')).code).toBe(2);
	expect(readdirSync(join(store, job!))).toContain('other');
	const done = await home.run('--json', 'sync', 'docs', '--delete-unknown', '--yes');
	expect(done).toMatchObject({ code: 1 });
	expect(done.records.at(-1)).toMatchObject({ event: 'summary', status: 'failed', removed: 1 });
	expect(readdirSync(join(store, job!))).not.toContain('other');
	expect((await home.run('sync', 'nobody')).code).toBe(2);
});
