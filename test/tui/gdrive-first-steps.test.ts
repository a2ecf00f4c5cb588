/** From nothing to a first archive on Google Drive, in a real terminal, with somebody who approves the code elsewhere. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DriveEmulator, startDriveEmulator } from '../support/drive-emulator/emulator.ts';
import { until } from '../support/firn.ts';
import { appBench, READY } from '../support/terminal/app-bench.ts';
import { expectFreshPaint } from '../support/terminal/fresh-paint.ts';

const bench = appBench();
let drive: DriveEmulator;
beforeAll(async () => {
	drive = await startDriveEmulator({ pollSeconds: 0.2 });
});
afterAll(async () => {
	await bench.close();
	await drive?.close();
});

const CODE = /\b(?:[A-Z] ){4}- (?:[A-Z] ){3}[A-Z]\b/;

test('the first steps lead through the sign-in to a job whose first archive is on Drive', async () => {
	const folder = join(bench.root, 'letters');
	mkdirSync(folder);
	writeFileSync(join(folder, 'one.txt'), 'one');
	const { tv } = drive.clients;
	const file = join(bench.root, 'client.json');
	writeFileSync(file, JSON.stringify({ installed: { client_id: tv.id, client_secret: tv.secret } }));

	const env = { FIRN_KEYCHAIN: 'off', FIRN_PASSPHRASE: 'correct horse', SSH_TTY: '/dev/pts/0' };
	const app = bench.open({ cols: 80, rows: 24, env });
	await app.waitFor(READY);
	await app.waitFor('another folder');
	await app.press('a', ...folder, 'enter');
	await app.waitFor('1 folder chosen');
	await app.press('enter');
	await app.waitFor(/2 Where to ●/);
	await app.press('up', 'right', 'right');
	await app.waitFor(/Account +nobody is signed in/);
	await expectFreshPaint(app, 'where');
	await app.press('down', 'down', 'down', 'down', ...drive.endpoint, 'enter');
	await app.waitFor('Which client signs in?');
	await app.press(...file, 'enter');
	await app.waitFor(CODE);
	await app.waitFor(`${drive.endpoint}/device`);
	await app.waitFor(/Waiting for you to approve it\. \d+:\d\d left/);

	// Denied, then begun anew.
	const code = () => CODE.exec(app.text())![0].replaceAll(' ', '');
	const first = code();
	drive.deny(first);
	await app.waitFor('Denied: the sign-in was refused');
	await expectFreshPaint(app, 'denied');
	await app.press('enter');
	await app.waitFor((screen) => CODE.test(screen) && !screen.includes([...first].join(' ')));
	await app.press('y');
	await app.waitFor('Copied the address.');
	expect(app.raw).toContain(Buffer.from(`${drive.endpoint}/device`).toString('base64'));
	drive.approve(code());
	await app.waitFor('Approved as erika@example.com.');
	await app.waitFor('15.0 GiB free of 15.0 GiB');
	await app.press('enter');
	await app.waitFor(/3 When ●/);
	await app.press('enter');
	await app.waitFor(/4 Start ●(.|\n)*gdrive:firn/);
	await app.press('enter');
	await until('the archive', () => drive.files().some(({ name }) => name.endsWith('.tar.age')));
	const config = JSON.parse(readFileSync(join(bench.home, 'config.json'), 'utf8'));
	expect(config.jobs[0].destination).toMatchObject({ url: 'gdrive:firn', credentials: 'gdrive' });
	expect(app.raw).not.toContain(tv.secret);
});

test('leaving the screen gives the sign-in up', async () => {
	const env = { FIRN_KEYCHAIN: 'off', FIRN_PASSPHRASE: 'correct horse' };
	const app = bench.open({ cols: 100, rows: 30, env });
	await app.waitFor(READY);
	await app.press('7', 'shift+tab', 'shift+tab');
	await app.waitFor(/signed in +gdrive +erika@example\.com/);
	await app.press('s');
	await app.waitFor(CODE);
	const code = CODE.exec(app.text())![0].replaceAll(' ', '');
	await app.press('1');
	await app.waitFor(/\[1 Jobs\]/);
	drive.approve(code);
	const polls = () => drive.log.entries.filter(({ operation }) => operation === 'Token').length;
	const before = polls();
	await new Promise((later) => setTimeout(later, 1000));
	expect(polls()).toBe(before);
});
