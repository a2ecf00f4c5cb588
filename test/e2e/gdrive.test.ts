/** The whole way against Google Drive: backup, kill -9 of the engine in the middle, resume, show, restore, a full Drive. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DriveEmulator, startDriveEmulator } from '../support/drive-emulator/emulator.ts';
import { type FirnHome, firnHome } from '../support/firn.ts';
import { filesWith } from '../support/leaks.ts';

const MiB = 1024 * 1024;

let drive: DriveEmulator;
let firn: FirnHome;
let tree: string;
beforeAll(async () => {
	drive = await startDriveEmulator({ pollSeconds: 0.2 });
	firn = firnHome({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', FIRN_PASSPHRASE: 'correct horse' });
	tree = join(firn.root, 'tree');
	for (const folder of ['a', 'b', 'c']) {
		mkdirSync(join(tree, folder), { recursive: true });
		for (let file = 0; file < 10; file++) writeFileSync(join(tree, folder, `f${file}`), randomBytes(20_000));
	}
	writeFileSync(join(tree, 'big'), randomBytes(6 * MiB));
	await signIn(firn);
});
afterAll(async () => {
	await firn?.close();
	await drive?.close();
});

async function signIn(home: FirnHome): Promise<void> {
	const { id, secret } = drive.clients.tv;
	const going = home.begin(['gdrive', 'sign-in', '--endpoint', drive.endpoint, '--client-id', id]);
	going.child.stdin!.end(`${secret}\n`);
	await going.said('It holds for');
	drive.approve(/\b[A-Z]{4}-[A-Z]{4}\b/.exec(going.out)![0]);
	expect((await going.ended).code).toBe(0);
}

const files = () => drive.files().filter(({ content, trashed }) => content && !trashed);

test('a backup survives kill -9 of the engine and comes back whole', async () => {
	const to = ['--to', 'gdrive:Backups/ü', '--endpoint', drive.endpoint];
	const options = ['--part-size', '1MiB', '--workers', '1', '--limit-upload', '2MiB', '--detach'];
	expect(await firn.run('backup', tree, ...to, ...options)).toMatchObject({ code: 0, err: '' });
	await firn.task('tree', ({ progress }) => Number((progress as { uploadedBytes?: number })?.uploadedBytes) > 2 * MiB);
	process.kill((await firn.enginePid())!, 'SIGKILL');
	expect(files().map(({ name }) => name)).toEqual(['RECOVER.txt']);
	expect(drive.sessions()).toHaveLength(1);
	const sessions = [...drive.state.sessions.values()].map(({ secret }) => secret);
	expect(filesWith(firn.home, sessions)).toEqual([]);

	const resumed = await firn.run('--json', 'resume', 'tree');
	expect([resumed.code, resumed.err]).toEqual([0, '']);
	expect(resumed.records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', files: 31, errors: 0 });
	expect(Number(resumed.records.at(-1)!.reusedBytes)).toBeGreaterThanOrEqual(MiB);
	// It went on in the same session: nothing was sent twice, and nothing is there twice.
	expect(drive.state.sessions.size).toBe(1);
	expect(drive.sessions()).toEqual([]);
	const names = files().map(({ name }) => name.replace(/\d{6}/, 'N'));
	expect(names.sort()).toEqual(['N.idx.age', 'N.tar.age', 'RECOVER.txt', 'manifest.age']);
	expect(readdirSync(join(firn.home, 'state', 'gdrive'))).toEqual([]);
});

test('what is stored is shown, verified and restored, one file by its range', async () => {
	const shown = await firn.run('--json', 'show', 'tree', join(tree, 'b/f7'));
	expect(shown.records).toMatchObject([{ path: join(tree, 'b/f7'), size: 20_000, status: 'stored' }]);
	expect(await firn.run('verify', 'tree')).toMatchObject({ code: 0, err: '' });
	const one = await firn.run('--json', 'restore', 'tree', 'b/f7', '--target', join(firn.root, 'one'));
	expect(one.records.at(-1)).toMatchObject({ status: 'complete', files: 1 });
	expect(Number(one.records.at(-1)!.fetchedBytes)).toBeLessThanOrEqual(256 * 1024);
	expect(readFileSync(join(firn.root, 'one', tree, 'b/f7'))).toEqual(readFileSync(join(tree, 'b/f7')));
	const all = await firn.run('--json', 'restore', 'tree', '--target', join(firn.root, 'all'));
	expect(all.records.at(-1)).toMatchObject({ status: 'complete', files: 31, errors: 0 });
	execFileSync('diff', ['-r', tree, join(firn.root, 'all', tree)]);
});

test('the destination is tested, and nothing stays behind', async () => {
	const before = files().length;
	const tested = await firn.run('--json', 'test', 'tree');
	expect([tested.code, tested.err]).toEqual([0, '']);
	expect(tested.records.at(-1)).toMatchObject({ kind: 'gdrive', verdict: 'ready', left: [] });
	expect(files()).toHaveLength(before);
	expect(drive.sessions()).toEqual([]);
});

test('what a run has no space for makes it wait, and it goes on when there is some', async () => {
	writeFileSync(join(tree, 'more'), randomBytes(2 * MiB));
	drive.settings.storageLimit = 7 * MiB;
	const going = firn.begin(['--json', 'backup', 'tree']);
	await going.said('DEST_FULL');
	drive.settings.storageLimit = 100 * MiB;
	expect((await firn.run('resume', 'tree', '--detach')).code).toBe(0);
	expect((await going.ended).records.at(-1)).toMatchObject({ status: 'complete' });
});

test('sync finds all well; deleted archives go to the trash where the job says so', async () => {
	expect(await firn.run('sync', 'tree')).toMatchObject({ code: 0, err: '' });
	expect(await firn.run('jobs', 'edit', 'tree', '--trash')).toMatchObject({ code: 0, err: '' });
	const archives = files().filter(({ name }) => name.endsWith('.tar.age')).length;
	expect(archives).toBe(2);
	const deleted = await firn.run('--json', 'delete', 'tree', '2', '--yes', '1');
	expect([deleted.code, deleted.err]).toEqual([0, '']);
	expect(files().filter(({ name }) => name.endsWith('.tar.age'))).toHaveLength(1);
	expect(drive.files().filter(({ name, trashed }) => trashed && name.endsWith('.tar.age'))).toHaveLength(1);
	const elsewhere = await firn.run('backup', tree, '--to', join(firn.root, 'disk'), '--job', 'disk', '--trash');
	expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringContaining('for Google Drive only')]);
});

test('a mirror of plain files is brought up to date, with moved and replaced ones', async () => {
	const source = join(firn.root, 'pictures');
	mkdirSync(join(source, 'sub'), { recursive: true });
	writeFileSync(join(source, 'ä.jpg'), 'one');
	writeFileSync(join(source, 'sub', 'b.jpg'), randomBytes(MiB));
	const to = ['--to', 'gdrive:Pictures', '--endpoint', drive.endpoint, '--layout', 'mirror', '--part-size', '256KiB'];
	expect(await firn.run('backup', source, ...to, '--deletions', 'move')).toMatchObject({ code: 0, err: '' });
	writeFileSync(join(source, 'ä.jpg'), 'two');
	rmSync(join(source, 'sub', 'b.jpg'));
	expect(await firn.run('backup', 'pictures')).toMatchObject({ code: 0, err: '' });
	expect(drive.named('ä.jpg')).toHaveLength(1);
	expect((await drive.content(drive.named('ä.jpg')[0]!.id)).toString()).toBe('two');
	expect(drive.named('b.jpg')).toHaveLength(1);
});

test('a lost machine is made again from the identity and a new sign-in', async () => {
	const identity = join(firn.root, 'identity.txt');
	expect((await firn.run('key', 'export', '--to', identity)).code).toBe(0);
	const other = firnHome({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', FIRN_PASSPHRASE: 'other horse' });
	try {
		await signIn(other);
		const from = ['recover', 'gdrive:Backups/ü', '--endpoint', drive.endpoint, '--identity', identity];
		expect(await other.run(...from)).toMatchObject({ code: 0, err: '' });
		const back = await other.run('--json', 'restore', 'tree', 'a', '--target', join(other.root, 'back'));
		expect(back.records.at(-1)).toMatchObject({ status: 'complete', files: 10, errors: 0 });
		execFileSync('diff', ['-r', join(tree, 'a'), join(other.root, 'back', tree, 'a')]);
	} finally {
		await other.close();
	}
});
