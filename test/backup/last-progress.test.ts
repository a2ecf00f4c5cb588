/** What the screen of a run keeps when it has ended. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBackup } from '../../src/backup/start-backup.ts';
import type { TaskProgress } from '../../src/core/task.ts';
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
