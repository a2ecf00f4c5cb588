/** Changing a job in a real terminal: what is typed stands in the config, and nothing does that was not saved. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
beforeAll(() => bench.backUp('docs'));
afterEach(bench.closeTerminals);
afterAll(bench.close);

const job = () => JSON.parse(readFileSync(join(bench.home, 'config.json'), 'utf8')).jobs[0];

test('a schedule and rules are typed, previewed and saved; esc asks before it forgets', async () => {
	const app = bench.open({ cols: 100, rows: 30 });
	await app.waitFor(READY);
	await app.waitFor(/► docs/);
	await app.press('e', 'right', 'down', 'backspace', 'backspace');
	await app.waitFor('"daily 22:" is no trigger');
	await app.press('ctrl+s');
	expect(job().trigger).toBeUndefined();
	await app.press('4', '5');
	await app.waitFor(/Next in .* \d\d:45|:45/);
	await app.press('esc');
	await app.waitFor('Leave docs as it was?');
	await app.press('n');
	await expectFreshPaint(app, 'form');
	await app.press('ctrl+s');
	await app.waitFor(/daily at 22:45 · next in/);
	expect(job()).toMatchObject({ trigger: 'daily 22:45', name: 'docs' });

	await app.press('e', 'down', 'down', 'down', 'down', 'down', 'down', 'right');
	await app.waitFor('All there is stays: 1 snapshot.');
	await app.press('esc');
	await app.waitFor('Leave docs as it was?');
	await app.press('y');
	await app.waitFor(/► docs/);
	expect(job().keep).toBeUndefined();
	await app.press('p');
	await app.waitFor(/disabled \(daily at 22:45\)/);
	expect(job().enabled).toBe(false);
});

test.each([
	[80, 24, ['--color', 'mono']],
	[160, 45, ['--ascii']],
	[60, 16, ['--ascii']],
])('%ix%i %s: the form fills its area', async (cols, rows, args) => {
	const app = bench.open({ cols, rows, args: args as string[] });
	await app.waitFor(READY);
	await app.waitFor(/docs/);
	await app.press('i');
	await expectFreshPaint(app, 'details');
	expect(app.text()).toMatch(/When +/);
	await app.press('e', 'down', 'down', 'down', 'down', 'down', 'down', 'down');
	await app.waitFor(/Job docs/);
	await expectFreshPaint(app, 'form');
});
