/** The screen Settings in a real terminal: what is changed is seen at once and is there the next time. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
const EVIL = 'disk\x1b[31m\r\n [9 Forged] \u202e👍';
beforeAll(async () => {
	mkdirSync(join(bench.root, 'docs'));
	mkdirSync(join(bench.root, EVIL));
	await bench.run('jobs', 'add', 'evil', 'docs', '--to', EVIL);
	await bench.run('jobs', 'add', 'good', 'docs', '--to', 'new disk');
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

const isPlain = (screen: string) => /^[\x20-\x7e\n]*$/.test(screen);
const config = () => JSON.parse(readFileSync(join(bench.home, 'config.json'), 'utf8'));

test.each([
	[160, 45, []],
	[100, 30, ['--ascii']],
	[80, 24, ['--color', 'mono']],
	[60, 16, ['--color', 'contrast', '--ascii']],
])('%ix%i %s: tests all destinations, whatever they are called', async (cols, rows, args) => {
	const app = bench.open({ cols, rows, args: args as string[] });
	await app.waitFor(READY);
	await app.press('7');
	await app.waitFor(/not tested +\S/);
	await app.press('T');
	await app.waitFor((screen) => (screen.match(/[✓v] ready/g) ?? []).length === 2);
	expect(app.text()).toContain('\\u{202e}');
	await expectFreshPaint(app, 'tested');
	await app.press('i');
	await app.waitFor('reach: ok');
	await app.press('esc', 'down', 'tab', 'tab', 'tab', 'tab', 'tab');
	await app.waitFor('config.json');
	for (const row of app.screen()) expect(row).not.toMatch(/^ *\[9 Forged\]/);
	expect(app.raw).not.toMatch(/\u202e|\x1b\[31m\r/);
});

test('the look changes at once, and is there again the next time; an option goes before it', async () => {
	const app = bench.open();
	await app.waitFor(READY);
	await app.press('7', 'tab', 'tab');
	await app.waitFor(/► color +auto/);
	await app.press('down', 'right');
	await app.waitFor((screen) => /> ascii +yes/.test(screen) && isPlain(screen));
	await app.press('up', 'enter');
	await app.waitFor(/contrast(.|\n)*enter:choose/);
	await app.press('3');
	await app.waitFor(/> color +mono/);
	await expectFreshPaint(app, 'mono and ASCII');
	expect(config().settings).toEqual({ ascii: true, color: 'mono' });
	await app.close();
	const again = bench.open();
	await again.waitFor((screen) => READY.test(screen) && isPlain(screen));
	expect(again.raw).not.toMatch(/\x1b\[3[1-7]m/);
	const coloured = bench.open({ args: ['--color', '16'] });
	await coloured.waitFor(READY);
	expect(coloured.raw).toMatch(/\x1b\[3[1-7]m/);
	await bench.run('settings', 'set', 'accessible', 'yes');
	const lines = bench.open();
	await lines.waitFor('Keys:');
	expect(lines.modes.alternateScreen).toBe(false);
	for (const name of ['ascii', 'color', 'accessible']) await bench.run('settings', 'unset', name);
});
