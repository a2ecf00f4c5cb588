/** Mirrors in Google Drive. */

import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLDER } from '../../../support/drive-emulator/types.ts';
import { type DriveMirrorCase, driveMirrorCase } from '../../../support/drive-mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../../support/trees.ts';

let root: string;
let mirror: DriveMirrorCase;
const make = async (job: Parameters<typeof driveMirrorCase>[1] = {}) => {
	mirror = await driveMirrorCase(root, { partSize: 256 * 1024, ...job });
	return mirror;
};
beforeEach(() => {
	root = scratchFolder('drive-mirror');
});
afterEach(async () => {
	await mirror?.close();
	removeTree(root);
});

const BIG = 'big '.repeat(200_000);

/** Something of everything. */
function plant(source: string): void {
	for (const name of ['a', 'sub/b', "sub/it's 100% Grüße 日本\n", 'sub/deeper/c', 'A', 'Sub/b', 'empty file'])
		put(source, name);
	put(source, 'sub/big', BIG);
	writeFileSync(join(source, 'empty file'), '');
	mkdirSync(join(source, 'empty folder'), { mode: 0o500 });
	symlinkSync('nowhere', join(source, 'link'));
	linkSync(join(source, 'a'), join(source, 'z hard'));
	chmodSync(join(source, 'sub/b'), 0o4640);
	utimesSync(join(source, 'sub/b'), 1_700_000_001, 1_700_000_001.25);
	utimesSync(join(source, 'sub/big'), 1_600_000_000, 1_600_000_000.5);
}

describe.each([
	['plain', false],
	['encrypted', true],
])('a mirror in Google Drive, %s', (_name, encrypt) => {
	const ending = encrypt ? '.age' : '';

	it('has a file a file, in folders as at the source, and a list of the rest', async () => {
		const { source, run, keys, differences, there, drive } = await make({ encrypt, workers: 4 });
		plant(source);
		expect(await run()).toMatchObject({ status: 'complete', errors: 0, files: 9, details: { newFiles: 9 } });
		const names = [
			'A',
			'Sub/b',
			'a',
			'empty file',
			'sub/b',
			'sub/big',
			'sub/deeper/c',
			"sub/it's 100%25 Grüße 日本%0A",
		];
		expect(keys()).toEqual(names.map((name) => `source/${name}${ending}`));
		expect(await differences()).toEqual([]);
		const time = (path: string) => {
			const { file } = there().find((one) => one.path === `source/${path}${ending}`)!;
			return new Date(file.modifiedTime).toISOString();
		};
		if (encrypt) expect(time('sub/b')).not.toContain('2023');
		else expect([time('sub/b'), time('sub/big')]).toEqual(['2023-11-14T22:13:21.250Z', '2020-09-13T12:26:40.500Z']);
		expect(drive.sessions()).toEqual([]);
	});

	it('sends what is new, changed, lost or altered there, and nothing else', async () => {
		const { source, run, differences, drive, there } = await make({ encrypt });
		plant(source);
		await run();
		drive.log.clear();
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0, unchangedFiles: 9 } });
		expect([drive.log.count('StartUpload'), drive.log.count('UploadMultipart')]).toEqual([0, 1]);
		put(source, 'new', 'new');
		put(source, 'a', 'changed');
		put(source, 'sub/big', `${BIG}!`);
		drive.state.files.delete(there().find(({ path }) => path === `source/sub/b${ending}`)!.file.id);
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 4 } });
		expect(await differences()).toEqual([]);
		expect(drive.files().filter(({ name }) => name === `big${ending}`)).toHaveLength(1);
	});

	it('compares the content of all when that is said', async () => {
		const { source, run, content } = await make({ encrypt });
		put(source, 'a', 'one');
		put(source, 'b', 'same');
		utimesSync(join(source, 'a'), 1000, 1000);
		await run();
		put(source, 'a', 'two');
		utimesSync(join(source, 'a'), 1000, 1000);
		expect(await run({ checksum: true })).toMatchObject({ details: { newFiles: 1, unchangedFiles: 1 } });
		expect((await content(`source/a${ending}`)).toString()).toBe('two');
	});

	it.each(['keep', 'move', 'follow'] as const)('with deletions %s', async (deletions) => {
		const { source, run, keys, drive } = await make({ encrypt, deletions });
		for (const name of ['a', 'b/c', 'b/d', 'e']) put(source, name);
		await run();
		const id = drive.named(`c${ending}`)[0]!.id;
		rmSync(join(source, 'b/c'));
		rmSync(join(source, 'e'));
		put(source, 'e/x');
		drive.log.clear();
		expect(await run()).toMatchObject({ status: 'complete', errors: 0, details: { deletions } });
		const inPlace = ['source/a', 'source/b/d', 'source/e/x'].map((key) => key + ending);
		const gone = ['source/b/c', 'source/e'].map((key) => key + ending);
		if (deletions === 'keep') expect(keys()).toEqual([...inPlace, ...gone].sort());
		if (deletions === 'follow') expect(keys()).toEqual(inPlace);
		if (deletions === 'move') {
			const aside = keys().map((key) => key.replace(/^.firn-deleted\/[^/]*Z/, 'TIME'));
			expect(aside).toEqual([...gone.map((key) => `TIME/${key}`), ...inPlace]);
			expect(drive.named(`c${ending}`)[0]!.id).toBe(id);
			expect(drive.log.count('Download')).toBe(0);
		}
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0, deletedFiles: 0 } });
	});
});

