/** A mirror that takes deletions over, killed at steps all over its run: the next one makes it what rsync would. */

import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attempt } from '../../support/campaign/attempt.ts';
import { mirrorCase } from '../../support/mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('mirror-deletions');
});
afterEach(() => removeTree(root));

const FILES = 24;

/** A tree, and then one that has lost, moved, changed and swapped some of it. */
function fill(source: string): void {
	for (let file = 0; file < FILES; file++) put(source, `${file % 4}/deep/${file}`, `file ${file} `.repeat(900));
	put(source, 'gone/deeper/last');
	put(source, 'was-folder/file');
	put(source, 'was-file');
}

function change(source: string): void {
	rmSync(join(source, 'gone'), { recursive: true });
	for (const file of [1, 2, 3]) rmSync(join(source, `${file % 4}/deep/${file}`));
	renameSync(join(source, '0/deep'), join(source, '0/moved'));
	writeFileSync(join(source, '3/deep/7'), 'changed');
	rmSync(join(source, 'was-folder'), { recursive: true });
	put(source, 'was-folder');
	rmSync(join(source, 'was-file'));
	mkdirSync(join(source, 'was-file'));
	put(source, 'was-file/file');
}

/** How often a run does what, at most. */
const counts = (folder: string): Map<string, number> =>
	new Map(readdirSync(folder).map((name) => [name.slice(0, -6), statSync(join(folder, name)).size]));

test.each(['follow', 'move'] as const)(
	'deletions %s: killed at any step, repeated, the same as with rsync',
	async (deletions) => {
		const first = join(root, 'whole');
		mkdirSync(first);
		const whole = mirrorCase(first, { deletions });
		fill(whole.source);
		await whole.run({ confirmDeletions: 100 });
		change(whole.source);
		const { killed, summary } = await attempt({ spec: { ...whole.spec, confirmDeletions: 100 }, workDir: first });
		expect([killed, summary?.status, whole.differences()]).toEqual([false, 'complete', []]);
		const steps = counts(join(first, 'count'));
		const points = ['unlinkSync', 'renameSync', 'statement', 'fsyncSync'].flatMap((point) => {
			const all = steps.get(point) ?? 0;
			// In the middle of the work, where folders have gone in part, and at its end.
			return [Math.ceil(all / 3), all].map(
				(nth, index) => ({ point, nth, when: index === 0 ? 'before' : 'after' }) as const,
			);
		});
		let kills = 0;
		for (const [index, kill] of points.filter(({ nth }) => nth > 0).entries()) {
			const folder = join(root, String(index));
			mkdirSync(folder);
			const { spec, source, run, destination, differences } = mirrorCase(folder, { deletions });
			fill(source);
			await run({ confirmDeletions: 100 });
			change(source);
			const cut = await attempt({ spec: { ...spec, confirmDeletions: 100 }, workDir: folder, kill });
			if (cut.killed) kills += 1;
			const again = await run({ confirmDeletions: 100 });
			expect(again.status, JSON.stringify(kill)).toBe('complete');
			expect(differences(), JSON.stringify(kill)).toEqual([]);
			const names = readdirSync(destination, { recursive: true, encoding: 'utf8' });
			expect(names.filter((name) => name.includes('.partial'))).toEqual([]);
			// Of what was deleted nothing is lost that was to be moved.
			const moved = names.filter((name) => /^\.firn-deleted\/.*(last|deep\/[123])$/.test(name));
			expect(new Set(moved.map((name) => name.split('/').at(-1))).size).toBe(deletions === 'move' ? 4 : 0);
			expect((await run({ confirmDeletions: 100 })).status).toBe('complete');
		}
		expect(kills).toBeGreaterThan(4);
	},
);
