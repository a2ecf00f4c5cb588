import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { type HandMadeBackup, makeBackup } from '../support/hand-made-backup.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
let target: string;
let backup: HandMadeBackup;

const content = (index: number) => `content ${index} `.repeat(index * 50);
const FILES = Array.from({ length: 60 }, (_, index) => ({ path: `data/f${index}`, content: content(index) }));

beforeEach(() => {
	folder = scratchFolder('again');
	target = join(folder, 'target');
	backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[{ path: 'data', type: 'dir' }, ...FILES],
					[
						{ path: 'data/link', type: 'hardlink', link: 'data/f9' },
						{ path: 'data/soft', type: 'symlink', link: 'f9' },
					],
				],
			},
		],
	});
});
afterEach(() => removeTree(folder));

function expectAll(): void {
	for (const { path, content } of FILES) expect(readFileSync(join(target, path), 'utf8')).toBe(content);
	expect(readdirSync(join(target, 'data')).length).toBe(FILES.length + 2);
}

describe('a restore into a folder that is not empty', () => {
	it('finds what is right already and fetches only the two that are missing', async () => {
		await runRestore(backup, target);
		for (const path of ['data/f3', 'data/f50']) rmSync(join(target, path));
		const { summary } = await runRestore(backup, target);
		expect(summary).toMatchObject({ status: 'complete', files: 61, errors: 0 });
		expect(summary.details).toMatchObject({ alreadyRight: 59, filesSkipped: 0, requests: 2 });
		expectAll();
		const third = await runRestore(backup, target);
		expect(third.summary.details).toMatchObject({ alreadyRight: 61, fetchedBytes: 0, requests: 0 });
	});

	it.each(['keep', 'overwrite', 'newer'] as const)('treats other files as told: %s', async (existing) => {
		mkdirSync(join(target, 'data'), { recursive: true });
		const put = (name: string, seconds: number) => {
			writeFileSync(join(target, 'data', name), 'mine');
			utimesSync(join(target, 'data', name), seconds, seconds);
		};
		put('f1', 1_600_000_000);
		put('f2', 1_800_000_000);
		put('soft', 1_600_000_000);
		put('link', 1_800_000_000);
		// Same size and time, other content: only the hash tells.
		writeFileSync(join(target, 'data/f5'), 'x'.repeat(content(5).length));
		utimesSync(join(target, 'data/f5'), 1_700_000_000.123, 1_700_000_000.123);
		const { summary, events } = await runRestore(backup, target, { existing });
		const mine: string[] = {
			keep: ['f1', 'f2', 'f5', 'link', 'soft'],
			overwrite: [],
			newer: ['f2', 'f5', 'link'],
		}[existing];
		expect(summary).toMatchObject({ status: 'complete', details: { filesSkipped: mine.length } });
		expect(events.filter((event) => event.event === 'notice').length).toBe(mine.length);
		for (const name of ['f1', 'f2', 'f5']) {
			const found = readFileSync(join(target, 'data', name), 'utf8');
			expect([name, found !== content(Number(name.slice(1)))]).toEqual([name, mine.includes(name)]);
		}
		expect(lstatSync(join(target, 'data/soft')).isSymbolicLink()).toBe(!mine.includes('soft'));
		const isLinked = lstatSync(join(target, 'data/link')).ino === lstatSync(join(target, 'data/f9')).ino;
		expect(isLinked).toBe(!mine.includes('link'));
	});

	it('never links to a file that was kept', async () => {
		mkdirSync(join(target, 'data'), { recursive: true });
		writeFileSync(join(target, 'data/f9'), 'mine');
		const { summary, problems } = await runRestore(backup, target);
		expect(problems).toMatchObject([{ path: 'data/link', code: 'LINK_TARGET' }]);
		expect(summary.status).toBe('partial');
		expect(readFileSync(join(target, 'data/f9'), 'utf8')).toBe('mine');
	});

	it('removes what a killed restore has left, and nothing that looks similar', async () => {
		mkdirSync(join(target, 'data'), { recursive: true });
		// No process has this number: Linux ends at 2^22.
		const dead = `.firn-${(2 ** 30).toString(36)}-0123456789abcdef-1.partial`;
		const alive = `.firn-${process.ppid.toString(36)}-0123456789abcdef-1.partial`;
		for (const name of [dead, alive, '.firn-notes.partial']) {
			writeFileSync(join(target, name), 'half');
			writeFileSync(join(target, 'data', name), 'half');
		}
		await runRestore(backup, target);
		for (const place of [target, join(target, 'data')]) {
			const left = readdirSync(place).filter((name) => name.startsWith('.firn'));
			expect(left.sort()).toEqual([alive, '.firn-notes.partial'].sort());
		}
	});

	it('replaces an empty folder but never one that holds something', async () => {
		mkdirSync(join(target, 'data/f1'), { recursive: true });
		mkdirSync(join(target, 'data/f2/mine'), { recursive: true });
		const { problems } = await runRestore(backup, target, { existing: 'overwrite' });
		expect(problems).toMatchObject([{ path: 'data/f2', code: 'TARGET_IS_FOLDER' }]);
		expect(readFileSync(join(target, 'data/f1'), 'utf8')).toBe(content(1));
		expect(readdirSync(join(target, 'data/f2'))).toEqual(['mine']);
	});

	it('does not write through a hard link into another file', async () => {
		mkdirSync(join(target, 'data'), { recursive: true });
		writeFileSync(join(folder, 'precious'), 'precious');
		linkSync(join(folder, 'precious'), join(target, 'data/f1'));
		await runRestore(backup, target, { existing: 'overwrite' });
		expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
		expectAll();
	});
});

