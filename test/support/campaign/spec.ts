/** What a test's backup is started with. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from '../../../src/archive/age/identity.ts';
import type { BackupSpec } from '../../../src/backup/spec.ts';
import type { Job } from '../../../src/config/job.ts';

export interface TestBackup {
	spec: BackupSpec;
	workDir: string;
	source: string;
	secretsDir: string;
	stateFile: string;
	identityFile: string;
}

/** Makes the folders of a backup of `workDir`/source to `workDir`/destination, with an identity of its own. */
export function makeTestBackup(workDir: string, job: Partial<Job> = {}): TestBackup {
	const source = join(workDir, 'source');
	const secretsDir = join(workDir, 'home', 'secrets');
	const stateFile = join(workDir, 'home', 'state.sqlite3');
	const identityFile = join(workDir, 'identity.txt');
	mkdirSync(secretsDir, { recursive: true });
	mkdirSync(source, { recursive: true });
	const { identity, recipient } = generateIdentity();
	writeFileSync(identityFile, `${identity}\n`);
	const encrypt = job.encrypt ?? true;
	const spec: BackupSpec = {
		job: {
			id: 'abcdefghij',
			name: 'case',
			sources: [source],
			destination: { url: join(workDir, 'destination') },
			layout: 'archive',
			compression: 'none',
			encrypt,
			recipients: encrypt ? [recipient] : [],
			excludes: [],
			excludeSystem: true,
			excludeDeveloper: false,
			oneFileSystem: false,
			splitSize: 1024 * 1024,
			partSize: 64 * 1024,
			workers: 2,
			limitUpload: 0,
			created: new Date(0).toISOString(),
			...job,
		},
		stateFile,
		secretsDir,
		full: false,
		dryRun: false,
		mode: 'new',
		version: '0',
		skipPaths: [],
	};
	return { spec, workDir, source, secretsDir, stateFile, identityFile };
}
