/** A mirror whose process is killed at any step: the next run goes on, and no name ever has half a file. */

import { linkSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt } from '../../support/campaign/attempt.ts';
import type { KillPoint } from '../../support/kill-hook.ts';
import { mirrorCase } from '../../support/mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';

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
