/** The command line's way to browse a state database. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { makeBackup } from '../support/hand-made-backup.ts';

let firn: FirnHome;
let state: string;
beforeAll(() => {
	firn = firnHome();
	const folder = join(firn.root, 'made');
	mkdirSync(folder);
	state = makeBackup({
		folder,
		encrypt: false,
		runs: [
			{
				archives: [
					[
						{ path: 'home/u', type: 'dir' },
						{ path: 'home/u/big', content: 'x'.repeat(5000) },
						{ path: 'home/u/docs', type: 'dir' },
						{ path: 'home/u/docs/a.txt', content: 'one' },
					],
				],
			},
			{ archives: [[{ path: 'home/u/docs/a.txt', content: 'two!' }]] },
		],
	}).stateFile;
});
afterAll(() => firn.close());

describe('firn show', () => {
	it('lists one level with totals', async () => {
		const { code, records } = await firn.run('--json', 'show', state, '/home/u', '--level', '--sort', 'size');
		expect(code).toBe(0);
		expect(records).toMatchObject([
			{ path: '/home/u/big', type: 'file', files: 1, bytes: 5000, archives: 1, firstArchive: 1, status: 'stored' },
			{ path: '/home/u/docs', type: 'dir', files: 1, bytes: 4, entries: 1, archives: 1, firstArchive: 2 },
		]);
		const { out } = await firn.run('show', state, '--level');
		expect(out).toMatch(/2\s+4\.89 KiB\s+2 \(1–2\)\s+stored\s+\S+ \S+\s+\/home\/u\/\n/);
	});

	it('lists what a filter lets through', async () => {
		const found = await firn.run('--json', 'show', state, '--filter', 'size:>1k');
		expect(found.records.map(({ path }) => path)).toEqual(['/home/u/big']);
		const level = await firn.run('--json', 'show', state, 'home/u', '--level', '--filter', 'doc');
		expect(level.records.map(({ path }) => path)).toEqual(['/home/u/docs']);
		const none = await firn.run('show', state, '--filter', 'nothing');
		expect([none.code, none.out.trim().split('\n').length]).toEqual([0, 1]);
		expect((await firn.run('show', state, '--filter', 'colour:red')).code).toBe(2);
	});

	it('lists versions', async () => {
		const { records } = await firn.run('--json', 'show', state, '/home/u/docs/a.txt', '--versions');
		expect(records).toMatchObject([
			{ first: 2, last: null, size: 4, archive: 2 },
			{ first: 1, last: 1, size: 3, archive: 1 },
		]);
		expect((await firn.run('show', state, '--versions')).code).toBe(2);
	});

	it('refuses paths that are not there', async () => {
		for (const how of [['--level'], ['--versions'], ['--filter', 'x']]) {
			const { code, err } = await firn.run('show', state, '/no/such', ...how);
			expect([code, err]).toEqual([2, expect.stringContaining('/no/such')]);
		}
	});
});
