/** The app opens at every size, in colour, mono and ASCII, quickly; without a terminal it says what else there is. */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { BUILT } from '../support/terminal/start.ts';
import { TestTerminal } from '../support/terminal/terminal.ts';

const bench = appBench();
beforeAll(() => bench.backUp('photos'));
afterEach(bench.closeTerminals);
afterAll(bench.close);

/** Every cell of the screen. */
const cells = (app: TestTerminal) =>
	app.screen().flatMap((_, y) => Array.from({ length: app.emulator.cols }, (_, x) => app.cell(x, y)));

describe('sizes', () => {
	test.each([
		[160, 45],
		[100, 30],
		[80, 24],
		[60, 16],
	])('%ix%i: the job and its keys are there, inside the screen', async (cols, rows) => {
		const app = bench.open({ cols, rows });
		await app.waitFor((screen) => READY.test(screen) && screen.includes('photos'));
		expect(app.screen()[0]).toMatch(/^ \[1 Jobs\]|^ \[1\]/);
		expect(app.screen()[rows - 1]).toMatch(/\?:help/);
		// Not in the middle of a frame.
		await app.waitFor(() => !app.modes.synchronized);
		expect(app.modes).toEqual({
			alternateScreen: true,
			bracketedPaste: true,
			cursorVisible: false,
			mouse: false,
			synchronized: false,
		});
		expect(app.rawMode).toBe(true);
	});

	test('58x14: it says that the terminal is too small, and is left with q', async () => {
		const app = bench.open({ cols: 58, rows: 14 });
		await app.waitFor(/too small \(58x14/);
		app.resize(100, 30);
		await app.waitFor('photos');
		app.resize(58, 14);
		await app.waitFor(/too small/);
		await app.press('q');
		expect(await app.ended).toEqual({ code: 0, signal: 0 });
	});
});

describe('looks', () => {
	test('colours are the sixteen that the user has chosen, by name', async () => {
		const app = bench.open();
		await app.waitFor('photos');
		const colors = new Set(cells(app).flatMap(({ fg, bg }) => [fg, bg]));
		expect(colors.size).toBeGreaterThan(1);
		for (const color of colors) expect(color).not.toMatch(/palette|#/);
	});

	test.each([
		['NO_COLOR', { env: { NO_COLOR: '1' } }],
		['--no-color', { args: ['--no-color'] }],
		['--color mono', { args: ['--color', 'mono'] }],
	])('%s: no colour at all, and the cursor is still seen', async (_, options) => {
		const app = bench.open(options);
		await app.waitFor('photos');
		const colored = cells(app).filter(({ fg, bg }) => fg !== 'default' || bg !== 'default');
		expect(colored).toEqual([]);
		expect(app.raw).not.toMatch(/\x1b\[(3[0-8]|4[0-8]|9[0-7])[;m]/);
		const { y } = app.find('photos');
		expect(app.screen()[y]).toContain('►');
		expect(cells(app).some(({ inverse }) => inverse)).toBe(true);
	});

	test.each([
		['--ascii', { args: ['--ascii'] }],
		['no UTF-8', { env: { LC_ALL: 'C' } }],
		['the Linux console', { env: { TERM: 'linux' } }],
	])('%s: nothing but ASCII', async (_, options) => {
		const app = bench.open(options);
		await app.waitFor('photos');
		await app.settle();
		expect(app.text()).toMatch(/^[\x20-\x7e\n]*$/);
		await app.press('?');
		await app.waitFor('Help');
		await app.settle();
		expect(app.text()).toMatch(/^[\x20-\x7e\n]*$/);
	});
});

describe('no terminal for it', () => {
	test('TERM=dumb: the commands are listed, and not one escape sequence', async () => {
		const app = bench.open({ env: { TERM: 'dumb' } });
		expect((await app.ended).code).toBe(0);
		expect(app.text()).toContain('firn backup');
		expect(app.raw).not.toContain('\x1b');
	});

	test('a pipe: the commands are listed', async () => {
		const { code, out, err } = await bench.run();
		expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('no terminal') });
		expect(out).toContain('firn restore photos');
		expect(out + err).not.toContain('\x1b');
	});

	test('stdin from elsewhere: the same', async () => {
		const app = bench.keep(
			new TestTerminal({
				command: 'bash',
				args: ['-c', `"${process.execPath}" "${BUILT}" < /dev/null`],
				env: { FIRN_HOME: bench.home },
			}),
		);
		expect((await app.ended).code).toBe(0);
		expect(app.text()).toContain('no terminal');
		expect(app.modes.alternateScreen).toBe(false);
	});
});

/** Milliseconds of CPU that a process has used, with all its threads. */
function cpuOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const [user, system] = stat
		.slice(stat.lastIndexOf(')') + 2)
		.split(' ')
		.slice(11, 13)
		.map(Number);
	return (user! + system!) * 10;
}

/** What a bare Node takes here, from start to end, and of CPU: what a slow machine adds for everybody. */
async function bareNode(): Promise<{ wall: number; cpu: number }> {
	const before = performance.now();
	const used = 'const { user, system } = process.cpuUsage(); console.log("cpu", user + system, "µs")';
	const node = bench.keep(new TestTerminal({ command: process.execPath, args: ['-e', used] }));
	await node.ended;
	const wall = performance.now() - before;
	await node.waitFor(/cpu \d+ µs/);
	return { wall, cpu: Number(/cpu (\d+)/.exec(node.text())![1]) / 1000 };
}

/** A machine on which a bare Node takes more than this is slow, and may be by as much. */
const NODE = { wall: 60, cpu: 20 };
/** Beside others a process waits for a core at any time: the clock on the wall tells only of waits that are its own. */
const BUSY = 3;

test('the first frame takes at most 600 ms, the engine being up', async () => {
	const took = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
	const bare = { ...took };
	const best = (of: typeof took, one: typeof took) => {
		of.wall = Math.min(of.wall, one.wall);
		of.cpu = Math.min(of.cpu, one.cpu);
	};
	for (let round = 0; round < 4; round++) {
		best(bare, await bareNode());
		const before = performance.now();
		const app = bench.open();
		await app.waitFor((screen) => screen.includes('[1 Jobs]'));
		best(took, { wall: performance.now() - before, cpu: cpuOf(app.pid) });
		await app.waitFor((screen) => READY.test(screen) && screen.includes('photos'));
	}
	expect(took.cpu).toBeLessThan(600 * Math.max(1, bare.cpu / NODE.cpu));
	expect(took.wall).toBeLessThan(600 * BUSY * Math.max(1, bare.wall / NODE.wall));
});
