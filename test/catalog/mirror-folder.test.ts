/** Mirrors of plain files in a folder: verified by what was noted of each copy, repaired by the next run. */

import { linkSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CatalogTask } from '../../src/catalog/catalog-task.ts';
import type { CatalogWork } from '../../src/catalog/spec.ts';
import { RestoreRun } from '../../src/restore/restore-run.ts';
import { attempt } from '../support/campaign/attempt.ts';
import { type MirrorCase, mirrorCase } from '../support/mirror-case.ts';
import { put, removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
let own: MirrorCase;
beforeEach(() => {
	root = scratchFolder('mirror-folder');
	own = mirrorCase(root, { deletions: 'follow' });
});
afterEach(() => removeTree(root));

async function work(what: CatalogWork) {
	const { job, stateFile } = own.spec;
	const messages: string[] = [];
	const event = (told: { event: string; message?: string }) => void messages.push(told.message ?? '');
	const reporter = { progress: () => {}, event };
	return { ...(await new CatalogTask({ job, stateFile, version: '0', work: what }, reporter).execute()), messages };
}

const verify = (share: number) => work({ kind: 'verify', share, identities: [] });

/** Another byte in the middle, size and time as they were: as a rotten disk. */
function rot(path: string): void {
	const { atime, mtime } = statSync(path);
	const bytes = readFileSync(path);
	bytes[bytes.length >> 1]! ^= 1;
	writeFileSync(path, bytes);
	utimesSync(path, atime, mtime);
}

async function mirrored(): Promise<string> {
	const { source, mirror, run } = own;
	for (const name of ['a', 'b', 'd/deep', 'd/odd \udc80 name', 'gone']) put(source, name, `${name} `.repeat(1000));
	linkSync(join(source, 'a'), join(source, 'another name of a'));
	symlinkSync('a', join(source, 'link'));
	expect(await run()).toMatchObject({ status: 'complete' });
	return mirror;
}

it('bit rot is found by reading, and the next run mends it', async () => {
	const mirror = await mirrored();
	expect(await verify(0)).toMatchObject({ status: 'complete', details: { seenFiles: 5, provenFiles: 0, unnoted: 0 } });
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { seenFiles: 5, provenFiles: 5 } });
	rot(join(mirror, 'd/deep'));
	expect(await verify(0)).toMatchObject({ status: 'complete' });
	const read = await verify(100);
	expect(read).toMatchObject({ status: 'failed', errors: 1, error: { code: 'VERIFY_FAILED' }, details: { faults: 1 } });
	expect(read.messages).toEqual(['source/d/deep has another content (SHA-256) than was copied.']);
	// It stays known without reading, and a restore does not take it for right.
	expect(await verify(0)).toMatchObject({ status: 'failed', details: { seenFiles: 4 } });
	expect(await own.run({ dryRun: true })).toMatchObject({ details: { newFiles: 1 } });
	expect(await own.run()).toMatchObject({ status: 'complete', details: { newFiles: 1 } });
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { provenFiles: 5 } });
	expect(own.differences()).toEqual([]);
});

it('what is missing, cut off, or was written by somebody else is found without reading', async () => {
	const mirror = await mirrored();
	rmSync(join(mirror, 'gone'));
	writeFileSync(join(mirror, 'b'), 'cut off');
	const edited = join(mirror, 'd/deep');
	writeFileSync(edited, readFileSync(edited).fill('x'));
	utimesSync(edited, 2_000_000_000, 2_000_000_000);
	writeFileSync(join(mirror, 'stranger'), 'x');
	const found = await verify(0);
	expect(found).toMatchObject({ status: 'failed', errors: 3, details: { seenFiles: 2, unnoted: 1 } });
	expect(found.messages.toSorted()).toEqual([
		'source/b has 7 bytes instead of 2,000 bytes.',
		'source/d/deep was written by somebody else since.',
		'source/gone is not there.',
	]);
});

