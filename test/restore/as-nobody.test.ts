import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBackup } from '../support/hand-made-backup.ts';
import { isRoot, removeTree, scratchFolder } from '../support/trees.ts';

const NOBODY = 65534;
let folder: string;
beforeEach(() => {
	folder = scratchFolder('nobody');
});
afterEach(() => removeTree(folder));

it.runIf(isRoot)('who is not root restores without owners, and without lending out rights', () => {
	const other = { uid: 1234, gid: 2345 };
	const backup = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'd', type: 'dir', mode: 0o500, ...other },
						{ path: 'd/setuid', content: 'x', mode: 0o6755, ...other },
						{ path: 'd/own', content: 'x', mode: 0o6755, uid: NOBODY, gid: NOBODY },
						{ path: 'device', type: 'char', devMajor: 1, devMinor: 3 },
					],
				],
			},
		],
	});
	const target = join(folder, 'target');
	mkdirSync(target);
	execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
	const module = new URL('../../src/restore/restore-run.ts', import.meta.url).href;
	const script = join(folder, 'child.mjs');
	writeFileSync(
		script,
		`import { RestoreRun } from ${JSON.stringify(module)};
		const events = [];
		const run = new RestoreRun(JSON.parse(process.argv[2]), { progress() {}, event: (event) => events.push(event) });
		console.log(JSON.stringify({ summary: await run.execute(), events }));`,
	);
	const spec = {
		stateFile: backup.stateFile,
		paths: [],
		target,
		identities: [backup.identity],
		existing: 'keep',
		dryRun: false,
		workers: 1,
	};
	const restore = () => {
		const ran = spawnSync(process.execPath, [script, JSON.stringify(spec)], {
			uid: NOBODY,
			gid: NOBODY,
			cwd: folder,
			encoding: 'utf8',
		});
		expect(ran.stderr).toBe('');
		return JSON.parse(ran.stdout);
	};
	for (const alreadyRight of [0, 2]) {
		const { summary, events } = restore();
		expect(summary).toMatchObject({ status: 'partial', errors: 1, details: { alreadyRight } });
		const problems = events.filter(({ event }: { event: string }) => event === 'problem');
		expect(problems).toMatchObject([{ problem: { path: 'device', code: 'NEEDS_ROOT' } }]);
		const notices = events.filter(({ event }: { event: string }) => event === 'notice');
		expect(notices.length).toBe(1);
		expect(notices[0].message).toContain('only root can give files away');
	}
	expect(lstatSync(join(target, 'd/setuid')).mode & 0o7777).toBe(0o755);
	expect(lstatSync(join(target, 'd/own')).mode & 0o7777).toBe(0o6755);
	expect(lstatSync(join(target, 'd')).mode & 0o7777).toBe(0o500);
	expect(lstatSync(join(target, 'd/own')).uid).toBe(NOBODY);
	expect(readFileSync(join(target, 'd/own'), 'utf8')).toBe('x');
});
