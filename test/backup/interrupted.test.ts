/** Faults that killed or disturbed backups have shown, each with the least that shows it. */

import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { TaskEvent } from '../../src/core/task.ts';
import { type Attempt, attempt } from '../support/campaign/attempt.ts';
import { checkBackup } from '../support/campaign/check-backup.ts';
import { Random } from '../support/campaign/random.ts';
import { makeTestBackup, type TestBackup } from '../support/campaign/spec.ts';
import { StateView } from '../support/campaign/state-view.ts';
import { FolderView } from '../support/campaign/store-view.ts';
import { pathsBelow } from '../support/campaign/tree.ts';
import { asNobody, isRoot } from '../support/trees.ts';

const KiB = 1024;
const base = mkdtempSync(join(tmpdir(), 'firn-interrupted-'));
const random = new Random(1);
let workDir: string;
beforeEach(() => {
	workDir = mkdtempSync(join(base, 'case-'));
});
afterAll(() => spawnSync('rm', ['-rf', base]));

const store = (backup: TestBackup) => new FolderView(join(backup.workDir, 'destination'));
const run = (backup: TestBackup, kill?: { point: string; nth: number; when: 'before' | 'half' | 'after' }) =>
	attempt({ spec: backup.spec, workDir: backup.workDir, ...(kill ? { kill } : {}) });
const notices = ({ events }: Attempt, level = 'warn') =>
	events.flatMap((event: TaskEvent) => (event.event === 'notice' && event.level === level ? [event.message] : []));

/** Everything that the campaign checks. */
async function expectWhole(backup: TestBackup, gone: string[] = []): Promise<void> {
	const everSeen = new Set([...gone, ...pathsBelow(backup.source)]);
	expect(await checkBackup({ ...backup, store: store(backup), everSeen })).toEqual([]);
}

/** A backup of a few files of several parts, killed when some are booked as acknowledged: when those are is up to time. */
async function killedHalfway(encrypt = true): Promise<TestBackup> {
	for (let round = 0; round < 20; round++) {
		const backup = makeTestBackup(mkdtempSync(join(workDir, 'round-')), { encrypt, workers: 1 });
		for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(backup.source, name), random.bytes(200 * KiB));
		const first = await run(backup, { point: 'datasync', nth: 10, when: 'after' });
		expect(first.killed).toBe(true);
		if (acknowledgedParts(backup) >= 3) return backup;
	}
	throw new Error('No part was ever booked before the tenth datasync.');
}

function acknowledgedParts({ stateFile }: TestBackup): number {
	const db = new DatabaseSync(stateFile);
	const { parts } = db.prepare('SELECT count(*) AS parts FROM parts WHERE acknowledged = 1').get()!;
	db.close();
	return Number(parts);
}

describe('an archive that is gone on with', () => {
	test('was gone on with under another key when that of the run was lost', async () => {
		const backup = await killedHalfway();
		for (const name of readdirSync(join(backup.secretsDir, 'runs'))) rmSync(join(backup.secretsDir, 'runs', name));
		const last = await run(backup);
		expect(notices(last).some((message) => message.includes('the key of the run is lost'))).toBe(true);
		expect(last.summary?.status).toBe('complete');
		await expectWhole(backup);
	});

	test.each([true, false])(
		'went on at the wrong place when the store had lost parts (encrypted: %s)',
		async (encrypt) => {
			const backup = await killedHalfway(encrypt);
			const [upload] = store(backup).uploads();
			truncateSync(join(backup.workDir, 'destination', '.firn-partial', upload!), 100 * KiB);
			const last = await run(backup);
			expect(notices(last).some((message) => message.includes('lost parts'))).toBe(true);
			expect(last.summary?.status).toBe('complete');
			await expectWhole(backup);
		},
	);

	test('held what had gone meanwhile, and so did the snapshot', async () => {
		const backup = makeTestBackup(workDir, { workers: 1 });
		writeFileSync(join(backup.source, 'a'), random.bytes(700 * KiB));
		mkdirSync(join(backup.source, 'folder'));
		for (const name of ['l', 'm']) symlinkSync('../a', join(backup.source, 'folder', name));
		const first = await run(backup, { point: 'datasync', nth: 6, when: 'after' });
		expect(first.killed).toBe(true);
		const gone = pathsBelow(backup.source);
		rmSync(join(backup.source, 'folder'), { recursive: true });
		writeFileSync(join(backup.source, 'folder2'), '');
		const last = await run(backup);
		expect(last.summary?.status).toBe('complete');
		await expectWhole(backup, gone);
	});
});

