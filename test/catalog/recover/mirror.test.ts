/** Mirrors in stores brought back from their lists alone. */

import { linkSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lookForJobs } from '../../../src/catalog/recover/look.ts';
import { Rebuild } from '../../../src/catalog/recover/rebuild.ts';
import type { TaskEvent } from '../../../src/core/task.ts';
import { RestoreRun } from '../../../src/restore/restore-run.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../../support/store-mirror-case.ts';
import { isRoot, put, putFifo, removeTree, scratchFolder } from '../../support/trees.ts';

let root: string;
let mirror: StoreMirrorCase;
beforeEach(() => {
	root = scratchFolder('mirror-recover');
});
afterEach(async () => {
	await mirror.close();
	removeTree(root);
});

const identitiesOf = () => [readFileSync(mirror.identityFile, 'utf8').trim()];

async function rebuild(stateFile: string, identities = identitiesOf()) {
	const { id, destination } = mirror.spec.job;
	const problems: string[] = [];
	const event = (said: TaskEvent) => {
		if (said.event === 'problem') problems.push(said.problem.code);
	};
	const spec = { destination, identities, job: id, name: 'again', stateFile };
	return { ...(await new Rebuild(spec, { progress: () => {}, event }).execute()), problems };
}

/** All that the books say, but for when objects were noted. */
function books(file: string): unknown[] {
	const db = new DatabaseSync(file, { readOnly: true });
	const tables = [
		`WITH RECURSIVE paths (dir, path) AS (VALUES (1, '')
			UNION ALL SELECT d.dir, path || '/' || d.name FROM paths JOIN dirs AS d ON d.parent = paths.dir)
		SELECT path, name, last, type, mode, uid, gid, size, CAST(mtime AS TEXT), CAST(ctime AS TEXT), CAST(ino AS TEXT), link,
			sha256, offset, length FROM entries JOIN paths USING (dir) ORDER BY path, name`,
		'SELECT key, size, etag, crc32 FROM objects ORDER BY key',
		'SELECT run, id, status, files, bytes FROM runs ORDER BY run DESC LIMIT 1',
	].map((sql) => db.prepare(sql).all());
	db.close();
	return tables;
}

it.each([
	['plain', false],
	['encrypted', true],
])('%s: the next run copies nothing, and a restore works', async (_name, encrypt) => {
	mirror = await storeMirrorCase(root, { encrypt });
	const { source, spec, run } = mirror;
	for (const name of ['a', 'd/b', 'Grüße', 'd/e/deep']) put(source, name, name.repeat(50), 0o640);
	mkdirSync(join(source, 'empty'));
	symlinkSync('nowhere', join(source, 'link'));
	linkSync(join(source, 'a'), join(source, 'z'));
	if (isRoot) putFifo(source, 'fifo');
	await run();
	put(source, 'later');
	await run();
	const { jobs } = await lookForJobs({ destination: spec.job.destination, identities: identitiesOf() });
	expect(jobs).toMatchObject([{ layout: 'mirror', name: 'case', sources: [source], encrypted: encrypt, requests: 1 }]);
	const stateFile = join(root, 'again.sqlite3');
	const found = await rebuild(stateFile);
	expect(found).toMatchObject({ status: 'complete', errors: 0, files: 6, details: { snapshot: 2, unfinished: 0 } });
	expect(books(stateFile)).toEqual(books(spec.stateFile));
	const next = await run({ stateFile, job: { ...spec.job, name: 'again' } });
	expect(next).toMatchObject({ status: 'complete', details: { newFiles: 0, metadataOnly: 0, unchangedFiles: 6 } });
	const target = join(root, 'target');
	const restore = {
		stateFile,
		paths: [],
		target,
		identities: identitiesOf(),
		existing: 'keep',
		dryRun: false,
	} as const;
	const reporter = { progress: () => {}, event: () => {} };
	const restored = await new RestoreRun({ ...restore, paths: [] }, reporter).execute();
	expect(restored).toMatchObject({ status: 'complete', files: 6, errors: 0 });
	expect(readFileSync(join(target, source, 'z'), 'utf8')).toBe('a'.repeat(50));
});

it('a list that is damaged or shut is refused, and leaves nothing behind', async () => {
	mirror = await storeMirrorCase(root, { encrypt: true });
	for (let file = 0; file < 50; file++) put(mirror.source, `${file}`);
	await mirror.run();
	const { simulator, spec } = mirror;
	const stateFile = join(root, 'again.sqlite3');
	const shut = await rebuild(stateFile, []);
	expect(shut).toMatchObject({ status: 'failed', error: { code: 'WRONG_IDENTITY' }, problems: ['WRONG_IDENTITY'] });
	const seen = await lookForJobs({ destination: spec.job.destination, identities: [] });
	expect(seen.jobs).toMatchObject([{ name: null, encrypted: true, problem: { code: 'WRONG_IDENTITY' } }]);
	const key = simulator.keys().find((one) => one.includes('.firn/'))!;
	const bytes = await simulator.content(key);
	bytes[bytes.length - 20]! ^= 1;
	simulator.damage(key, bytes);
	const rotten = await rebuild(stateFile);
	expect(rotten).toMatchObject({
		status: 'failed',
		error: { code: 'NOTHING_RECOVERED' },
		problems: ['RECORD_DAMAGED'],
	});
	expect(() => readFileSync(stateFile)).toThrow();
});
