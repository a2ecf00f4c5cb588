/** However the app ends, the terminal is left as it was found, and so it is while the app is suspended. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/firn.ts';
import { hasEnded } from '../support/processes.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { atRest, expectFreshPaint } from '../support/terminal/fresh-paint.ts';
import { atPrompt, BUILT, firnLine, startShell } from '../support/terminal/start.ts';
import type { TestTerminal } from '../support/terminal/terminal.ts';

const bench = appBench();
beforeAll(() => bench.backUp('photos'));
afterEach(bench.closeTerminals);
afterAll(bench.close);

const FOUND = {
	alternateScreen: false,
	bracketedPaste: false,
	cursorVisible: true,
	mouse: false,
	synchronized: false,
};
const shown = (screen: string) => READY.test(screen) && screen.includes('photos');

/** The app under a shell whose earlier lines are still to be there when it has ended. */
async function underShell(line = firnLine()): Promise<TestTerminal> {
	const shell = bench.keep(await startShell({ env: { FIRN_HOME: bench.home }, cwd: bench.root }));
	shell.send('echo earlier lines\r');
	await shell.waitFor(/^earlier lines/m);
	shell.send(line);
	await shell.waitFor(shown);
	return shell;
}

async function expectFound(shell: TestTerminal, status: number): Promise<void> {
	await shell.waitFor(atPrompt);
	expect(shell.modes).toEqual(FOUND);
	// The prompt of before can be there again a moment earlier than the modes.
	await shell.waitFor(() => !shell.rawMode);
	shell.send('echo status $?\r');
	await shell.waitFor(`status ${status}`);
	expect(shell.text()).toContain('earlier lines');
	expect(shell.text()).not.toContain('[1 Jobs]');
}

describe('the terminal is as before after', () => {
	test.each([
		['q', 0],
		['ctrl+c', 0],
	])('%s', async (key, status) => {
		const shell = await underShell();
		await shell.press(key);
		await expectFound(shell, status);
	});

	test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s', async (signal) => {
		const shell = await underShell();
		shell.signal(signal, shell.childPid);
		await expectFound(shell, 130);
	});

	test('an error that nobody caught, which is told', async () => {
		const crash = `data:text/javascript,process.on("SIGUSR2",()=>{throw(new(Error)("it_"+"broke"))})`;
		const shell = await underShell(`${process.execPath} --import '${crash}' ${BUILT}\r`);
		shell.signal('SIGUSR2', shell.childPid);
		await shell.waitFor('it_broke');
		await expectFound(shell, 1);
	});
});

test('it is suspended and comes back as it was, at another size too', async () => {
	const shell = await underShell();
	await shell.press('?');
	await shell.waitFor(/esc:close/);
	const before = (await atRest(shell)).screen;
	for (let round = 0; round < 2; round++) {
		await shell.press('ctrl+z');
		await shell.waitFor('Stopped');
		await shell.waitFor(atPrompt);
		expect(shell.modes).toEqual(FOUND);
		expect(shell.rawMode).toBe(false);
		shell.send('fg\r');
		await shell.waitFor((screen) => screen === before.join('\n'));
		expect(shell.rawMode).toBe(true);
		expect(shell.modes).toMatchObject({ alternateScreen: true, bracketedPaste: true, cursorVisible: false });
	}
	await shell.press('ctrl+z');
	await shell.waitFor(atPrompt);
	shell.resize(80, 24);
	shell.send('fg\r');
	await shell.waitFor((screen) => READY.test(screen) && screen.split('\n')[23]!.includes('close'));
	await shell.settle();
	await expectFreshPaint(shell, 'at another size');
	await shell.press('esc', 'q');
	await expectFound(shell, 0);
});

test('a closed window ends it at once, and not the engine', async () => {
	const app = bench.open();
	await app.waitFor(shown);
	const engine = await bench.enginePid();
	app.closeWindow();
	await until('the app is gone', () => hasEnded(app.pid));
	expect(await bench.enginePid()).toBe(engine);
});

test('a terminal that takes nothing does not hold SIGTERM up', async () => {
	const app = bench.open();
	await app.waitFor(shown);
	app.stall();
	// More than a terminal buffers: each paints everything.
	for (let n = 0; n < 60; n++) {
		app.send('\x0c');
		await sleep(5);
	}
	const before = performance.now();
	app.signal('SIGTERM');
	await until('the app is gone', () => hasEnded(app.pid));
	expect(performance.now() - before).toBeLessThan(30_000);
});

test('the engine goes and comes, and the app says so', async () => {
	const app = bench.open();
	await app.waitFor(shown);
	process.kill((await bench.enginePid())!, 'SIGKILL');
	await app.waitFor(/lost|starting/i);
	await app.waitFor(shown);
});
