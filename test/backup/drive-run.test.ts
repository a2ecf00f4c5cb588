/** What a whole run does about the ways of Google Drive: names that are not unique, sessions that end. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FOLDER } from '../support/drive-emulator/types.ts';
import { type DriveHome, driveHome } from '../support/drive-home.ts';

const MiB = 1024 * 1024;

let home: DriveHome;
let tree: string;
beforeAll(async () => {
	home = await driveHome();
	tree = join(home.firn.root, 'tree');
	mkdirSync(tree);
	for (let file = 0; file < 6; file++) writeFileSync(join(tree, `f${file}`), randomBytes(3 * MiB));
});
afterAll(() => home?.close());

const options = ['--part-size', '1MiB', '--split-size', '6MB', '--workers', '3'];

test('threads that begin at once make each folder once', async () => {
	const { drive, firn, to } = home;
	// A listing that takes its time: all threads have looked before one of them has made it.
	drive.faults.add({ operation: 'CreateFile', fault: { kind: 'delay', ms: 300 }, times: 99 });
	expect(await firn.run('backup', tree, ...to('once'), ...options)).toMatchObject({ code: 0, err: '' });
	drive.faults.clear();
	const folders = drive.files().filter(({ mimeType }) => mimeType === FOLDER);
	const places = folders.map(({ parent, name }) => `${parent}/${name}`);
	expect(new Set(places).size).toBe(places.length);
	expect(folders).toHaveLength(3);
});

test('an upload whose session ends in the middle of a run is begun anew in the same run', async () => {
	const { drive, firn } = home;
	drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'forget-session' }, skip: 2 });
	const again = await firn.run('--json', 'backup', 'tree', '--full');
	expect([again.code, again.err]).toEqual([0, '']);
	expect(again.records.at(-1)).toMatchObject({ event: 'summary', status: 'complete', files: 6, errors: 0 });
	expect(again.out).toContain('is made anew: the store does not know its upload any more');
	expect(drive.sessions()).toEqual([]);
	expect(await firn.run('verify', 'tree')).toMatchObject({ code: 0, err: '' });
	expect((await firn.run('--json', 'sync', 'tree')).records.at(-1)).toMatchObject({
		missing: 0,
		removed: 0,
		aborted: 0,
	});
});
