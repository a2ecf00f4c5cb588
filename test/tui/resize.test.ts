/** After any resize the terminal shows what a fresh paint would show. */

import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
beforeAll(async () => {
	const names = Array.from({ length: 150 }, (_, n) => `picture ${n}`);
	await bench.backUp('photos', names);
	await bench.backUp('documents');
});
afterAll(bench.close);

const size = fc.record({ cols: fc.integer({ min: 40, max: 170 }), rows: fc.integer({ min: 10, max: 50 }) });
const step = fc.oneof(size, fc.constantFrom('j', 'k', 'G', '?', 'esc', '1', '2', '3', '4', '7', '8', 'tab'));

test('what is shown equals a fresh paint, whatever was resized and pressed', async () => {
	const app = bench.open();
	await app.waitFor((screen) => READY.test(screen) && screen.includes('documents'));
	// Sources at a place where nothing but the job is seen: what else this machine holds may take minutes to be counted.
	await app.press('2');
	await app.waitFor(/► +▸ \[x\] photos/);
	await app.press('right');
	await app.waitFor(/▾ \[x\] photos.*\n.*picture 0/);
	await app.press('pageDown', 'pageDown');
	await app.waitFor((screen) => !screen.includes('[x] photos'));
	for (const steps of fc.sample(fc.array(step, { minLength: 1, maxLength: 6 }), { numRuns: 12, seed: 4711 })) {
		for (const one of steps) {
			if (typeof one === 'string') await app.press(one);
			else app.resize(one.cols, one.rows);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		await expectFreshPaint(app, JSON.stringify(steps));
	}
});
