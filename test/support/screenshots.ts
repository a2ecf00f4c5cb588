/**
 * Makes the pictures in screenshots/ with the real app: a real backup of somebody's folders to a disk and to an S3
 * store, a restore and a decrypt. `npm run screenshots`.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startS3Simulator } from './s3-simulator/simulator.ts';
import { camera, shoot } from './screenshots/camera.ts';
import { makeDocuments, makePhotos, makeProjects } from './screenshots/data.ts';

const s3 = await startS3Simulator({ buckets: ['ada-cold'], region: 'eu-central-1' });
const { home, firn, open, close } = camera(s3.env);
const at = (...parts: string[]) => join(home, ...parts);

try {
	makeDocuments(at('Documents'));
	makeProjects(at('Projects'));
	makePhotos(at('Pictures'), /2023|2024/);

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
		...['backup', at('Pictures'), '--job', 'pictures', ...store],
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
		times: 4,
		fault: { kind: 'error', status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
	});
	await shoot(app, 'run', /retry/, 60_000);
	console.log(app.text());
	await app.press('1');
	await sleep(500);
	await shoot(app, 'jobs', /backing up/);
	console.log(app.text());
	await app.close();
} finally {
	await close();
	await s3.close();
}