describe('a mirror in Google Drive', () => {
	it('can be opened by age itself where it is encrypted', async () => {
		const { source, run, drive, identityFile } = await make({ encrypt: true });
		put(source, 'sub/big', BIG);
		await run();
		const [file] = drive.named('big.age');
		writeFileSync(join(root, 'big.age'), await drive.content(file!.id));
		const options = { maxBuffer: 2 ** 24 };
		expect(execFileSync('age', ['-d', '-i', identityFile, join(root, 'big.age')], options).toString()).toBe(BIG);
	});

	it('makes each folder once, though several files want it at the same time', async () => {
		const { source, run, there, differences } = await make({ workers: 16 });
		for (let file = 0; file < 48; file++) put(source, `new/${file % 3}/deep/${file}`);
		expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
		const folders = there().filter(({ file, path }) => file.mimeType === FOLDER && path.startsWith('source'));
		expect(folders.map(({ path }) => path)).toEqual([...new Set(folders.map(({ path }) => path))]);
		expect(folders).toHaveLength(8);
		expect(await differences()).toEqual([]);
	});

	it('costs lists alone when nothing has changed', async () => {
		const { source, run, drive } = await make({ workers: 8 });
		// In two runs, each of which may spend what Firn lets it spend at once.
		for (let file = 0; file < 500; file++) put(source, `${file % 2}/${file}`);
		await run();
		for (let file = 0; file < 500; file++) put(source, `${2 + (file % 2)}/${file}`);
		expect(await run()).toMatchObject({ details: { newFiles: 500, unchangedFiles: 500 } });
		drive.log.clear();
		expect(await run()).toMatchObject({ details: { newFiles: 0, unchangedFiles: 1000 } });
		const asked = Map.groupBy(drive.log.entries, ({ operation }) => operation);
		const counts = Object.fromEntries([...asked].map(([operation, entries]) => [operation, entries.length]));
		const { ListFiles, ...others } = counts;
		expect(others).toEqual({ Token: 1, GenerateIds: 1, UploadMultipart: 1, DeleteFile: 1 });
		// The probe, a page for each of the five folders, and a few looks for folders, uploads and the mirror's own list.
		expect(ListFiles).toBeLessThan(20);
		expect(drive.units()).toBeLessThan(2000);
	});

	it('does not trip over copies of a file and of a folder that bear the same name', async () => {
		const { source, run, drive, differences, folderId, content } = await make({ deletions: 'follow' });
		for (const name of ['a', 'sub/b', 'sub/c']) put(source, name, name);
		await run();
		const original = drive.named('b')[0]!;
		const copy = { ...structuredClone(original), id: 'copy-of-b', createdTime: original.createdTime + 1000 };
		drive.state.files.set(copy.id, copy);
		drive.state.files.set('second-sub', {
			...structuredClone(drive.state.files.get(folderId('source/sub'))!),
			id: 'second-sub',
		});
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0 } });
		put(source, 'sub/b', 'changed');
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 1 } });
		expect((await content('source/sub/b')).toString()).toBe('changed');
		expect(drive.named('b')).toHaveLength(1);
		rmSync(join(source, 'sub/c'));
		expect(await run()).toMatchObject({ status: 'complete', details: { deletedFiles: 1 } });
		expect(drive.named('c')).toEqual([]);
		expect(await differences()).toEqual([]);
	});

	it('follows a folder that was renamed at the source, and a file that becomes a folder and a file again', async () => {
		const { source, run, differences } = await make({ deletions: 'follow' });
		for (const name of ['turns', 'old/x', 'old/y', 'stays']) put(source, name, name);
		await run();
		renameSync(join(source, 'old'), join(source, 'new'));
		rmSync(join(source, 'turns'));
		put(source, 'turns/into', 'a folder');
		expect(await run()).toMatchObject({ status: 'complete', errors: 0, details: { newFiles: 3, deletedFiles: 3 } });
		expect(await differences()).toEqual([]);
		rmSync(join(source, 'turns'), { recursive: true });
		put(source, 'turns', 'back');
		expect(await run()).toMatchObject({ status: 'complete', errors: 0, details: { newFiles: 1, deletedFiles: 1 } });
		expect(await differences()).toEqual([]);
	});
});
