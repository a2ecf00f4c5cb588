/** A run as terminals see it: it belongs to the engine, costs a slow link little, and is the same in every terminal. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../support/firn.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';

const bench = appBench();
/** A run of this much takes longer than all tests here. */
const MIB = 60;

beforeAll(async () => {
	const folder = join(bench.root, 'films');
	mkdirSync(folder);
	for (let n = 0; n < MIB; n++) writeFileSync(join(folder, `film-${n}.mov`), Buffer.alloc(1 << 20, `${n} `));
	const to = join(bench.root, 'disk');
	const { code, err } = await bench.run(
		...[
			'backup',
			folder,
			'--to',
			to,
			'--limit-upload',
			'300KiB',
			'--part-size',
			'256KiB',
			'--split-size',
			'4MiB',
			'--detach',
		],
	);
	expect({ code, err }).toMatchObject({ code: 0 });
	await bench.task('films', ({ state }) => state === 'running');
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

const state = async () => (await bench.tasks()).find(({ job, kind }) => job === 'films' && kind === 'backup')?.state;

test('a progress frame at 100x30 is at most 1.5 kB, and there are at most 4 a second', async () => {
	const app = bench.open();
	await app.waitFor((screen) => READY.test(screen) && screen.includes('films'));
	await app.press('3');
	await app.waitFor(/\[3 Run\]/);
	await sleep(1000);
	app.mark();
	const from = performance.now();
	await app.waitFor(() => app.frames > 6);
	const seconds = (performance.now() - from) / 1000;
	expect(app.frames).toBeLessThanOrEqual(4 * seconds + 2);
	expect(app.bytesWritten / app.frames).toBeLessThanOrEqual(1500);
});

test('the run outlives the terminal it was looked at in, and a second one shows it', async () => {
	const [first, second] = [bench.open(), bench.open({ cols: 80, rows: 24 })];
	for (const app of [first, second]) {
		await app.waitFor((screen) => READY.test(screen) && screen.includes('films'));
		await app.press('3');
		await app.waitFor((screen) => /\[3( Run)?\]/.test(screen) && /\d+ ?%/.test(screen));
	}
	const engine = await bench.enginePid();
	first.closeWindow();
	second.signal('SIGKILL');
	await second.ended;
	await sleep(300);
	expect(await bench.enginePid()).toBe(engine);
	expect(await state()).toBe('running');
	const third = bench.open();
	await third.waitFor((screen) => /films/.test(screen) && /\d+ ?%/.test(screen));
});

test('q says that the run goes on, and it does', async () => {
	const app = bench.open();
	await app.waitFor((screen) => READY.test(screen) && screen.includes('films'));
	await app.settle(100);
	await app.press('q');
	await app.ended;
	expect(app.text()).toContain('films goes on in the background');
	expect(await state()).toBe('running');
});

test('a hung terminal costs the run nothing', async () => {
	const app = bench.open();
	await app.waitFor((screen) => READY.test(screen) && screen.includes('films'));
	await app.press('3');
	app.stall();
	const done = async () => {
		const { progress } = (await bench.tasks()).find(({ job }) => job === 'films') as {
			progress: { uploadedBytes: number };
		};
		return progress.uploadedBytes;
	};
	const before = await done();
	await until('the run goes on', async () => (await done()) > before);
	app.unstall();
	await app.waitFor(/\[3 Run\]/);
	// Frames were left out, not queued up: the next one is answered at once.
	await app.press('1');
	await app.waitFor(/\[1 Jobs\]/);
});
