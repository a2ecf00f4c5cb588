import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mirrorCase } from '../../support/mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('mirror-named');
});
afterEach(() => removeTree(root));

test('just the named paths are copied, and no deletion is taken over', async () => {
	const { run, source, mirror, differences } = mirrorCase(root, { deletions: 'follow', excludes: ['*.log'] });
	for (const path of ['a', 'dir/b', 'dir/gone', 'far/c', 'x.log']) put(source, path);
	await run();
	for (const path of ['a', 'dir/b', 'far/c']) writeFileSync(join(source, path), 'changed');
	rmSync(join(source, 'dir', 'gone'));
	chmodSync(join(mirror, 'far'), 0o555);
	const paths = ['dir', 'far/c', 'x.log'].map((path) => join(source, path));
	expect(await run({ paths, dryRun: true })).toMatchObject({ details: { newFiles: 3 } });
	const named = await run({ paths });
	expect(named).toMatchObject({ status: 'complete', details: { newFiles: 3, deletedFiles: 0 } });
	const at = (path: string) => readFileSync(join(mirror, path), 'utf8');
	expect([at('a'), at('dir/b'), at('far/c')]).toEqual(['a', 'changed', 'changed']);
	expect([existsSync(join(mirror, 'x.log')), existsSync(join(mirror, 'dir', 'gone'))]).toEqual([true, true]);
	expect(await run()).toMatchObject({ details: { newFiles: 1, deletedFiles: 1 } });
	expect(differences()).toEqual([]);
});

test('a first run of one path only, deep in the source', async () => {
	const { run, source, mirror, differences } = mirrorCase(root);
	for (const path of ['a/b/c', 'a/d']) put(source, path);
	mkdirSync(join(source, 'empty'));
	await run({ paths: [join(source, 'a', 'b')] });
	expect([existsSync(join(mirror, 'a/b/c')), existsSync(join(mirror, 'a/d'))]).toEqual([true, false]);
	await run();
	expect(differences()).toEqual([]);
});
