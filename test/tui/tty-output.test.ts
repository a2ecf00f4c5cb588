/** Output never blocks the event loop, also when nobody reads it, and nothing is lost. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { TestTerminal } from '../support/terminal/terminal.ts';

const MODULE = fileURLToPath(new URL('../../src/tui/terminal/tty-output.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firn-tty-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Numbered lines, fast, and the longest pause of the event loop while they go out. */
const SCRIPT = `
import { writeFileSync } from 'node:fs';
import { TtyOutput } from '${MODULE}';
const tty = new TtyOutput(process.stdout);
let n = 0, last = performance.now(), gap = 0, backlog = 0;
const timer = setInterval(() => {
	const now = performance.now();
	gap = Math.max(gap, now - last); last = now;
	tty.write('line '); tty.write(String(n++)); tty.write('x'.repeat(500) + '\\r\\n');
	if (!tty.idle) backlog++;
}, 5);
process.stdin.once('data', async () => {
	clearInterval(timer);
	tty.write('last');
	const out = await tty.drained(5000);
	writeFileSync(process.argv[1], JSON.stringify({ gap, n, backlog, out, lags: tty.lags, written: tty.written }));
	process.exit();
});
`;

test('a stalled terminal costs no pause, and gets all of it in the end', { retry: 2 }, async () => {
	const report = join(folder, 'report');
	const app = new TestTerminal({
		command: process.execPath,
		args: ['--input-type=module-typescript', '-e', SCRIPT, report],
	});
	await app.waitFor('line 20x');
	app.stall();
	await sleep(2500);
	app.unstall();
	await app.waitFor(/line \d{3}x/);
	await app.press('enter');
	await app.ended;
	const { gap, n, backlog, out, lags, written } = JSON.parse(readFileSync(report, 'utf8'));
	// Others may need the core; a write that blocks lasts as long as the terminal reads nothing.
	expect(gap).toBeLessThan(1500);
	expect({ out, lags }).toEqual({ out: true, lags: true });
	expect(backlog).toBeGreaterThan(100);
	const said = [...app.raw.matchAll(/line (\d+)x/g)].map(([, number]) => Number(number));
	expect(said).toEqual(Array.from({ length: n }, (_, number) => number));
	expect(app.bytesWritten).toBeGreaterThanOrEqual(written);
	await app.close();
});