it('what neither side has any more is missed once', async () => {
	const mirror = await mirrored();
	rmSync(join(own.source, 'gone'));
	rmSync(join(mirror, 'gone'));
	rmSync(join(mirror, 'd/deep'));
	expect(await verify(0)).toMatchObject({ status: 'failed', details: { faults: 2 } });
	expect(await own.run()).toMatchObject({ status: 'complete', details: { newFiles: 1 } });
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { provenFiles: 4, unnoted: 0 } });
});

it('a kill while something is taken out leaves nothing to be missed', async () => {
	const { source, run, spec } = own;
	await mirrored();
	for (let file = 0; file < 20; file++) put(source, `many/${file}`);
	await run();
	removeTree(join(source, 'many'));
	rmSync(join(source, 'b'));
	put(source, 'b/is a folder');
	const confirmed = { ...spec, confirmDeletions: 100 };
	const kill = { point: 'unlinkSync', nth: 12, when: 'after' } as const;
	expect((await attempt({ spec: confirmed, workDir: root, kill })).killed).toBe(true);
	expect((await verify(0)).messages).toEqual([]);
	expect(await run({ confirmDeletions: 100 })).toMatchObject({ status: 'complete' });
	expect(await verify(100)).toMatchObject({ status: 'complete' });
});

it('the notes go along with every kind of change', async () => {
	const { source, run } = own;
	await mirrored();
	put(source, 'b', 'new content');
	utimesSync(join(source, 'd/deep'), 1_500_000_000, 1_500_000_000);
	renameSync(join(source, 'a'), join(source, 'e'));
	rmSync(join(source, 'gone'));
	put(source, 'gone/is a folder', 'now');
	expect(await run({ confirmDeletions: 10 })).toMatchObject({ status: 'complete' });
	// The checksum was noted under the name that is no more.
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { provenFiles: 4, unnoted: 1 } });
	await run({ checksum: true });
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { provenFiles: 5, unnoted: 0 } });
});

it('a kill leaves no note that does not hold', async () => {
	const { source, run, spec } = own;
	await mirrored();
	for (let file = 0; file < 40; file++) put(source, `many/${file}`, `${file}`);
	await run();
	for (const nth of [3, 20, 40]) {
		for (let file = 0; file < 40; file++) put(source, `many/${file}`, `${nth} ${file}`.repeat(nth));
		expect((await attempt({ spec, workDir: root, kill: { point: 'renameSync', nth, when: 'after' } })).killed).toBe(
			true,
		);
		expect(await run()).toMatchObject({ status: 'complete' });
		const { status, details } = await verify(100);
		expect({ status, of: Number(details.provenFiles) + Number(details.unnoted) }).toEqual({
			status: 'complete',
			of: 45,
		});
	}
	// Those that a kill has left without a checksum get one when all is compared.
	await run({ checksum: true });
	expect(await verify(100)).toMatchObject({ status: 'complete', details: { provenFiles: 45, unnoted: 0 } });
});

it('a restore proves what it reads, and names what has rotted', async () => {
	const mirror = await mirrored();
	rot(join(mirror, 'b'));
	const problems: string[] = [];
	const event = (told: { event: string; problem?: { path: string; code: string } }) => {
		if (told.problem) problems.push(`${told.problem.path.split('/').at(-1)} ${told.problem.code}`);
	};
	const { stateFile } = own.spec;
	const how = { stateFile, paths: [], target: join(root, 'target'), identities: [], dryRun: false };
	const ended = await new RestoreRun({ ...how, existing: 'keep' }, { progress: () => {}, event }).execute();
	expect(ended.status).toBe('partial');
	expect(problems).toEqual(['b HASH_MISMATCH']);
});

it('a disk that is not mounted is no mirror of which all is lost', async () => {
	const mirror = await mirrored();
	renameSync(mirror, `${mirror} elsewhere`);
	expect(await verify(0)).toMatchObject({ status: 'failed', error: { code: 'STORE_EMPTY' } });
	renameSync(`${mirror} elsewhere`, mirror);
	expect(await verify(0)).toMatchObject({ status: 'complete' });
	expect(await work({ kind: 'planSync' })).toMatchObject({ status: 'failed', error: { code: 'MIRROR_IS_FOLDER' } });
	expect(await work({ kind: 'planVerify', share: 50 })).toMatchObject({ details: { files: 5, readFiles: 3 } });
});
