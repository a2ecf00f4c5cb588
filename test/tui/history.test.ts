/** The history in Jobs in real terminals, of every size and kind, over a real engine. */

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();

beforeAll(async () => {
	await bench.backUp('photos\x1b[31m', ['a'], '--job', 'photos');
	await bench.run('jobs', 'edit', 'photos', '--hook-before', 'exit 3');
	expect((await bench.run('backup', 'photos')).code).toBe(1);
	await bench.run('restore', 'photos', '--target', join(bench.root, 'back'));
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

test.each([
	[100, 30, ['--color', 'mono']],
	[80, 24, ['--ascii']],
	[60, 16, []],
] as const)('%ix%i %j: runs, those that did not begin, all that is known of one', async (cols, rows, args) => {
	const app = bench.open({ cols, rows, args: [...args] });
	await app.waitFor((screen) => READY.test(screen));
	await app.press('h');
	// The jobs say "complete" too.
	await app.waitFor(/History[\s\S]*not begun/);
	await app.press('j');
	await expectFreshPaint(app, 'the list');
	await app.press('enter');
	await app.waitFor(/Why +The hook "before"[\s\S]*esc:close/);
	await app.press('esc');
	await app.waitFor(/s:outcome/);
	await app.press('s');
	await app.waitFor((screen) => screen.includes('not begun') && !screen.includes('complete'));
	await app.press('s', 'b');
	await app.waitFor((screen) => screen.includes('complete') && !screen.includes('not begun'));
	await app.press('y');
	await app.waitFor(/Where it is stored is copied/);
	await app.press('esc');
	await app.waitFor(/s:start/);
});
