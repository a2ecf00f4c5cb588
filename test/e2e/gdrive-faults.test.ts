/** What Google Drive, its account and the line do to work that goes on: it waits, says why, and goes on by itself. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { REFUSALS } from '../support/drive-emulator/faults.ts';
import { namesIn } from '../support/drive-emulator/names.ts';
import { type DriveHome, driveHome } from '../support/drive-home.ts';
import { type DriveJobs, driveJobs } from '../support/drive-jobs.ts';
import { until } from '../support/firn.ts';

const MiB = 1024 * 1024;
const DAY = 24 * 60 * 60_000;

let home: DriveHome;
let path: DriveJobs['path'];
let begin: DriveJobs['begin'];
let expectWhole: DriveJobs['expectWhole'];
let restore: DriveJobs['restore'];

beforeAll(async () => {
	home = await driveHome();
	({ path, begin, expectWhole, restore } = driveJobs(home));
});
afterAll(() => home?.close());
beforeEach(() => {
	home.drive.faults.clear();
	home.drive.log.clear();
});

test('rate limits, cut lines, lost answers, an expired token: nobody notices, nothing is sent twice', async () => {
	const { drive } = home;
	const faults = [
		REFUSALS.rateLimit,
		REFUSALS.userRateLimit,
		REFUSALS.tooMany,
		REFUSALS.unavailable,
		{ kind: 'cut', when: 'before' },
		{ kind: 'cut', when: 'after' },
		{ kind: 'persist', units: 2, ends: 'cut' },
		{ kind: 'persist', units: 1, ends: 'answer' },
	] as const;
	for (const [at, fault] of faults.entries()) drive.faults.add({ operation: 'UploadChunk', skip: at, fault });
	// Not of the first look at the folder: what was never reached is not waited for.
	for (const operation of ['StartUpload', 'UpdateFile', 'GetFile', 'UploadMultipart'])
		drive.faults.add({
			operation,
			skip: operation === 'UploadMultipart' ? 1 : 0,
			fault: { kind: 'cut', when: 'after' },
		});
	await begin('bumpy');
	drive.expireAccess();
	await expectWhole('bumpy');
	expect(drive.log.entries.filter(({ bytesTwice }) => bytesTwice > 0)).toEqual([]);
	expect(drive.log.entries.filter(({ reason }) => reason === 'authError').length).toBeGreaterThan(0);

	drive.faults.add({ operation: 'Download', skip: 1, fault: { kind: 'cut-answer', afterBytes: 300_000 } });
	drive.faults.add({ operation: 'Download', fault: REFUSALS.userRateLimit });
	drive.expireAccess();
	await restore('bumpy');
	// What comes damaged is not taken for good, and comes whole when it is asked for again.
	drive.faults.add({ operation: 'Download', fault: { kind: 'damage-answer' } });
	const damaged = await home.firn.run('--json', 'restore', 'bumpy', '--target', path('twice'));
	expect([damaged.code, damaged.records.at(-1)]).toEqual([3, expect.objectContaining({ files: 2, errors: 1 })]);
	const again = await home.firn.run('--json', 'restore', 'bumpy', '--target', path('twice'));
	expect([again.code, again.records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', errors: 0 })]);
	execFileSync('diff', ['-r', path('bumpy'), join(path('twice'), path('bumpy'))]);
});

test('a sign-in that is revoked holds up a backup and a restore until the next one', async () => {
	const { drive, firn } = home;
	await begin('held');
	drive.revoke();
	const waits = await firn.task('held', ({ state }) => state === 'waiting');
	expect(waits.reason).toContain('expired or was revoked');
	expect((await firn.run('status')).out).toContain('firn gdrive sign-in');
	await home.signIn();
	await expectWhole('held');

	drive.faults.add({ operation: 'Download', skip: 2, fault: { kind: 'cut-answer', afterBytes: 100_000 } });
	const going = firn.begin(['--json', 'restore', 'held', '--target', path('held-back')]);
	await until('something is read', () => drive.log.of('Download').length > 2);
	drive.revoke();
	await firn.task('held', ({ kind, state }) => kind === 'restore' && state === 'waiting');
	await home.signIn();
	expect((await going.ended).records.at(-1)).toMatchObject({ status: 'complete', files: 3, errors: 0 });
	execFileSync('diff', ['-r', path('held'), join(path('held-back'), path('held'))]);
	// What a restore tries again grows to a minute, and it tries by itself.
});

test('at the wall of 750 GB a day it waits and says so, and goes on when there is more', async () => {
	const { drive, firn } = home;
	await begin('walled');
	drive.settings.dailyUploadLimit = 0;
	const waits = await firn.task('walled', ({ state }) => state === 'waiting');
	expect(waits.reason).toContain('a Google account can upload 750 GB a day');
	expect((await firn.run('status')).out).toContain('750 GB a day');
	drive.settings.dailyUploadLimit = 750e9;
	expect((await firn.run('resume', 'walled', '--detach')).code).toBe(0);
	await expectWhole('walled');
});

test('a session that is a week old is begun anew', async () => {
	const { drive, firn } = home;
	await begin('old');
	process.kill((await firn.enginePid())!, 'SIGKILL');
	drive.clock.advance(8 * DAY);
	const { code, records } = await firn.run('--json', 'resume', 'old');
	expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', files: 3 })]);
	expect(namesIn(drive, 'backups/old').filter(({ path: name }) => name.includes('.tar')).length).toBe(1);
	await restore('old');
});

test('an archive that Drive has stored otherwise ends the run, and the next one makes it anew', async () => {
	const { drive } = home;
	drive.faults.add({ operation: 'UploadChunk', skip: 2, fault: { kind: 'damage-received' } });
	await begin('torn');
	const { summary } = await home.firn.task('torn', (task) => task.summary !== undefined);
	expect(summary).toMatchObject({ status: 'failed', error: { code: 'STORE_MISMATCH' } });
	const { code, records } = await home.firn.run('--json', 'resume', 'torn');
	expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', files: 3 })]);
	expect(namesIn(drive, 'backups/torn').filter(({ path: name }) => name.includes('.tar')).length).toBe(1);
	await restore('torn');
});

test('a Drive with too little room is said so before anything is sent', async () => {
	const { drive, firn } = home;
	mkdirSync(path('large'));
	writeFileSync(join(path('large'), 'a'), randomBytes(2 * MiB));
	drive.settings.storageLimit = drive.state.usage().all + MiB;
	const looked = await firn.run('--json', 'backup', path('large'), ...home.to('backups/large'), '--dry-run');
	const warning = expect.stringContaining('has 1.00 MiB free, and 2.00 MiB are to be stored');
	expect([looked.code, looked.records]).toEqual([
		0,
		expect.arrayContaining([expect.objectContaining({ event: 'notice', message: warning })]),
	]);
	drive.settings.storageLimit = undefined;
	const unlimited = await firn.run('--json', 'backup', path('large'), ...home.to('backups/large'));
	expect([unlimited.code, unlimited.records.filter(({ event }) => event === 'notice')]).toEqual([0, []]);
});
