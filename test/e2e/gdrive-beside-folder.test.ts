/** Jobs on Google Drive and in a folder, side by side: whatever is done to one comes to the same for the other. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { namesIn } from '../support/drive-emulator/names.ts';
import { type DriveHome, driveHome, otherHome } from '../support/drive-home.ts';
import { differences, rowsOf } from '../support/same-state.ts';

const KiB = 1024;

let home: DriveHome;
let source: string;
let folder: string;
const file = (name: string) => join(source, name);

/** Runs a command for both jobs; the last record of each. */
async function both(...args: string[]) {
	const run = async (job: string): Promise<Record<string, unknown>> => {
		const { code, err, records } = await home.firn.run('--json', ...args.map((arg) => (arg === 'JOB' ? job : arg)));
		return { code, err, ...records.at(-1) };
	};
	return Promise.all([run('drive'), run('folder')]);
}

/** What the books say of the files, and of archives and runs without what tells the two jobs apart. */
function booksOf(job: string): string[] {
	const own =
		/"(id|key|etag|link|age_header|frames|crc32|size|stored|started|finished|seen|proven|deleted|forgotten)":("(?:[^"\\]|\\.)*"|null),?/g;
	return rowsOf(join(home.firn.home, 'state', `${job}.sqlite3`))
		.filter((row) => /^(entries|archives|runs|problems|parts|planned|index_pieces) /.test(row))
		.map((row) => (row.startsWith('entries') ? row : row.replace(own, '')))
		.sort();
}

/** Below the job and the run, which differ. */
const keysIn = (names: string[]) => names.map((name) => name.slice(name.lastIndexOf('/') + 1)).sort();
const onDrive = () => namesIn(home.drive, 'backups/laptop').map(({ path }) => path);
const inFolder = () =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name));

beforeAll(async () => {
	home = await driveHome();
	source = join(home.firn.root, 'data');
	folder = join(home.firn.root, 'disk');
	mkdirSync(join(source, 'sub'), { recursive: true });
	mkdirSync(folder);
	writeFileSync(file('big'), randomBytes(1500 * KiB));
	writeFileSync(file('text'), 'the same line again\n'.repeat(20_000));
	for (let each = 0; each < 8; each++) writeFileSync(file(`sub/f${each}`), randomBytes(60 * KiB));
});
afterAll(() => home?.close());

test('a backup in several parts is the same on Drive as in a folder', async () => {
	const options = ['--part-size', '256KiB', '--split-size', '1MiB', '--compression', 'zstd', '--workers', '1'];
	const { firn } = home;
	const drive = await firn.run('--json', 'backup', source, ...home.to('backups/laptop'), '--job', 'drive', ...options);
	expect([drive.code, drive.err]).toEqual([0, '']);
	expect(drive.records.at(-1)).toMatchObject({ status: 'complete', files: 10, errors: 0 });
	const other = await firn.run('--json', 'backup', source, '--to', folder, '--job', 'folder', ...options);
	expect(other.records.at(-1)).toMatchObject({ status: 'complete', files: 10, errors: 0 });
	expect(Number(drive.records.at(-1)!.archives)).toBeGreaterThan(1);
	expect(differences(booksOf('folder'), booksOf('drive'))).toEqual([]);
	expect(keysIn(onDrive())).toEqual(keysIn(inFolder()));
	expect(home.drive.log.of('UploadChunk').length).toBeGreaterThan(5);
	expect(home.drive.sessions()).toEqual([]);

	const shown = await firn.run('--json', 'show', 'drive', '--archives');
	const { id } = home.drive.named('000001.tar.zst.age')[0]!;
	expect(shown.records[0]).toMatchObject({ link: `https://drive.google.com/file/d/${id}/view` });
	const [told] = (await firn.run('--json', 'history', 'drive')).records;
	expect(told!.links).toEqual(shown.records.map(({ link }) => link).slice(0, 3));
	const files = async (job: string) =>
		(await firn.run('--json', 'show', job, file('sub'))).records.map(({ path, size, status }) => [path, size, status]);
	expect(await files('drive')).toEqual(await files('folder'));
});

