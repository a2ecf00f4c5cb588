/** What the screen of a run keeps when it has ended. */

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBackup } from '../../src/backup/start-backup.ts';
import type { BackupProgress, TaskProgress } from '../../src/core/task.ts';
import { attempt } from '../support/campaign/attempt.ts';
import { makeTestBackup } from '../support/campaign/spec.ts';
import { put, removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('last-progress');
});
afterEach(() => removeTree(root));

test('the last progress of a short run says all that it came to', async () => {
	const { spec, source } = makeTestBackup(root);
	for (let file = 0; file < 7; file++) put(source, `${file}`);
	const told: TaskProgress[] = [];
	const summary = await startBackup(spec, { progress: (one) => void told.push(one), event: () => {} }).done;
	expect(summary).toMatchObject({ status: 'complete', files: 7 });
	expect(told.at(-1)).toMatchObject({ scannedFiles: 7, packedFiles: 7, archivesDone: 1 });
	expect(told.at(-1)).toMatchObject({ sentBytes: summary.details.uploadedBytes });
});

test('an archive that a killed run has left open counts as planned when it is gone on with', async () => {
	const { spec, source } = makeTestBackup(root);
	for (let file = 0; file < 7; file++) put(source, `${file}`, randomBytes(200 * 1024));
	const kill = { point: 'commit', nth: 6, when: 'after' } as const;
	expect((await attempt({ spec, workDir: root, kill })).killed).toBe(true);
	const told: BackupProgress[] = [];
	const progress = (one: TaskProgress) => void told.push(one as BackupProgress);
	const summary = await startBackup({ ...spec, mode: 'resume' }, { progress, event: () => {} }).done;
	expect(summary).toMatchObject({ status: 'complete', files: 7 });
	expect(told.at(-1)!.packedFiles).toBeGreaterThan(0);
	for (const one of told) {
		expect(one.finishedBytes).toBeLessThanOrEqual(one.plannedBytes);
		expect(one.packedFiles).toBeLessThanOrEqual(one.plannedFiles);
	}
});
