/** A run of named paths that is killed goes on as just that, and leaves books that hold old and new. */

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { jobSchema } from '../../src/config/job.ts';
import { fromSqlName } from '../../src/state/names.ts';
import { attempt } from '../support/campaign/attempt.ts';
import { makeTestBackup } from '../support/campaign/spec.ts';
import type { KillPoint } from '../support/kill-hook.ts';
import { differences, rebuild, rowsOf } from '../support/same-state.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

const KiB = 1024;

/** The current files below a folder, and the first run of each version. */
function held(stateFile: string): Record<string, number> {
	const db = new DatabaseSync(stateFile);
	const rows = db.prepare('SELECT dir, name, first FROM entries WHERE last = 2147483647 AND type IN (0, 3)').all();
	const dirs = new Map(
		db
			.prepare('SELECT * FROM dirs')
			.all()
			.map((row) => [row.dir, row]),
	);
	const pathOf = (dir: unknown): string =>
		dir === 1 ? '' : `${pathOf(dirs.get(dir as number)!.parent)}/${fromSqlName(dirs.get(dir as number)!.name)}`;
	db.close();
	return Object.fromEntries(rows.map((row) => [`${pathOf(row.dir)}/${fromSqlName(row.name)}`, Number(row.first)]));
}

const POINTS: KillPoint[] = [
	{ point: 'commit', nth: 6, when: 'after' },
	{ point: 'write', nth: 12, when: 'half' },
	{ point: 'statement', nth: 60, when: 'before' },
];

test.each(POINTS)('killed at $point $nth', async (kill) => {
	const root = scratchFolder('kill-named');
	try {
		const backup = makeTestBackup(root, { splitSize: 150 * KiB });
		const { source, stateFile, spec } = backup;
		const outside = join(root, 'outside');
		const big = join(source, 'big');
		for (const folder of [outside, big]) mkdirSync(folder);
		for (const name of ['a', 'b', 'linked', 'big/gone']) writeFileSync(join(source, name), name);
		linkSync(join(source, 'linked'), join(source, 'other name'));
		const job = jobSchema.parse({ ...spec.job, extras: [outside] });
		const run = (more: Partial<BackupSpec>, at?: KillPoint) =>
			attempt({ spec: { ...spec, job, ...more }, workDir: root, ...(at ? { kill: at } : {}) });
		expect((await run({})).summary?.status).toBe('complete');

		for (let file = 0; file < 12; file++) writeFileSync(join(big, `new ${file}`), randomBytes(40 * KiB));
		writeFileSync(join(outside, 'o'), 'outside');
		writeFileSync(join(source, 'fresh'), 'no longer the content of other name');
		renameSync(join(source, 'fresh'), join(source, 'linked'));
		rmSync(join(big, 'gone'));
		// Not asked for.
		writeFileSync(join(source, 'a'), 'changed');
		rmSync(join(source, 'b'));
		const paths = [big, outside, join(source, 'linked')];
		expect((await run({ paths }, kill)).killed).toBe(true);
		const resumed = await run({ mode: 'resume' });
		expect(resumed.summary).toMatchObject({ status: 'complete', details: { snapshot: 2 } });

		const news = Array.from({ length: 12 }, (_, file) => [join(big, `new ${file}`), 2]);
		const olds = ['a', 'b'].map((name) => [join(source, name), 1]);
		const links = ['linked', 'other name'].map((name) => [join(source, name), 2]);
		const expected = Object.fromEntries([...news, ...olds, ...links, [join(outside, 'o'), 2]]);
		expect(held(stateFile)).toEqual(expected);
		const again = join(root, 'again.sqlite3');
		const identity = readFileSync(backup.identityFile, 'utf8').trim();
		await rebuild(job, again, [identity]);
		expect(differences(rowsOf(stateFile), rowsOf(again))).toEqual([]);
		expect((await run({})).summary).toMatchObject({ status: 'complete', files: 16, details: { newFiles: 1 } });
	} finally {
		removeTree(root);
	}
});

test('a run of all of the job goes on with an interrupted one of named paths, and the other way round', async () => {
	const root = scratchFolder('kill-named');
	try {
		const { source, stateFile, spec } = makeTestBackup(root, { splitSize: 150 * KiB });
		const outside = join(root, 'outside');
		mkdirSync(outside);
		for (const name of ['a', 'b']) writeFileSync(join(source, name), randomBytes(300 * KiB));
		writeFileSync(join(outside, 'o'), randomBytes(300 * KiB));
		const job = { ...spec.job, extras: [outside] };
		const run = (more: Partial<BackupSpec>, at?: KillPoint) =>
			attempt({ spec: { ...spec, job, ...more }, workDir: root, ...(at ? { kill: at } : {}) });
		const kill: KillPoint = { point: 'commit', nth: 6, when: 'after' };
		const all = [join(source, 'a'), join(source, 'b'), join(outside, 'o')];
		expect((await run({ paths: [outside] }, kill)).killed).toBe(true);
		expect((await run({})).summary).toMatchObject({ status: 'complete', files: 3 });
		expect(held(stateFile)).toEqual(Object.fromEntries(all.map((path) => [path, 1])));
		for (const path of all) writeFileSync(path, randomBytes(300 * KiB));
		expect((await run({}, kill)).killed).toBe(true);
		expect((await run({ paths: [outside] })).summary).toMatchObject({ status: 'complete', files: 3 });
		expect(held(stateFile)).toEqual(Object.fromEntries(all.map((path) => [path, 2])));
	} finally {
		removeTree(root);
	}
});
