/**
 * Makes the pictures in screenshots/ with the real app: a real backup of somebody's folders to a disk and to an S3
 * store, a restore and a decrypt, and a sign-in to Google Drive. `npm run screenshots`.
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startS3Simulator } from './s3-simulator/simulator.ts';
import { camera, shoot } from './screenshots/camera.ts';
import { makeDocuments, makePhotos, makeProjects } from './screenshots/data.ts';
import { shootSignIn } from './screenshots/sign-in.ts';

const s3 = await startS3Simulator({ buckets: ['ada-cold'], region: 'eu-central-1' });
const clock = join(mkdtempSync(join(tmpdir(), 'firn-clock-')), 'clock');
const { home, firn, open, close } = camera({ ...s3.env, FIRN_CLOCK_FILE: clock });
const at = (...parts: string[]) => join(home, ...parts);

writeFileSync(clock, '0');
try {
	makeDocuments(at('Documents'));
	makeProjects(at('Projects'));
	makePhotos(at('Pictures'), /2023|2024/);

	// As if it were AWS.
	mkdirSync(at('.config', 'firn'), { recursive: true });
	const prices = { dated: '2026-11', source: 'AWS', regions: {}, aliases: { '127.0.0.1': 'eu-central-1' } };
	writeFileSync(at('.config', 'firn', 'prices.json'), JSON.stringify(prices));

	const first = open();
	await shoot(first, 'first-run', (screen) => /Pictures/.test(screen) && !/counting/.test(screen));
	await first.press('q');
	await first.close();

	const disk = at('disk');
	const store = ['--to', 's3://ada-cold/pictures', '--endpoint', s3.endpoint, '--region', s3.region, '--path-style'];
	await firn('backup', at('Documents'), '--to', disk, '--job', 'documents', '--compression', 'zstd');
	await firn('backup', 'documents');
	await firn('backup', at('Projects'), '--to', disk, '--job', 'projects', '--exclude-developer');
	await firn(
		...['backup', at('Pictures'), '--job', 'pictures', '--storage-class', 'DEEP_ARCHIVE', ...store],
		...['--split-size', '24MiB', '--part-size', '5MiB', '--workers', '4'],
	);
	makePhotos(at('Pictures'), /2025|2026/);

	const app = open();
	await app.waitFor((screen) => /pictures/.test(screen) && /projects/.test(screen));
	await firn('backup', 'pictures', '--limit-upload', '5MiB', '--detach');
	await app.press('3');
	await sleep(15_000);
	s3.faults.add({
		operation: 'UploadPart',
		times: 16,
		fault: { kind: 'error', status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
	});
	await shoot(app, 'run', /retry/, 60_000);
	app.resize(80, 24);
	await sleep(600);
	await shoot(app, 'run-80x24', /\[3 Run\]/);
	app.resize(100, 30);
	await app.press('1');
	await sleep(500);
	await shoot(app, 'jobs', /backing up/);
	await app.press('?');
	await shoot(app, 'help', /Help/);
	await app.press('esc');
	await app.press('down', 'down', '2');
	await app.waitFor(/► .*Pictures/);
	// Down the tree, so that the picture shows this home rather than the machine it is taken on.
	await app.press('up', 'right');
	await app.waitFor(/Insurance/);
	await app.press('down', 'down', 'down', 'down', 'down', 'down', 'down');
	for (const folder of ['Pictures', '2023', 'Lofoten', '2024', 'Engadin', 'Lisbon', '2025', 'Iceland', 'Svalbard']) {
		await app.waitFor(new RegExp(`► .*${folder}`));
		if (/Pictures|\d/.test(folder)) await app.press('right');
		await app.settle(200);
		await app.press('down');
	}
	await app.press('x', 'enter', 'down', 'right');
	await app.settle(300);
	for (let row = 0; row < 5; row++) await app.press('down');
	await shoot(app, 'sources', (screen) => /weather/.test(screen) && !/counting/.test(screen), 60_000);
	await app.press('u', '3');

	const mono = open({ env: { NO_COLOR: '1' } });
	await mono.waitFor(/pictures/);
	await mono.press('3');
	await sleep(2500);
	await shoot(mono, 'run-mono', /\[3 Run\]/);
	await mono.press('q');
	await mono.close();

	await firn('limit', 'pictures', '--upload', 'off');
	// What was said in Sources does not belong into the pictures of others.
	await app.waitFor((screen) => /complete/.test(screen) && !screen.includes('Undone.'), 60_000);
	await app.press('4');
	await app.waitFor(/2025/);
	await app.press(']');
	await app.waitFor(/Iceland/);
	for (const year of [1, 2, 3, 4, 5, 6]) await app.press('down', ...(year > 4 ? ['space'] : []));
	await shoot(app, 'archive', /marked/);
	await app.press('r');
	await app.waitFor(/2 Where to ●/);
	await app.press('enter');
	await app.waitFor((screen) => /3 Plan ●/.test(screen) && /enter asks once more/.test(screen));
	await app.press('enter');
	await shoot(app, 'restore-plan', /How fast/);
	await app.press('enter');
	await app.waitFor(/Cancel/);
	await app.press('y');
	await shoot(app, 'restore-thaw', (screen) => /4 Restore ●/.test(screen) && /thawing/.test(screen), 30_000);
	s3.clock.advance(49 * 3_600_000);
	writeFileSync(clock, String(49 * 3_600_000));
	await shoot(app, 'restore-report', /5 Report ●/, 90_000);
	await app.press('6');
	await app.waitFor(/1 Files ●/);
	app.send(`${disk}\r`);
	await app.waitFor(/3 archives/);
	await app.press('enter');
	await app.waitFor(/opens all 3/);
	await app.press('enter');
	await app.waitFor(/3 Target ●/);
	await app.press('enter');
	await app.waitFor(/Cancel/);
	await app.press('y');
	await shoot(app, 'decrypt-report', /Report ●/, 60_000);
	await app.press('7');
	await app.waitFor(/not tested/);
	await app.press('T');
	await shoot(app, 'settings', (screen) => (screen.match(/✓ ready/g) ?? []).length === 2, 30_000);
	await app.press('8');
	await app.waitFor(/503|SlowDown|few/);
	await shoot(app, 'log', /THROTTLED/);
	await app.press('1');
	await app.waitFor(/► pictures/);
	await app.press('h');
	await shoot(app, 'history', /History · pictures(.|\n)*restore/);
	await app.press('esc', 'g', 'e');
	await app.waitFor(/► Begins/);
	await app.press('right');
	while (!/► Keep/.test(app.text())) {
		await app.press('down');
		await app.settle(100);
	}
	await app.press('right');
	await shoot(app, 'job-form', (screen) => /Next runs/.test(screen) && /by rules/.test(screen));
	await app.press('esc', 'y', 'q', 'y');
	await app.close();
} finally {
	await close();
	await s3.close();
}
await shootSignIn();
