/** Makes the pictures in screenshots/ from the running program: `npm run screenshots`. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { png } from './picture.ts';
import { svg } from './svg.ts';

const COLS = 100;

/** Runs commands in one terminal and draws what it then shows. */
async function shoot(
	name: string,
	rows: number,
	script: string,
	until: (screen: string) => boolean,
	cwd: string,
): Promise<void> {
	const terminal = new xterm.Terminal({ cols: COLS, rows, allowProposedApi: true });
	const env = { ...process.env, TERM: 'xterm-256color', FIRN_HOME: join(cwd, 'home') } as Record<string, string>;
	delete env.CI;
	const shell = pty.spawn('bash', ['--norc', '-c', script], { cols: COLS, rows, cwd, env });
	shell.onData((data) => terminal.write(data));
	const ended = new Promise<void>((resolve) => shell.onExit(() => resolve()));
	let over = false;
	const seen = async () => {
		while (!over) {
			await new Promise((resolve) => setTimeout(resolve, 20));
			const lines = Array.from({ length: rows }, (_, y) =>
				terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y),
			);
			if (until(lines.map((line) => line?.translateToString(true) ?? '').join('\n'))) return;
		}
	};
	await Promise.race([ended.then(() => new Promise((resolve) => setTimeout(resolve, 50))), seen()]);
	over = true;
	writeFileSync(new URL(`../../screenshots/${name}.png`, import.meta.url), png(svg(terminal)));
	shell.kill();
}

const root = mkdtempSync(join(tmpdir(), 'firn-shots-'));
const program = new URL('../../dist/bin/firn.js', import.meta.url).pathname;
const firn = (args: string) => `printf '\\033[1m$ firn ${args}\\033[0m\\n'; ${process.execPath} ${program} ${args};`;
const photos = join(root, 'photos');
for (let month = 1; month <= 12; month++) {
	const folder = join(photos, '2026', String(month).padStart(2, '0'));
	mkdirSync(folder, { recursive: true });
	for (let day = 1; day <= 20; day++)
		writeFileSync(join(folder, `day-${day}.raw`), Buffer.alloc(1_500_000, `${month}/${day} `));
}
await shoot(
	'backup',
	9,
	firn('backup photos --to disk --limit-upload 60MiB'),
	(screen) => /\] [5-7]\d %/.test(screen),
	root,
);
await shoot(
	'resume',
	14,
	`${firn('stop photos')} ${firn('status')} ${firn('resume')}`,
	(screen) => /\] [7-8]\d %/.test(screen),
	root,
);
// The run goes on by itself, as always.
await new Promise((resolve) => setTimeout(resolve, 4000));
await shoot('show', 18, `${firn('show photos --collate 3')} ${firn('show photos --runs')}`, () => false, root);
execFileSync(process.execPath, [program, '--home', join(root, 'home'), 'engine', 'stop']);
rmSync(root, { recursive: true, force: true });