describe('a whole object of one part', () => {
	async function storedButNotNoted(): Promise<TestBackup> {
		const backup = makeTestBackup(workDir, { encrypt: false, workers: 1 });
		writeFileSync(join(backup.source, 'a'), 'one');
		// Links: of the archive, its sidecar, the manifest; the note is renamed.
		const first = await run(backup, { point: 'link', nth: 1, when: 'after' });
		expect(first.killed).toBe(true);
		expect(
			store(backup)
				.keys()
				.some((key) => key.endsWith('.tar')),
		).toBe(true);
		return backup;
	}

	test('was refused for ever once its file had changed', async () => {
		const backup = await storedButNotNoted();
		writeFileSync(join(backup.source, 'a'), 'two');
		expect((await run(backup)).summary?.status).toBe('complete');
		await expectWhole(backup);
	});

	test('was refused for ever once its file had grown beyond a part', async () => {
		const backup = await storedButNotNoted();
		writeFileSync(join(backup.source, 'a'), random.bytes(200 * KiB));
		expect((await run(backup)).summary?.status).toBe('complete');
		await expectWhole(backup);
	});

	test('stayed as an object that nobody knows once its file had gone', async () => {
		const backup = await storedButNotNoted();
		const gone = pathsBelow(backup.source);
		rmSync(join(backup.source, 'a'));
		expect((await run(backup)).summary?.status).toBe('complete');
		await expectWhole(backup, gone);
	});
});

test.each([false, true])(
	'an archive that was stored in one piece was forgotten with all its files before it was confirmed (lost: %s)',
	async (isLost) => {
		const backup = makeTestBackup(workDir, { workers: 1 });
		writeFileSync(join(backup.source, 'a'), random.bytes(KiB));
		/** Between the two commits: its part is booked, it is not. */
		const isBetween = () => {
			if (!existsSync(backup.stateFile)) return false;
			const state = new StateView(backup.stateFile);
			const [archive] = state.archives();
			const found = archive?.status === 'open' && state.entries().length > 0;
			state.close();
			return found;
		};
		for (let nth = 3; nth < 15 && !isBetween(); nth++) {
			for (const ending of ['', '-wal', '-shm']) rmSync(backup.stateFile + ending, { force: true });
			for (const path of [join(workDir, 'destination'), join(backup.secretsDir, 'runs')])
				rmSync(path, { recursive: true, force: true });
			await run(backup, { point: 'commit', nth, when: 'after' });
		}
		expect(isBetween()).toBe(true);
		if (isLost) for (const key of store(backup).keys()) if (key.includes('.tar')) rmSync(store(backup).path(key));
		const last = await run(backup);
		expect(last.summary).toMatchObject({ status: 'complete', files: 1 });
		expect(notices(last).length).toBe(isLost ? 1 : 0);
		await expectWhole(backup);
	},
);

test('a full run left the unfinished archives of the run it gave up in the books', async () => {
	const backup = await killedHalfway();
	backup.spec.full = true;
	expect((await run(backup)).summary?.status).toBe('complete');
	expect(store(backup).uploads()).toEqual([]);
	expect(readdirSync(join(backup.secretsDir, 'runs'))).toEqual([]);
	backup.spec.full = false;
	const { summary } = await run(backup);
	expect(summary?.details.unchangedFiles).toBe(4);
});

