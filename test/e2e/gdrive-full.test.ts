/** A Drive that is full: what stores on it waits for room, says so, and goes on where it stood. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { formatSize } from '../../src/core/sizes.ts';
import { namesIn } from '../support/drive-emulator/names.ts';
import { type DriveHome, driveHome } from '../support/drive-home.ts';
import { type DriveJobs, driveJobs } from '../support/drive-jobs.ts';

const MiB = 1024 * 1024;

let home: DriveHome;
let jobs: DriveJobs;
beforeAll(async () => {
	home = await driveHome();
	jobs = driveJobs(home);
});
afterAll(() => home?.close());
beforeEach(() => {
	home.drive.log.clear();
	home.drive.settings.refusesFull = 'chunk';
	makeRoom();
});

const makeRoom = () => {
	home.drive.settings.storageLimit = 15 * 1024 ** 3;
};
const fill = () => {
	home.drive.settings.storageLimit = home.drive.state.usage().all;
};
const waits = (job: string) => home.firn.task(job, ({ state, code }) => state === 'waiting' && code === 'DEST_FULL');

/** That all bytes of its archive were taken just once. */
function expectSentOnce(job: string): void {
	const { drive } = home;
	const archive = namesIn(drive, `backups/${job}`).find(({ path }) => path.endsWith('.tar.age'))!;
	const size = drive.files().find(({ id }) => id === archive.id)!.content!.size;
	const taken = drive.log.of('UploadChunk').reduce((sum, { bytesIn }) => sum + bytesIn, 0);
	expect(taken).toBe(size);
}

test('a backup waits for room, says what is full and what helps, and goes on', async () => {
	const { firn, drive } = home;
	await jobs.begin('full');
	fill();
	const used = formatSize(drive.state.usage().all);
	const task = await waits('full');
	expect(task.reason).toContain(`has not enough room left in this account: ${used} of ${used} are used`);
	expect(task.reason).toMatch(/It goes on by itself once there is room; firn resume looks at once\.$/);
	const { out } = await firn.run('status');
	expect(out).toContain(`${used} of ${used} are used`);
	expect(out).toContain('full: Empty the trash of Drive');
	// What it needs is not there yet: it goes on waiting, and sends nothing for it.
	drive.settings.storageLimit = drive.state.usage().all + 1000;
	const asked = drive.log.of('About').length;
	expect((await firn.run('resume', 'full', '--detach')).code).toBe(0);
	await firn.task('full', ({ reason }) => String(reason).includes(`of ${formatSize(drive.settings.storageLimit!)}`));
	expect(drive.log.of('About').length).toBeGreaterThan(asked);
	makeRoom();
	expect((await firn.run('resume', 'full', '--detach')).code).toBe(0);
	await jobs.expectWhole('full');
	expectSentOnce('full');
	await jobs.restore('full');
});

test('the engine is killed while it waits, and the run that is resumed waits on', async () => {
	const { firn } = home;
	await jobs.begin('killed');
	fill();
	await waits('killed');
	process.kill((await firn.enginePid())!, 'SIGKILL');
	const going = firn.begin(['--json', 'resume', 'killed']);
	await waits('killed');
	await going.said('DEST_FULL');
	makeRoom();
	expect((await firn.run('resume', 'killed', '--detach')).code).toBe(0);
	const { code, records } = await going.ended;
	expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', files: 3 })]);
	expect(records.find(({ event }) => event === 'waiting')).toMatchObject({
		code: 'DEST_FULL',
		reason: expect.stringContaining('are used'),
		guidance: expect.stringContaining('get more storage'),
	});
	await jobs.expectWhole('killed');
	expectSentOnce('killed');
	await jobs.restore('killed');
});

test('firn stop ends the wait at once, and firn resume goes on with what is there', async () => {
	const { firn } = home;
	await jobs.begin('stopped');
	fill();
	await waits('stopped');
	expect(await firn.run('stop', 'stopped')).toMatchObject({ code: 0, err: '' });
	makeRoom();
	const { code, records } = await firn.run('--json', 'resume', 'stopped');
	expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', files: 3 })]);
	expect(Number(records.at(-1)!.reusedBytes)).toBeGreaterThan(0);
	expectSentOnce('stopped');
	await jobs.restore('stopped');
});

test('a file that has no room only when all its bytes are there is made when there is some', async () => {
	const { firn, drive } = home;
	drive.settings.refusesFull = 'end';
	await jobs.begin('late');
	fill();
	await waits('late');
	makeRoom();
	expect((await firn.run('resume', 'late', '--detach')).code).toBe(0);
	await jobs.expectWhole('late');
	expectSentOnce('late');
	await jobs.restore('late');
});

test('a mirror waits, too', async () => {
	const { firn, drive } = home;
	const source = jobs.path('mirrored');
	mkdirSync(source);
	for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(source, name), randomBytes(MiB));
	drive.settings.storageLimit = drive.state.usage().all + 2.5 * MiB;
	const to = [...home.to('mirrored'), '--layout', 'mirror', '--part-size', '256KiB'];
	expect((await firn.run('backup', source, ...to, '--detach')).code).toBe(0);
	expect((await waits('mirrored')).guidance).toContain('get more storage');
	makeRoom();
	expect((await firn.run('resume', 'mirrored', '--detach')).code).toBe(0);
	const { summary } = await firn.task('mirrored', ({ summary }) => summary !== undefined);
	expect(summary).toMatchObject({ status: 'complete', files: 4, errors: 0 });
	const back = await firn.run('--json', 'restore', 'mirrored', '--target', jobs.path('back'));
	expect(back.records.at(-1)).toMatchObject({ status: 'complete', files: 4, errors: 0 });
	execFileSync('diff', ['-r', source, join(jobs.path('back'), source)]);
});

test('a new job whose first look finds no room is told so at once', async () => {
	const { firn } = home;
	mkdirSync(jobs.path('first'));
	writeFileSync(join(jobs.path('first'), 'a'), 'a');
	fill();
	const { code, err } = await firn.run('backup', jobs.path('first'), ...home.to('backups/first'));
	expect(code).toBe(1);
	expect(err).toMatch(/has not enough room left in this account: .* are used/);
});
