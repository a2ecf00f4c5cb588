/** Keys that come together in one read do what they do one by one, and are drawn once. */

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../support/firn.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { atRest, expectSame } from '../support/terminal/fresh-paint.ts';
import { keyBytes } from '../support/terminal/keys.ts';
import type { TestTerminal } from '../support/terminal/terminal.ts';

const bench = appBench();
beforeAll(async () => {
	for (const job of ['documents', 'music', 'photos']) await bench.backUp(job);
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

const ready = (screen: string) => READY.test(screen) && screen.includes('photos') && screen.includes('music');

/** No escape: what follows it in the same read is one key with it, on every terminal. */
const key = fc.constantFrom(
	...['j', 'k', 'up', 'down', 'g', 'G', 'h', 'l', 'left', 'right', 'tab', 'shift+tab', 'pageDown', 'ctrl+u', 'ctrl+d'],
	...['?', '/', ':', '1', '3', '4', '7', '8', 'o', 'i', '.', '[', ']', 'v', 'space', 'backspace', 'x'],
);

/** To the top of the list of jobs. What Jobs shows in its place ends with esc, which elsewhere leads to the screen before. */
async function backToList(app: TestTerminal): Promise<void> {
	await app.press('esc', 'esc', 'esc');
	await until('the list of jobs', async () => {
		await app.settle(300);
		if (ready(app.text())) return true;
		await app.press(app.text().includes('[1 Jobs]') ? 'esc' : '1');
		return false;
	});
	await app.press('g');
}

test('n keys in one write are n keys one by one', async () => {
	const [together, single] = [bench.open(), bench.open()];
	await Promise.all([together.waitFor(ready), single.waitFor(ready)]);
	for (const keys of fc.sample(fc.array(key, { minLength: 2, maxLength: 12 }), { numRuns: 6, seed: 1848 })) {
		together.send(keys.map(keyBytes).join(''));
		await single.press(...keys);
		const [shown] = await Promise.all([atRest(together), atRest(single)]);
		expectSame(shown, single, keys.join(' '));
		await Promise.all([together, single].map(backToList));
	}
});

test('500 keys in one chunk are all taken, and drawn in at most 3 frames after the last', async () => {
	const app = bench.open();
	await app.waitFor(ready);
	await app.press('G', 'k');
	await app.settle(400);
	const before = app.find('►');
	app.mark();
	app.send(`${'kj'.repeat(249)}jj`);
	await app.settle(400);
	// One each second is the clock's.
	expect(app.frames).toBeLessThanOrEqual(3);
	expect(app.frames).toBeGreaterThan(0);
	expect(app.find('►')).toEqual({ ...before, y: before.y + 1 });
});

test('a paste is no keys', async () => {
	const app = bench.open();
	await app.waitFor(ready);
	app.paste('q');
	app.paste('/nowhere/at all\n:q\r');
	await app.settle();
	expect(app.exit).toBeUndefined();
	expect(app.text()).toContain('[1 Jobs]');
});

test('keys are taken while the terminal takes nothing, and shown when it does', async () => {
	const app = bench.open();
	await app.waitFor(ready);
	await app.press('g');
	await app.settle();
	const before = app.find('►');
	app.stall();
	app.send('j');
	await new Promise((resolve) => setTimeout(resolve, 300));
	app.unstall();
	await app.waitFor(() => app.find('►').y === before.y + 1);
});
