/** Mirrors in Google Drive whose process is killed or whose requests go wrong: the next run makes everything right. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attempt } from '../../../support/campaign/attempt.ts';
import { REFUSALS } from '../../../support/drive-emulator/faults.ts';
import { FOLDER } from '../../../support/drive-emulator/types.ts';
import { type DriveMirrorCase, driveMirrorCase } from '../../../support/drive-mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../../support/trees.ts';

let root: string;
let mirror: DriveMirrorCase | undefined;
beforeEach(() => {
	root = scratchFolder('drive-kill');
});
afterEach(async () => {
	await mirror?.close();
	removeTree(root);
});

const PART = 256 * 1024;

/** Small files, and some that are sent by parts. */
function plant(source: string, round: number): void {
	for (let file = 0; file < 12; file++) put(source, `d${file % 3}/${file}`, `${round} ${file}`.repeat(100));
	for (let file = 0; file < 2; file++) writeFileSync(join(source, `big${file}`), Buffer.alloc(3 * PART, round + file));
}

it.each([
	['plain', false],
	['encrypted', true],
])(
	'%s: killed at any request, nothing is lost, left over or there twice',
	async (_name, encrypt) => {
		mirror = await driveMirrorCase(root, { encrypt, deletions: 'follow', partSize: PART });
		const { spec, source, drive, run, differences, there } = mirror;
		for (const round of [0, 1, 2]) {
			plant(source, round);
			if (round > 0) {
				rmSync(join(source, `d1/${1 + round * 3}`));
				renameSync(join(source, 'd2/5'), join(source, `d2/renamed ${round}`));
				put(source, `new ${round}/deep/x`);
			}
			const from = drive.log.entries.length;
			const most = from + 3 + Math.floor(Math.random() * (round === 0 ? 30 : 80));
			const { stderr, killed } = await attempt({
				spec,
				workDir: root,
				started: (kill, ended) => {
					const timer = setInterval(() => {
						if (drive.log.entries.length >= most) kill();
					}, 1);
					void ended.then(() => clearInterval(timer));
				},
			});
			expect(stderr, `killed ${killed}, at request ${most - from}`).toBe('');
		}
		const { error, ...ended } = await run();
		expect(error).toBeUndefined();
		expect(ended).toMatchObject({ status: 'complete', errors: 0 });
		expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0 } });
		expect(await differences()).toEqual([]);
		const paths = there().map(({ path }) => path);
		expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
		// One that was begun when the process died is known to nobody; it holds nothing, and Drive ends it in a week.
		expect(drive.sessions().filter(({ persisted }) => persisted > 0)).toEqual([]);
	},
	60_000,
);

it('goes on after refusals that pass, cut connections and a day whose allowance is used up', async () => {
	mirror = await driveMirrorCase(root, { deletions: 'move', partSize: PART });
	const { source, run, drive, differences, there } = mirror;
	// A destination that was never reached is refused at the first fault.
	await run();
	plant(source, 0);
	drive.faults.add({ operation: 'UploadMultipart', fault: REFUSALS.rateLimit, skip: 2 });
	drive.faults.add({ operation: 'UploadMultipart', fault: { kind: 'cut', when: 'after' }, times: 2 });
	drive.faults.add({ operation: 'CreateFile', fault: { kind: 'cut', when: 'after' } });
	drive.faults.add({ operation: 'UploadChunk', fault: { kind: 'persist', units: 0, ends: 'cut' }, skip: 1 });
	drive.faults.add({ operation: 'ListFiles', fault: REFUSALS.unavailable, skip: 1, times: 2 });
	expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
	rmSync(join(source, 'd0/3'));
	drive.faults.add({ operation: 'UpdateFile', fault: { kind: 'cut', when: 'after' } });
	expect(await run()).toMatchObject({ status: 'complete', errors: 0, details: { deletedFiles: 1 } });
	expect((await differences()).map((line) => line.replace(/[^/]*Z/, 'TIME'))).toEqual([
		'too much: .firn-deleted/TIME/source/d0/3',
	]);
	const paths = there().map(({ path }) => path);
	expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
	const folders = there().filter(({ file, path }) => file.mimeType === FOLDER && /^source\/d.$/.test(path));
	expect(folders).toHaveLength(3);
});

it('deletes nothing when a list is cut off in the middle', async () => {
	mirror = await driveMirrorCase(root, { deletions: 'follow' });
	const { source, run, drive, differences } = mirror;
	plant(source, 0);
	drive.settings.maxPageSize = 3;
	await run();
	drive.faults.add({ operation: 'ListFiles', fault: { kind: 'cut-answer', afterBytes: 200 }, skip: 3, times: 4 });
	drive.faults.add({ operation: 'ListFiles', fault: { kind: 'web-page' } });
	expect(await run()).toMatchObject({
		status: 'complete',
		details: { newFiles: 0, deletedFiles: 0, unchangedFiles: 14 },
	});
	expect(await differences()).toEqual([]);
});
