/** A config that is broken by hand while the engine runs: what goes on goes on, it is told, and what is mended counts. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
});
afterEach(() => firn.close());

test('a run goes on, status says what is wrong, and nothing has to be restarted', async () => {
	mkdirSync(join(firn.root, 'data'));
	writeFileSync(join(firn.root, 'data', 'big'), Buffer.alloc(3 * 1024 * 1024, 'x'));
	const how = ['--no-encrypt', '--on-change', '--quiet-for', '1s', '--at-most', '2s'];
	await firn.run(
		'jobs',
		'add',
		'docs',
		'data',
		'--to',
		'dest',
		...how,
		'--limit-upload',
		'1MiB',
		'--part-size',
		'1MiB',
	);
	await firn.task('docs', ({ state }) => state === 'running');
	const engine = await firn.enginePid();
	const config = join(firn.home, 'config.json');
	const good = readFileSync(config, 'utf8');
	const broken = good.replace('"workers": 2', '"workers": "many"');
	writeFileSync(config, broken);

	const told = await firn.run('status');
	expect(told.out).toContain('docs');
	expect(`${told.out}${told.err}`).toContain('wrong at jobs.0.workers, "many"');
	const edited = await firn.run('jobs', 'edit', 'docs', '--workers', '3');
	expect([edited.code, edited.err]).toEqual([2, expect.stringContaining('wrong at jobs.0.workers')]);
	expect(edited.err).not.toMatch(/\bat .*\.[jt]s:\d/);
	await firn.task('docs', ({ state }) => state === 'done');
	expect(readFileSync(config, 'utf8')).toBe(broken);
	expect(await firn.enginePid()).toBe(engine);
	// Nothing begins meanwhile, as nobody knows what is wanted.
	writeFileSync(join(firn.root, 'data', 'new'), 'new');

	writeFileSync(config, good.replace('"limitUpload": 1048576', '"limitUpload": 0'));
	await until('it is picked up', async () => {
		const { records } = await firn.run('--json', 'show', 'docs');
		return records.some(({ path }) => String(path).endsWith('/new'));
	});
	expect(await firn.enginePid()).toBe(engine);
	expect((await firn.run('status')).code).toBe(0);
});
