/** Smoke test in tmux: it opens, follows keys and sizes, and is still there after a detach. Skipped without tmux. */

import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { BUILT } from '../support/terminal/start.ts';
import { TestTerminal } from '../support/terminal/terminal.ts';

const bench = appBench();
/** A server of its own, without anybody's settings. */
const tmux = ['-f', '/dev/null', '-L', `firn-test-${process.pid}`];

function version(): string | undefined {
	try {
		return execFileSync('tmux', ['-V'], { encoding: 'utf8' });
	} catch {
		return undefined;
	}
}

beforeAll(() => bench.backUp('photos'));
afterAll(async () => {
	try {
		execFileSync('tmux', [...tmux, 'kill-server'], { stdio: 'ignore' });
	} catch {}
	await bench.close();
});

const open = (cols: number, rows: number, ...args: string[]) =>
	bench.keep(
		new TestTerminal({
			command: 'tmux',
			args: [...tmux, ...args],
			cols,
			rows: rows + 1,
			env: { FIRN_HOME: bench.home },
		}),
	);

test.skipIf(!version())('the app lives in tmux', async () => {
	const first = open(100, 30, 'new-session', process.execPath, BUILT);
	await first.waitFor((screen) => READY.test(screen) && screen.includes('photos'));
	await first.press('?');
	await first.waitFor('Help');
	await first.press('esc');
	await first.waitFor((screen) => !screen.includes('Help ·'));
	first.resize(80, 25);
	await first.waitFor((screen) => screen.split('\n')[23]!.includes('?:help'));
	await first.settle();
	expect(first.screen()[0]).toHaveLength(80);
	expect(first.screen()[1]).toMatch(/^┌.*┐$/);

	await first.press('ctrl+b', 'd');
	await first.ended;
	await sleep(100);
	const second = open(100, 30, 'attach');
	await second.waitFor((screen) => READY.test(screen) && screen.split('\n')[29]!.includes('?:help'));
	await second.press('q');
	expect((await second.ended).code).toBe(0);
});