test('what others do in Drive is found by sync, and names that are there twice harm nobody', async () => {
	const { firn, drive } = home;
	const proven = await both('verify', 'JOB', '--read-data', 'all');
	expect(proven[0]).toMatchObject({ code: 0, status: 'complete', faults: 0, proven: proven[1].proven });

	// Somebody copies an archive and uploads a file of the same name, and deletes another archive and a sidecar.
	const [archive] = drive.named('000002.tar.zst.age');
	const [sidecar] = drive.named('000001.idx.age');
	const twin = drive.state.reserveId();
	drive.state.files.set(twin, { ...drive.named('000001.tar.zst.age')[0]!, id: twin, appProperties: {} });
	drive.state.remove(archive!);
	drive.state.remove(sidecar!);
	rmSync(inFolder().find((path) => path.endsWith('000002.tar.zst.age'))!);
	rmSync(inFolder().find((path) => path.endsWith('000001.idx.age'))!);
	const lost = await both('sync', 'JOB');
	expect(lost[0]).toMatchObject({ missing: 1, written: 1 });
	const { bytes: _, ...same } = lost[1];
	expect(lost[0]).toMatchObject(same);
	const again = await both('backup', 'JOB');
	expect(again.map(({ status }) => status)).toEqual(['complete', 'complete']);
	expect(differences(booksOf('folder'), booksOf('drive'))).toEqual([]);
	const restored = await firn.run('--json', 'restore', 'drive', '--target', 'healed');
	expect(restored.records.at(-1)).toMatchObject({ status: 'complete', errors: 0 });
	execFileSync('diff', ['-r', source, join(firn.root, 'healed', source)]);
	drive.state.files.delete(twin);
});

test('prune and delete take the same from both', async () => {
	writeFileSync(file('text'), 'another line\n'.repeat(20_000));
	rmSync(file('sub/f0'));
	await both('backup', 'JOB');
	const pruned = await both('prune', 'JOB', '--keep-last', '1', '--yes', '2');
	expect(pruned[0]).toMatchObject({ code: 0, status: 'complete' });
	expect(keysIn(onDrive())).toEqual(keysIn(inFolder()));
	const deleted = await both('delete', 'JOB', '1', '--yes', '1');
	expect(deleted[0]).toMatchObject({ code: 0, status: 'complete', deleted: 1 });
	expect(keysIn(onDrive())).toEqual(keysIn(inFolder()));
	expect(differences(booksOf('folder'), booksOf('drive'))).toEqual([]);
	expect((await both('backup', 'JOB')).map(({ code }) => code)).toEqual([0, 0]);
	expect((await both('verify', 'JOB', '--read-data', 'all')).map(({ code }) => code)).toEqual([0, 0]);
});

test('on a new machine a sign-in and the identity are enough', async () => {
	const { firn, drive } = home;
	const identity = join(firn.root, 'identity.txt');
	await firn.run('key', 'export', '--to', identity);
	const other = otherHome();
	try {
		await other.run('key', 'new');
		const where = ['gdrive:backups/laptop', '--endpoint', drive.endpoint];
		const unknown = await other.run('recover', ...where, '--identity', identity);
		expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('firn gdrive sign-in')]);
		await home.signIn(other);
		const { code, records } = await other.run('--json', 'recover', ...where, '--identity', identity);
		expect([code, records.at(-1)]).toEqual([0, expect.objectContaining({ status: 'complete', errors: 0 })]);
		const restored = await other.run('--json', 'restore', 'drive', '--target', 'back', '--identity', identity);
		expect(restored.records.at(-1)).toMatchObject({ status: 'complete', errors: 0 });
		execFileSync('diff', ['-r', source, join(other.root, 'back', source)]);
		const again = await other.run('--json', 'backup', 'drive');
		expect(again.records.at(-1)).toMatchObject({ status: 'complete', archives: 0, newFiles: 0 });
	} finally {
		await other.close();
	}
});
