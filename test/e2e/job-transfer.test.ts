import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';

test('jobs go from one home to another with all their settings, but store apart; hooks are told', async () => {
	const [from, to] = [firnHome(), firnHome()];
	try {
		mkdirSync(join(from.root, 'data'));
		const file = join(from.root, 'jobs.json');
		const options = [
			'--schedule',
			'daily 22:00',
			'--hook-before',
			'echo hello',
			'--exclude',
			'*.o',
			'--hook-timeout',
			'5m',
		];
		await from.run('jobs', 'add', 'docs', 'data', '--to', 'dest', ...options);
		await from.run('jobs', 'add', 'other', 'data', '--to', 'dest2', '--no-encrypt');
		expect((await from.run('jobs', 'export', '--to', file)).code).toBe(0);
		expect((await from.run('jobs', 'export', '--to', file)).code).toBe(2);
		expect((await from.run('jobs', 'export', 'nobody')).code).toBe(2);
		const whole = readFileSync(file, 'utf8');
		expect(whole).not.toContain('AGE-SECRET-KEY');

		const { code, out } = await to.run('jobs', 'import', file);
		expect([code, out]).toEqual([0, expect.stringContaining('It brings a hook, which will be run: echo hello\n')]);
		const jobs = async (home: typeof to) =>
			(await home.run('--json', 'jobs', 'export')).records[0]!.jobs as { id: string }[];
		const [here, there] = [await jobs(from), await jobs(to)];
		const own = { id: '', created: '' };
		expect(there.map((job: object) => ({ ...job, ...own }))).toEqual(here.map((job: object) => ({ ...job, ...own })));
		expect(there[0]!.id).not.toBe(here[0]!.id);

		// All or nothing, and never in place of what is there.
		writeFileSync(file, whole.replaceAll('"docs"', '"new"'));
		expect((await to.run('jobs', 'import', file)).code).toBe(2);
		writeFileSync(file, whole.replace('daily 22:00', 'dayly 22:00'));
		const wrong = await to.run('jobs', 'import', file);
		expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('jobs.0.trigger, "dayly 22:00"')]);
		expect(await jobs(to)).toEqual(there);
	} finally {
		await Promise.all([from.close(), to.close()]);
	}
});
