/** Restores of mirrors: plain files in a folder, objects in a bucket, age files. */

import { execFileSync, spawn } from 'node:child_process';
import {
	existsSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/config/job.ts';
import type { FileProblem, TaskEvent } from '../../src/core/task.ts';
import { RestoreRun } from '../../src/restore/restore-run.ts';
import type { RestoreSpec } from '../../src/restore/spec.ts';
import { mirrorCase } from '../support/mirror-case.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../support/store-mirror-case.ts';
import { makeOddTree, put, putFifo, putSparse, removeTree, scratchFolder, setMtime } from '../support/trees.ts';

let root: string;
let target: string;
let store: StoreMirrorCase | undefined;
beforeEach(() => {
	root = scratchFolder('mirror-restore');
	target = join(root, 'target');
});
afterEach(async () => {
	await store?.close();
	store = undefined;
	removeTree(root);
});

type Case = Pick<StoreMirrorCase, 'spec' | 'source'> & { identityFile?: string };

function specOf({ spec, identityFile }: Case, change: Partial<RestoreSpec> = {}): RestoreSpec {
	const identities = identityFile ? [readFileSync(identityFile, 'utf8').trim()] : [];
	return { stateFile: spec.stateFile, paths: [], target, identities, existing: 'keep', dryRun: false, ...change };
}

async function restore(mirror: Case, change: Partial<RestoreSpec> = {}) {
	const problems: FileProblem[] = [];
	const event = (said: TaskEvent) => {
		if (said.event === 'problem') problems.push(said.problem);
	};
	const summary = await new RestoreRun(specOf(mirror, change), { progress: () => {}, event }).execute();
	return { ...summary, problems };
}

/** What rsync would have to change of what was restored, a line each. */
function differences(source: string): string[] {
	const args = ['-aHni', '--checksum', '--delete', `${source}/`, `${join(target, source)}/`];
	return execFileSync('rsync', args, { encoding: 'latin1' }).split('\n').filter(Boolean);
}

function plant(source: string): void {
	for (let file = 0; file < 30; file++) put(source, `d${file % 3}/${file}`, `${file}`.repeat(100), 0o640);
	for (let file = 0; file < 3; file++) writeFileSync(join(source, `big${file}`), Buffer.alloc(400_000, file));
	put(source, 'empty', '');
	mkdirSync(join(source, 'no files'), { mode: 0o755 });
	symlinkSync('nowhere', join(source, 'link'));
	linkSync(join(source, 'd0/0'), join(source, 'other name'));
	putFifo(source, 'fifo');
	putSparse(source, 'holes', 2_000_000, [{ offset: 1_000_000, bytes: Buffer.from('data') }]);
	setMtime(source, 'd0', 1_500_000_000_000_000_000n);
}

async function inStore(folder: string, job: Partial<Job> = {}): Promise<StoreMirrorCase> {
	store = await storeMirrorCase(folder, job);
	return store;
}

const CASES: [string, (root: string) => Promise<Case & { run: () => Promise<{ status: string }> }>][] = [
	['plain files in a folder', async (folder) => mirrorCase(folder)],
	['objects in a bucket', (folder) => inStore(folder)],
	['age files in a bucket', (folder) => inStore(folder, { encrypt: true })],
	['age files in a folder', (folder) => inStore(folder, { encrypt: true, destination: { url: join(folder, 'disk') } })],
];

describe.each(CASES)('%s', (_name, make) => {
	it('come back as they were, and again without being fetched', async () => {
		const mirror = await make(root);
		plant(mirror.source);
		expect(await mirror.run()).toMatchObject({ status: 'complete' });
		const files = 36;
		const plan = await restore(mirror, { dryRun: true });
		expect(plan).toMatchObject({ status: 'complete', files, details: { dryRun: 1, plannedRequests: files - 1 } });
		expect(existsSync(target)).toBe(false);
		expect(await restore(mirror)).toMatchObject({ status: 'complete', files, errors: 0, archives: 0, problems: [] });
		expect(differences(mirror.source)).toEqual([]);
		const again = await restore(mirror);
		expect(again).toMatchObject({ status: 'complete', files, details: { alreadyRight: files, filesSkipped: 0 } });
	});

	it('single paths come back, a hard link without its first name, and what is there already is kept', async () => {
		const mirror = await make(root);
		plant(mirror.source);
		await mirror.run();
		const base = mirror.source.slice(1);
		const paths = [`${base}/other name`, `${base}/d1`];
		expect(await restore(mirror, { paths })).toMatchObject({ status: 'complete', files: 11 });
		const back = join(target, mirror.source);
		expect(readFileSync(join(back, 'other name'), 'utf8')).toBe('0'.repeat(100));
		expect(readdirSync(back).sort()).toEqual(['d1', 'other name']);
		writeFileSync(join(back, 'other name'), 'mine');
		const kept = await restore(mirror, { paths });
		expect(kept).toMatchObject({ files: 10, details: { filesSkipped: 1 } });
		expect(await restore(mirror, { paths, existing: 'overwrite' })).toMatchObject({ files: 11 });
		expect(readFileSync(join(back, 'other name'), 'utf8')).toBe('0'.repeat(100));
	});
});

it.each([CASES[0]!, CASES[2]!])('odd names of %s come back', async (_name, make) => {
	const mirror = await make(root);
	makeOddTree(mirror.source);
	await mirror.run();
	const { status, error, problems } = await restore(mirror);
	expect({ status, error, problems }).toEqual({ status: 'complete', error: undefined, problems: [] });
	// Sockets are never backed up, and with .age behind it a name may be too long for a folder.
	const missing = differences(mirror.source).filter((line) => !line.startsWith('cS') && line.length < 255);
	expect(missing).toEqual([]);
});

describe('a damaged mirror', () => {
	it.each([
		['plain', false],
		['encrypted', true],
	])('%s: costs the files that are damaged or gone, and no others', async (_name, encrypt) => {
		store = await storeMirrorCase(root, { encrypt });
		const { source, simulator, run, spec } = store;
		plant(source);
		await run();
		const ending = encrypt ? '.age' : '';
		const rotten = `pre/source/big1${ending}`;
		const bytes = await simulator.content(rotten);
		bytes[200_000]! ^= 1;
		simulator.damage(rotten, bytes);
		simulator.state.change({ type: 'delete', bucket: 'bucket', key: `pre/source/d1/1${ending}` });
		const { status, problems, files } = await restore(store);
		expect({ status, files }).toEqual({ status: 'partial', files: 34 });
		const codes = Object.fromEntries(problems.map(({ path, code }) => [path.slice(spec.job.sources[0]!.length), code]));
		expect(codes).toEqual({ big1: encrypt ? 'DAMAGED' : 'HASH_MISMATCH', 'd1/1': 'NOT_FOUND' });
		expect(readdirSync(join(target, source)).filter((name) => name.includes('.firn-'))).toEqual([]);
	});

	it('is not even begun on without the right identity', async () => {
		store = await storeMirrorCase(root, { encrypt: true });
		put(store.source, 'a');
		await store.run();
		const none = await restore(store, { identities: [] });
		expect(none).toMatchObject({ status: 'failed', error: { code: 'NO_IDENTITY', kind: 'usage' } });
		expect(existsSync(target)).toBe(false);
	});

	it('of which only one snapshot is there gives no others', async () => {
		store = await storeMirrorCase(root);
		put(store.source, 'a', 'old');
		await store.run();
		put(store.source, 'a', 'new one');
		await store.run();
		const old = await restore(store, { snapshot: 1 });
		expect(old).toMatchObject({ status: 'failed', error: { code: 'SNAPSHOT_MISSING', kind: 'usage' } });
		expect(await restore(store)).toMatchObject({ status: 'complete', details: { snapshot: 2 } });
		expect(readFileSync(join(target, store.source, 'a'), 'utf8')).toBe('new one');
	});

	it('whose folder is not there is told so, and none is made', async () => {
		const mirror = mirrorCase(root);
		put(mirror.source, 'a');
		await mirror.run();
		rmSync(mirror.destination, { recursive: true });
		expect(await restore(mirror)).toMatchObject({ status: 'failed', error: { code: 'DEST_MISSING' } });
		expect(existsSync(mirror.destination)).toBe(false);
	});
});

it('a killed restore leaves whole files, and the next one completes it', async () => {
	store = await storeMirrorCase(root, { encrypt: true });
	const { source, run, simulator } = store;
	plant(source);
	await run();
	const child = join(root, 'child.mjs');
	writeFileSync(
		child,
		`import { startRestore } from ${JSON.stringify(new URL('../../src/restore/start-restore.ts', import.meta.url).href)};
		await startRestore(JSON.parse(process.argv[2]), { progress() {}, event() {} }).done;`,
	);
	simulator.faults.add({ operation: 'GetObject', times: 1000, fault: { kind: 'delay', ms: 20 } });
	for (const count of [5, 20]) {
		const env = { ...process.env, ...simulator.env };
		const running = spawn(process.execPath, [child, JSON.stringify(specOf(store))], { stdio: 'ignore', env });
		const exited = new Promise((resolve) => running.once('exit', resolve));
		const names = () => (existsSync(target) ? readdirSync(target, { recursive: true }).length : 0);
		while (running.exitCode === null && names() < count) await sleep(1);
		running.kill('SIGKILL');
		await exited;
	}
	simulator.faults.clear();
	expect(await restore(store)).toMatchObject({ status: 'complete', errors: 0, files: 36 });
	expect(differences(source)).toEqual([]);
});
