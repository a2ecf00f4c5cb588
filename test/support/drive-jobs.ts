/** Backups to an emulated Drive that go on slowly enough for something to happen to them. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { namesIn } from './drive-emulator/names.ts';
import type { DriveHome } from './drive-home.ts';
import { until } from './firn.ts';

const MiB = 1024 * 1024;

export interface DriveJobs {
	/** Of what lies beside the home. */
	path: (name: string) => string;
	/** Begins a backup of a new folder of 6 MiB, at 4 MiB a second and 1 MiB a part; gives when something has been sent. */
	begin: (job: string, ...more: string[]) => Promise<void>;
	/** How it ends, and that it has stored each thing once, and all of it. */
	expectWhole: (job: string) => Promise<void>;
	/** Restores all of it, and compares. */
	restore: (job: string) => Promise<void>;
}

export function driveJobs({ firn, drive, to }: DriveHome): DriveJobs {
	const path = (name: string) => join(firn.root, name);
	const onDrive = (job: string) =>
		namesIn(drive, `backups/${job}`).map(({ path: name }) => name.slice(name.lastIndexOf('/') + 1));

	async function begin(job: string, ...more: string[]): Promise<void> {
		const source = path(job);
		mkdirSync(source);
		for (const name of ['a', 'b', 'c']) writeFileSync(join(source, name), randomBytes(2 * MiB));
		const slowly = ['--part-size', '1MiB', '--workers', '1', '--limit-upload', '4MiB'];
		const options = ['--job', job, ...slowly, '--detach', ...more];
		const { code, err } = await firn.run('backup', source, ...to(`backups/${job}`), ...options);
		expect([code, err]).toEqual([0, '']);
		await until('something is sent', () => drive.log.of('UploadChunk').some(({ status }) => status === 308));
	}

	async function expectWhole(job: string): Promise<void> {
		const { summary } = await firn.task(job, ({ kind, summary }) => kind === 'backup' && summary !== undefined);
		expect(summary).toMatchObject({ status: 'complete', files: 3, errors: 0 });
		expect(onDrive(job).sort()).toEqual(['000001.idx.age', '000001.tar.age', 'RECOVER.txt', 'manifest.age']);
		// One whose address never came here holds nothing, and ends by itself.
		expect(drive.sessions().filter(({ persisted }) => persisted > 0)).toEqual([]);
	}

	async function restore(job: string): Promise<void> {
		const target = path(`${job}-back`);
		const { records } = await firn.run('--json', 'restore', job, '--target', target);
		expect(records.at(-1)).toMatchObject({ status: 'complete', files: 3, errors: 0 });
		execFileSync('diff', ['-r', path(job), join(target, path(job))]);
	}

	return { path, begin, expectWhole, restore };
}
