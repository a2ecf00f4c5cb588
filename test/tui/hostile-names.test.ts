/** Names of files and folders cannot move the cursor, recolour the screen or forge a line, on any screen. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fsPath } from '../../src/core/path-bytes.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';
import { ODD_NAMES } from '../support/trees.ts';

/** No terminal and no program of ours sends these but for such a name. */
const EVIL = [
	'0\x1b[2J\x1b[Hforged line',
	'1\x1b[31;44mcolours\x1b[0m',
	'2\r\x1b[1A  ✓ forged',
	'3\x1b]0;title\x07',
	'4\x1bc reset',
	'5\x9b31m c1',
	'6\u202egpj.exe',
	'7\u{1f468}\u200d\u{1f469}\u200d\u{1f467} family',
	'8日本語',
	`9${'wide 漢字 '.repeat(15)}`,
	'10\x1b[?1049l',
	'11\x1b[200~',
];

const bench = appBench();
beforeAll(async () => {
	const folder = 'photos\x1b[31m\r\n [9 Forged] ✓ ok';
	await bench.backUp(
		folder,
		[
			...EVIL.flatMap((name) => [`files/${name}`, `${name}/file`]),
			...Array.from({ length: 30 }, (_, n) => `plain ${n}`),
		],
		'--job',
		'evil',
	);
	for (const name of ODD_NAMES) writeFileSync(fsPath(`${join(bench.root, folder)}/files/${name}`), name);
	const { code, err } = await bench.run('backup', 'evil');
	expect({ code, err }).toMatchObject({ code: 0 });
});
afterEach(bench.closeTerminals);
afterAll(bench.close);

/** Sequences that only a name could have brought in. */
const BROUGHT = [/\x1b\[31;44m/, /\x1b\]0;/, /\x1bc/, /\x07/, /\x9b/, /\xe2\x80\xae/, /\xe2\x80\x8d/, /\xf0\x9f/];

/** Into the folders, and to the last row; what has to be there before the next key. */
const KEYS: Record<string, (string | RegExp)[]> = {
	1: ['G'],
	// To where only names of ours are seen: what else this machine holds may take minutes to be counted.
	2: [/► +▸ \[x\] photos/, 'right', /▾ \[x\] photos.*\n.*\[x\] 0/, 'down', 'pageDown', /^(?![\s\S]*\[x\] photos)/],
	3: ['down'],
	4: ['right', 'down', 'right', 'down', 'right', 'G', 'k'],
	5: ['enter'],
	6: ['down'],
	7: ['down'],
	8: ['G', 'enter'],
};

test.each([
	[100, 30],
	[60, 16],
])('%ix%i: all screens', async (cols, rows) => {
	const app = bench.open({ cols, rows });
	await app.waitFor((screen) => READY.test(screen) && screen.includes('evil'));
	for (const [screen, keys] of Object.entries(KEYS)) {
		if (!app.screen()[0]!.includes(screen)) continue;
		await app.press(screen);
		await app.waitFor((shown) => shown.split('\n')[0]!.includes(`[${screen}`));
		if (screen !== '2') await app.settle(300);
		for (const one of keys) await (typeof one === 'string' ? app.press(one) : app.waitFor(one));
		await expectFreshPaint(app, `screen ${screen}`);
		expect(app.screen()[0], 'the header is where it was').toMatch(/^ .*[●*] ok ?$/);
		for (const row of app.screen()) expect(row).not.toMatch(/^ *\[9 Forged\]|^forged/);
		await app.press('esc', 'esc', 'esc');
	}
	expect(app.modes.alternateScreen).toBe(true);
	for (const sequence of BROUGHT) expect(app.raw).not.toMatch(sequence);
});
