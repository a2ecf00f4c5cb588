/** What lies only in archives that the store has lost is stored again by the next run, and by none after that. */

import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { startBackup } from '../../src/backup/start-backup.ts';
import { jobSchema } from '../../src/config/job.ts';
import { listFiles } from '../../src/state/browse.ts';
import { openState } from '../../src/state/open-state.ts';

let root: string;
let spec: BackupSpec;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-gone-'));
	const source = join(root, 'docs');
	mkdirSync(source);
	const job = jobSchema.parse({
		id: 'abcdefghjk',
		name: 'docs',
		sources: [source],
		destination: { url: join(root, 'store') },
		encrypt: false,
		created: new Date().toISOString(),
	});
	const how = { full: false, dryRun: false, mode: 'new', version: '0', skipPaths: [] } as const;
	spec = { job, stateFile: join(root, 'state.sqlite3'), secretsDir: join(root, 'secrets'), ...how, skipPaths: [] };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = async () => {
	const summary = await startBackup(spec, { progress: () => {}, event: () => {} }).done;
	expect(summary.status).toBe('complete');
	return summary.details;
};

function mark(archive: number, status: string): void {
	const db = openState(spec.stateFile, 'write');
	db.prepare('UPDATE archives SET status = ? WHERE archive = ?').run(status, archive);
	db.close();
}

test.each(['missing', 'deleted'])('archives that are %s', async (status) => {
	const file = (name: string) => join(root, 'docs', name);
	writeFileSync(file('a'), 'first');
	await run();
	writeFileSync(file('b'), 'second');
	linkSync(file('a'), file('z'));
	expect(await run()).toMatchObject({ newFiles: 3 });
	expect(await run()).toMatchObject({ newFiles: 0 });
	writeFileSync(file('c'), 'third');
	await run();
	// a and its link are in archive 2 by now, and so is b.
	mark(1, status);
	expect(await run()).toMatchObject({ newFiles: 0 });
	mark(2, status);
	expect(await run()).toMatchObject({ newFiles: 3 });
	expect(await run()).toMatchObject({ newFiles: 0 });
	const db = openState(spec.stateFile, 'read');
	const files = listFiles(db, { limit: 100 }).rows.filter(({ type }) => type !== 'dir');
	db.close();
	expect(files.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored', 'stored']);
});

test('a hard link is stored again together with the content it leads to', async () => {
	const file = (name: string) => join(root, 'docs', name);
	writeFileSync(file('a'), 'content');
	linkSync(file('a'), file('b'));
	await run();
	const db = openState(spec.stateFile, 'write');
	db.exec(`INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size)
		VALUES (1, 99, 'elsewhere', 'missing', 'none', 0, 1);
		UPDATE entries SET archive = last_insert_rowid() WHERE name = 'a'`);
	db.close();
	expect(await run()).toMatchObject({ newFiles: 2 });
	expect(await run()).toMatchObject({ newFiles: 0 });
});
