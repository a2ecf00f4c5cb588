import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planUnopened } from '../../src/restore/plan-unopened.ts';
import { makeBackup } from '../support/hand-made-backup.ts';
import { runRestore } from './run-restore.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'firn-copies-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const big = (letter: string) => letter.repeat(5000);

/** Archive 1: old/a, old/b. Archive 2: the content of old/a as new/c. Archive 3: both, and more, as new/d and new/e. */
function backup(change: string) {
	const made = makeBackup({
		folder,
		runs: [
			{
				archives: [
					[
						{ path: 'old/a', content: big('a') },
						{ path: 'old/b', content: big('b') },
					],
				],
			},
			{
				archives: [
					[{ path: 'new/c', content: big('a') }],
					[
						{ path: 'new/d', content: big('a') },
						{ path: 'new/e', content: big('b') },
						{ path: 'new/f', content: big('f').repeat(50) },
					],
				],
			},
		],
	});
	const db = new DatabaseSync(made.stateFile);
	db.exec(change);
	db.close();
	return made;
}

const archivesOf = (stateFile: string, paths: string[], rest: { warm?: string[]; archives?: number[] } = {}) => {
	// Only stores have classes.
	const destination = { url: 's3://bucket/p' };
	const planned = planUnopened({ stateFile, paths, destination, ...rest }, join(folder, `${Math.random()}.sqlite3`), 1);
	const archives = planned.plan.archives();
	planned.plan.close();
	return archives;
};

const ALL_COLD = `UPDATE archives SET storage_class = 'DEEP_ARCHIVE'`;

test('content is taken from where nothing has to be thawed, and comes under its own name', async () => {
	const made = backup(`UPDATE archives SET storage_class = 'DEEP_ARCHIVE' WHERE archive = 1`);
	expect(archivesOf(made.stateFile, ['old/a'])).toEqual([2]);
	expect(archivesOf(made.stateFile, ['old'])).toEqual([3]);
	const target = join(folder, 'target');
	const { summary, problems } = await runRestore(made, target, { paths: ['old'] });
	expect(problems).toEqual([]);
	expect(summary.files).toBe(2);
	expect(readFileSync(join(target, 'old/a'), 'latin1')).toBe(big('a'));
	expect(readFileSync(join(target, 'old/b'), 'latin1')).toBe(big('b'));
});

test('of cold archives those are thawed that have the fewest bytes, and none that is thawed already costs', () => {
	const made = backup(ALL_COLD);
	expect(archivesOf(made.stateFile, ['old/a'])).toEqual([2]);
	expect(archivesOf(made.stateFile, ['old'])).toEqual([1]);
	expect(archivesOf(made.stateFile, ['old'], { warm: [made.keys[2]!] })).toEqual([3]);
});

test('a restore goes on with the archives that it was begun with', () => {
	const made = backup(ALL_COLD);
	const warm = [made.keys[2]!];
	const begun = archivesOf(made.stateFile, ['old', 'new/c'], { warm });
	expect(archivesOf(made.stateFile, ['old', 'new/c'], { archives: begun })).toEqual(begun);
});

test('an archive that is gone costs nothing that lies elsewhere too', async () => {
	const made = backup(`UPDATE archives SET status = 'missing' WHERE archive = 1`);
	const { summary, problems } = await runRestore(made, join(folder, 'target'), { paths: ['old'] });
	expect(problems).toEqual([]);
	expect(summary).toMatchObject({ status: 'complete', files: 2 });
});
