/** A mirror whose process is killed at any step: the next run goes on, and no name ever has half a file. */

import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	linkSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt } from '../../support/campaign/attempt.ts';
import type { KillPoint } from '../../support/kill-hook.ts';
import { mirrorCase } from '../../support/mirror-case.ts';
import { asNobody, isRoot, put, removeTree, scratchFolder } from '../../support/trees.ts';

const OLD = 'old '.repeat(200_000);
const NEW = 'new '.repeat(200_001);

let root: string;
beforeEach(() => {
	root = scratchFolder('mirror-kill');
});
afterEach(() => removeTree(root));

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));

const POINTS: KillPoint[] = [
	{ point: 'readSync', nth: 3, when: 'before' },
	{ point: 'fsyncSync', nth: 1, when: 'before' },
	{ point: 'fsyncSync', nth: 3, when: 'after' },
	{ point: 'renameSync', nth: 1, when: 'before' },
	{ point: 'renameSync', nth: 2, when: 'after' },
	{ point: 'renameSync', nth: 6, when: 'before' },
	{ point: 'renameSync', nth: 6, when: 'after' },
	{ point: 'commit', nth: 1, when: 'after' },
	{ point: 'commit', nth: 2, when: 'before' },
];

describe.each(POINTS)('killed $when $point $nth', (kill) => {
	it('leaves whole files only, and the next run makes it right', async () => {
		const { spec, run, source, mirror, destination, differences } = mirrorCase(root, { deletions: 'move' });
		for (const name of ['a/big', 'b/big', 'c']) put(source, name, OLD);
		for (let file = 0; file < 5; file++) put(source, `gone/${file}`, OLD);
		linkSync(join(source, 'c'), join(source, 'hard'));
		await run();
		for (const name of ['a/big', 'b/big', 'b/new']) writeFileSync(join(source, name), NEW);
		rmSync(join(source, 'gone/1'));
		rmSync(join(source, 'gone/2'));
		symlinkSync('c', join(source, 'link'));

		const { killed, stderr } = await attempt({ spec, workDir: root, kill });
		expect({ killed, stderr }).toEqual({ killed: true, stderr: '' });
		for (const file of filesIn(mirror)) {
			if (!file.endsWith('.partial')) expect([OLD, NEW].includes(readFileSync(file, 'utf8')), file).toBe(true);
		}

		expect((await run()).status).toBe('complete');
		expect(differences()).toEqual([]);
		const all = filesIn(destination);
		expect(all.filter((file) => file.includes('.partial'))).toEqual([]);
		const moved = all.filter((file) => file.includes('.firn-deleted')).map((file) => file.slice(-6));
		expect(moved.sort()).toEqual(['gone/1', 'gone/2']);
	});
});

describe("without root's rights", () => {
	const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
	const can = isRoot && spawnSync(user[0]!, [...user.slice(1), process.execPath, '--version']).status === 0;

	it.skipIf(!can)('a mirror tells what it cannot read, and changes and removes what is read-only', async () => {
		const { spec, source, mirror } = mirrorCase(root, { deletions: 'follow' });
		for (const name of ['a', 'secret', 'ro/x', 'ro/deep/y', 'gone/deep/z']) put(source, name);
		for (const name of ['ro', 'gone/deep', 'gone']) chmodSync(join(source, name), 0o555);
		chmodSync(join(source, 'secret'), 0);
		chmodSync(root, 0o755);
		spawnSync('chown', ['-R', '65534:65534', root]);
		// The folder for temporary files may be root's alone.
		if (!asNobody(() => existsSync(source))) return;
		const first = await attempt({ spec, workDir: root, under: user });
		expect(first.summary).toMatchObject({ status: 'partial', errors: 1 });
		removeTree(join(source, 'gone'));
		writeFileSync(join(source, 'ro/new'), 'new');
		const { summary } = await attempt({ spec, workDir: root, under: user });
		expect(summary).toMatchObject({ status: 'partial', errors: 1 });
		expect(readdirSync(mirror).sort()).toEqual(['a', 'ro']);
		expect(readdirSync(join(mirror, 'ro')).sort()).toEqual(['deep', 'new', 'x']);
		expect(statSync(join(mirror, 'ro')).mode & 0o777).toBe(0o555);
	});
});