test('a hard link came into an earlier archive than its first name', async () => {
	const backup = makeTestBackup(workDir, { workers: 1, splitSize: 256 * KiB });
	writeFileSync(join(backup.source, 'a'), random.bytes(200 * KiB));
	writeFileSync(join(backup.source, 'b'), random.bytes(200 * KiB));
	linkSync(join(backup.source, 'a'), join(backup.source, 'z'));
	await run(backup, { point: 'datasync', nth: 5, when: 'after' });
	for (const name of readdirSync(join(backup.secretsDir, 'runs'))) rmSync(join(backup.secretsDir, 'runs', name));
	expect((await run(backup)).summary?.status).toBe('complete');
	await expectWhole(backup);
});

describe('what cannot be read', () => {
	const unprivileged = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
	const can =
		!isRoot || spawnSync(unprivileged[0]!, [...unprivileged.slice(1), process.execPath, '--version']).status === 0;

	/** A killed backup as a user who may not read one of its files, and how to go on with it. */
	async function killedInPlace(): Promise<{ backup: TestBackup; options: { under: string[] } } | undefined> {
		const backup = makeTestBackup(workDir, { workers: 1 });
		for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(backup.source, name), random.bytes(200 * KiB));
		chmodSync(join(backup.source, 'a'), 0);
		if (isRoot) {
			chmodSync(base, 0o755);
			spawnSync('chown', ['-R', '65534:65534', workDir]);
			// The folder for temporary files may be root's alone.
			if (!asNobody(() => existsSync(backup.source))) return undefined;
		}
		const options = { spec: backup.spec, workDir, under: isRoot ? unprivileged : [] };
		const first = await attempt({ ...options, kill: { point: 'datasync', nth: 10, when: 'after' } });
		expect(first.killed, first.stderr).toBe(true);
		return { backup, options };
	}

	test.skipIf(!can)('was taken for stored after a kill', async () => {
		const killed = await killedInPlace();
		if (!killed) return;
		const { summary } = await attempt({ spec: killed.backup.spec, workDir, ...killed.options });
		expect(summary?.status).toBe('partial');
		expect(summary?.errors).toBe(1);
	});

	test.skipIf(!can)('was told and counted again by a second scan', async () => {
		const killed = await killedInPlace();
		if (!killed) return;
		// The archive is given up, which leads to another scan.
		const keys = join(killed.backup.secretsDir, 'runs');
		for (const name of readdirSync(keys)) rmSync(join(keys, name));
		const { events, summary } = await attempt({ spec: killed.backup.spec, workDir, ...killed.options });
		expect(summary?.status).toBe('partial');
		expect(summary?.errors).toBe(1);
		expect(events.filter(({ event }) => event === 'problem').length).toBe(1);
	});
});

describe('a source', () => {
	test('that is left out was passed over in silence', async () => {
		const backup = makeTestBackup(workDir);
		backup.spec.job.sources.push('/proc');
		backup.spec.skipPaths.push(join(workDir, 'home'));
		backup.spec.job.sources.push(join(workDir, 'home'));
		const first = await run(backup);
		expect(notices(first)).toEqual([
			'The source /proc is left out: it belongs to a file system that the kernel makes up.',
			`The source ${join(workDir, 'home')} is left out: Firn itself keeps its files there.`,
		]);
	});

	test('that had become empty was passed over in silence', async () => {
		const backup = makeTestBackup(workDir);
		mkdirSync(join(backup.source, 'below'));
		writeFileSync(join(backup.source, 'below', 'a'), 'one');
		expect(notices(await run(backup))).toEqual([]);
		renameSync(join(backup.source, 'below'), join(workDir, 'elsewhere'));
		const second = await run(backup);
		expect(notices(second)).toEqual([
			`The source ${backup.source} is empty, and the last snapshot has 2 entries of it. Is its disk mounted?`,
		]);
		expect(second.summary?.status).toBe('complete');
	});
});
