/** The screen Log in real terminals, of every size and kind, over a real engine. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
const FOLDER = 'photos\x1b[31m\r\n [9 Forged] ✓ ok';

beforeAll(async () => {
	await bench.backUp(FOLDER, ['a'], '--job', 'photos');
	writeFileSync(join(bench.root, FOLDER, '.firnignore'), Buffer.alloc(1.5 * 1024 * 1024, 'x'));
	expect((await bench.run('backup', 'photos')).code).toBe(3);
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

test.each([
	[160, 45, []],
	[100, 30, ['--color', 'mono']],
	[80, 24, ['--ascii']],
	[60, 16, []],
] as const)('%ix%i %j: an error with what it means, its whole text, filter and level', async (cols, rows, args) => {
	const app = bench.open({ cols, rows, args: [...args] });
	await app.waitFor((screen) => READY.test(screen));
	await app.press('8');
	await app.waitFor(/[✗x] error/);
	await app.press('j');
	await expectFreshPaint(app, 'the list');
	await app.press('enter');
	await app.waitFor(/Effect +Nothing is left out[\s\S]*esc:close/);
	expect(app.text()).toContain('EFBIG');
	await app.press('esc');
	await app.waitFor(/l:level/);
	await app.press('l', '/');
	await app.type('began photos');
	await app.waitFor((screen) => screen.includes('Run 2') && !/[✗x] error/.test(screen));
	await app.press('enter', 'l', 'l');
	await app.press('esc');
	await app.waitFor(/[✗x] error/);
	for (const row of app.screen()) expect(row).not.toMatch(/^ *\[9 Forged\]/);
	expect(app.raw).not.toMatch(/photos\x1b\[31m/);
});

test('n and N go from match to match, w shows messages whole', async () => {
	const app = bench.open({ cols: 80, rows: 24 });
	await app.waitFor((screen) => READY.test(screen));
	await app.press('8', 'l');
	await app.waitFor(/· info/);
	await app.press('n');
	await app.waitFor('Nothing is looked for: / does.');
	await app.press('/');
	await app.type('backup began');
	await app.waitFor(/\d matches/);
	await app.press('enter');
	await app.waitFor(/n:next match +N:match before/);
	await app.press('n');
	await app.waitFor(/2 of \d/);
	await app.press('N', 'esc');
	await app.waitFor((screen) => !/matches/.test(screen) && /complete/.test(screen));
	await app.press('g');
	await app.waitFor(/What +Backup of photos ended/);
	await app.press('n');
	const under = /What +Backup of photos began/;
	await app.waitFor(under);
	await app.press('j', 'n', 'n', 'n', 'n');
	await app.waitFor('no other "backup began" this way');
	await app.press('N');
	await app.waitFor((screen) => under.test(screen) && !screen.includes('no other'));
	await app.press('g', 'w');
	await expectFreshPaint(app, 'whole messages');
	await app.press('w', 'q');
	await app.ended;
});

test('follows what goes on', async () => {
	const app = bench.open();
	await app.waitFor((screen) => READY.test(screen));
	await app.press('8', 'l');
	await app.waitFor(/· info/);
	await bench.run('restore', 'photos', '--target', join(bench.root, 'back'));
	await app.waitFor(/Restore of photos is complete/);
});
