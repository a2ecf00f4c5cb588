/** A run that only looks: it tells how far it is, and can be stopped. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DryRun } from '../../src/backup/dry-run.ts';
import type { TaskProgress } from '../../src/core/task.ts';
import { makeTestBackup } from '../support/campaign/spec.ts';

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-dry-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function dryRun(folders: number) {
	const { spec, source } = makeTestBackup(root);
	for (let at = 0; at < folders; at++) {
		mkdirSync(join(source, `${at}`));
		for (let n = 0; n < 10; n++) writeFileSync(join(source, `${at}`, `${n}`), 'x');
	}
	const told: TaskProgress[] = [];
	const reporter = { progress: (progress: TaskProgress) => void told.push(progress), event: () => {} };
	return { told, run: new DryRun({ ...spec, dryRun: true }, reporter) };
}

test('it counts what is new', async () => {
	const { run } = dryRun(3);
	expect(await run.execute()).toMatchObject({ status: 'complete', details: { dryRun: 1, newFiles: 30, newBytes: 30 } });
});

test('a stop is heard while it goes on, and is no failure', async () => {
	const { told, run } = dryRun(150);
	const ending = run.execute();
	// From a timer: the scan must let others have their turn.
	setTimeout(() => run.stop(), 1);
	const summary = await ending;
	expect(summary).toMatchObject({ status: 'stopped', archives: 0 });
	expect(summary.error).toBeUndefined();
	expect(told.every((progress) => progress.kind === 'backup' && progress.phase === 'scan')).toBe(true);
});
