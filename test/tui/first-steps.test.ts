/** From nothing to a job that runs every day, in a real terminal. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/firn.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
afterAll(bench.close);

test('the first steps ask when later backups begin, and the job has that schedule', async () => {
	const folder = join(bench.root, 'letters');
	mkdirSync(folder);
	writeFileSync(join(folder, 'one.txt'), 'one');
	const app = bench.open({ cols: 80, rows: 24 });
	await app.waitFor(READY);
	await app.waitFor('another folder');
	await app.press('a', ...folder, 'enter', 'enter');
	await app.waitFor(/2 Where to ●/);
	await app.press('ctrl+u', ...join(bench.root, 'disk'), 'enter');
	await app.waitFor(/3 When ●/);
	await app.press('right');
	await app.waitFor('Then: daily at 22:00.');
	await expectFreshPaint(app, 'when');
	await app.press('down', 'backspace', 'x', 'enter');
	await app.waitFor('is no trigger');
	await app.press('backspace', '5', 'enter');
	await app.waitFor(/4 Start ●(.|\n)*daily at 22:05/);
	await app.press('enter');
	const file = join(bench.home, 'config.json');
	await until('the job', () => existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).jobs.length === 1);
	expect(JSON.parse(readFileSync(file, 'utf8')).jobs[0]).toMatchObject({ name: 'letters', trigger: 'daily 22:05' });
});
