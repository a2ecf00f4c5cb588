import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HandMadeBackup, makeBackup } from '../support/hand-made-backup.ts';
import { isRoot, removeTree, scratchFolder } from '../support/trees.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
let target: string;
let backup: HandMadeBackup;
const FILES = Array.from({ length: 400 }, (_, at) => ({
	path: `d${at % 20}/f${at}`,
	content: Buffer.alloc(at % 40 === 0 ? 900_000 : 3000, at),
}));

beforeEach(() => {
	folder = scratchFolder('interruption');
	target = join(folder, 'target');
	backup = makeBackup({ folder, runs: [{ archives: [FILES.slice(0, 200), FILES.slice(200)] }] });
});
afterEach(() => removeTree(folder));

/** Every file in the target, and that each is whole. */
function wholeFiles(): string[] {
	const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(target.length + 1));
	for (const path of paths.filter((name) => !name.includes('.firn-'))) {
		const { content } = FILES.find((file) => file.path === path)!;
		expect(readFileSync(join(target, path)).equals(content)).toBe(true);
	}
	return paths;
}

it('a killed restore leaves whole files, and the next one completes it and sweeps up', async () => {
	const script = `
		import { startRestore } from ${JSON.stringify(new URL('../../src/restore/start-restore.ts', import.meta.url).href)};
		const spec = JSON.parse(process.argv[2]);
		console.log((await startRestore(spec, { progress() {}, event() {} }).done).status);
	`;
	const spec = {
		stateFile: backup.stateFile,
		paths: [],
		target,
		identities: [backup.identity],
		existing: 'keep',
		dryRun: false,
	};
	const child = join(folder, 'child.mjs');
	writeFileSync(child, script);
	mkdirSync(target);
	const killedPids: number[] = [];
	for (let count = 20; count < 400; count += 80) {
		const running = spawn(process.execPath, [child, JSON.stringify(spec)], { stdio: 'ignore' });
		const exited = new Promise((resolve) => running.once('exit', resolve));
		while (running.exitCode === null && readdirSync(target, { recursive: true }).length < count) await sleep(1);
		running.kill('SIGKILL');
		await exited;
		if (running.signalCode === 'SIGKILL') killedPids.push(running.pid!);
		wholeFiles();
	}
	expect(killedPids.length).toBeGreaterThan(0);
	const { summary } = await runRestore(backup, target, { workers: 2 });
	expect(summary).toMatchObject({ status: 'complete', files: 400, errors: 0 });
	expect(wholeFiles().sort()).toEqual(FILES.map(({ path }) => path).sort());
	// Their plans are gone too.
	const dead = killedPids.map((pid) => `firn-restore-${pid.toString(36)}-`);
	expect(readdirSync(tmpdir()).filter((name) => dead.some((prefix) => name.startsWith(prefix)))).toEqual([]);
});

const canMount = isRoot && spawnSync('mount', ['--version']).status === 0;

it.runIf(canMount)('a full disk ends the restore with whole files only; with space it goes on', async (context) => {
	mkdirSync(target);
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', target]).status !== 0) context.skip();
	try {
		const { summary } = await runRestore(backup, target, { workers: 2 });
		expect(summary).toMatchObject({ status: 'failed', error: { code: 'TARGET_FULL', retry: 'later' } });
		expect(summary.error!.message).toContain(target);
		const before = wholeFiles();
		expect(before.length).toBeGreaterThan(0);
		expect(before.filter((path) => path.includes('.firn-'))).toEqual([]);
		execFileSync('mount', ['-o', 'remount,size=64m', target]);
		const again = await runRestore(backup, target);
		expect(again.summary).toMatchObject({ status: 'complete', files: 400, details: { alreadyRight: before.length } });
		expect(wholeFiles().length).toBe(400);
	} finally {
		execFileSync('umount', [target]);
	}
});

it('a target that cannot be written is refused in words', async () => {
	writeFileSync(join(folder, 'file'), '');
	const { summary } = await runRestore(backup, join(folder, 'file/below'));
	expect(summary).toMatchObject({ status: 'failed', error: { code: 'TARGET_NOT_FOLDER' } });
});