describe('an interrupted restore', () => {
	it('leaves no half file under any name and goes on', async () => {
		const { summary } = await runRestore(backup, target, { workers: 2 }, (run) => setTimeout(() => run.stop(), 20));
		expect(['stopped', 'complete']).toContain(summary.status);
		for (const name of lsIfThere(join(target, 'data'))) {
			expect(name).not.toMatch(/partial/);
			expect(readFileSync(join(target, 'data', name), 'utf8')).toBe(content(Number(name.slice(1))));
		}
		const again = await runRestore(backup, target);
		expect(again.summary).toMatchObject({ status: 'complete', files: 61 });
		expectAll();
	});

	it('can be stopped before it begins', async () => {
		const { summary } = await runRestore(backup, target, {}, (run) => run.stop());
		expect(summary).toMatchObject({ status: 'stopped', files: 0 });
		expect(summary.error).toBeUndefined();
	});
});

describe('what cannot be', () => {
	it.each([
		['without an identity', [], 'NO_IDENTITY', /000001\.tar\.age is encrypted/],
		['with the wrong identity', [generateIdentity().identity], 'WRONG_IDENTITY', /000001\.tar\.age.*one recipient/],
	])('is refused before anything is written: %s', async (_, identities, code, words) => {
		const { summary } = await runRestore(backup, target, { identities });
		expect(summary).toMatchObject({ status: 'failed', error: { code, kind: 'usage' } });
		expect(summary.error!.message).toMatch(words);
		expect(lsIfThere(target)).toEqual([]);
	});

	it('is refused: paths and snapshots that are not there, a target that is a file', async () => {
		const refused = async (spec: Parameters<typeof runRestore>[2]) =>
			(await runRestore(backup, target, spec)).summary.error?.code;
		expect(await refused({ paths: ['data/f1', 'no/such'] })).toBe('PATH_MISSING');
		expect(await refused({ snapshot: 7 })).toBe('SNAPSHOT_MISSING');
		writeFileSync(join(folder, 'file'), '');
		expect(await refused({ target: join(folder, 'file') })).toBe('TARGET_NOT_FOLDER');
		expect(await refused({ stateFile: join(folder, 'none') })).toBe('STATE_MISSING');
		expect(await refused({ destination: { url: join(folder, 'gone') } })).toMatch(/DEST/);
	});

	it('plans without doing anything', async () => {
		const { summary } = await runRestore(backup, target, { dryRun: true });
		expect(summary).toMatchObject({ status: 'complete', files: 61, archives: 1 });
		expect(summary.details).toMatchObject({ plannedRequests: 1, fetchedBytes: 0 });
		expect(lsIfThere(target)).toEqual([]);
	});
});

function lsIfThere(path: string): string[] {
	return lstatSync(path, { throwIfNoEntry: false }) ? readdirSync(path) : [];
}
