/** One case of the campaign with a folder as destination: a few killed attempts, one that ends, and all the checks. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from '../../../src/archive/age/identity.ts';
import type { BackupSpec } from '../../../src/backup/spec.ts';
import type { Compression } from '../../../src/core/object-names.ts';
import type { KillPoint } from '../kill-hook.ts';
import { attempt } from './attempt.ts';
import { checkBackup } from './check-backup.ts';
import { Random } from './random.ts';
import { SameBytes } from './same-bytes.ts';
import { StateView } from './state-view.ts';
import { FolderView } from './store-view.ts';
import { changeTree, makeTree, pathsBelow, type TreeShape } from './tree.ts';

export interface CaseResult {
	kills: string[];
	wrong: string[];
	story: string[];
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** How often each operation happens in a backup of this size, roughly; what is never reached just does not kill. */
const POINTS: readonly [KillPoint['point'], number][] = [
	['lstatSync', 140],
	['readSync', 200],
	['statement', 300],
	['statement', 900],
	['commit', 12],
	['commit', 90],
	['create', 12],
	['write', 80],
	['datasync', 80],
	['sync', 25],
	['link', 12],
	['unlink', 14],
	['mkdir', 12],
	['rename', 2],
	['renameSync', 1],
	['fsyncSync', 3],
	['rmSync', 1],
];

/** @param seed tells everything about the case */
export async function runFolderCase(seed: number, base: string): Promise<CaseResult> {
	const random = new Random(seed);
	const workDir = join(base, `case-${seed}`);
	rmSync(workDir, { recursive: true, force: true });
	const source = join(workDir, 'source');
	const destination = join(workDir, 'destination');
	const secretsDir = join(workDir, 'home', 'secrets');
	const stateFile = join(workDir, 'home', 'state.sqlite3');
	const identityFile = join(workDir, 'identity.txt');
	mkdirSync(secretsDir, { recursive: true });
	const { identity, recipient } = generateIdentity();
	writeFileSync(identityFile, `${identity}\n`);
	const encrypt = random.chance(0.6);
	const splitSize = random.pick([MiB, 1.5 * MiB, 2 * MiB]);
	const shape: TreeShape = { middling: 100 * KiB, huge: Math.round(splitSize * 1.3), smallFiles: random.int(20, 100) };
	const spec: BackupSpec = {
		job: {
			id: 'abcdefghij',
			name: 'case',
			sources: [source],
			destination: { url: destination },
			layout: 'archive',
			compression: random.pick<Compression>(['none', 'gzip', 'zstd']),
			encrypt,
			recipients: encrypt ? [recipient] : [],
			excludes: [],
			excludeSystem: true,
			excludeDeveloper: false,
			oneFileSystem: false,
			splitSize,
			partSize: random.pick([64 * KiB, 64 * KiB, 64 * KiB + 16, 100_000, 128 * KiB]),
			workers: random.int(1, 3),
			limitUpload: 0,
			created: new Date(0).toISOString(),
		},
		stateFile,
		secretsDir,
		full: false,
		dryRun: false,
		mode: 'new',
		version: '0',
		skipPaths: [],
	};
	const { compression, partSize, workers } = spec.job;
	const story = [
		`seed ${seed}: ${compression}${encrypt ? ', encrypted' : ''}, parts of ${partSize}, ${workers} workers`,
	];
	makeTree(source, random, shape);
	const everSeen = new Set(pathsBelow(source));
	const store = new FolderView(destination);
	const same = new SameBytes();
	const kills: string[] = [];
	const wrong: string[] = [];
	const change = () => {
		story.push(...changeTree(source, random, shape));
		for (const path of pathsBelow(source)) everSeen.add(path);
	};

	if (random.chance(0.3)) {
		const { summary } = await attempt({ spec, workDir });
		if (summary?.status !== 'complete') return { kills, wrong: [`the first run ended ${summary?.status}`], story };
		story.push('a whole run before');
		change();
	}
	let files = 0;
	const changes = random.chance(0.5);
	for (let left = random.int(1, 4); left > 0; left--) {
		const [point, most] = random.pick(POINTS);
		const kill: KillPoint | { afterMs: number } = random.chance(0.1)
			? { afterMs: random.int(150, 900) }
			: { point, nth: random.int(1, most), when: random.pick(['before', 'half', 'after']) };
		const result = await attempt({ spec, workDir, kill });
		story.push(`${JSON.stringify(kill)} ${result.killed ? 'killed' : `ended ${JSON.stringify(result.summary)}`}`);
		if (result.killed) kills.push('point' in kill ? `${kill.point} ${kill.when}` : 'delay');
		else if (result.summary?.status !== 'complete') wrong.push('an attempt that was not killed failed');
		if (encrypt) watch(stateFile, store, same);
		if (changes && random.chance(0.7)) change();
		if (wrong.length > 0) break;
	}
	const last = await attempt({ spec, workDir });
	story.push(`at last ${JSON.stringify(last.events)} ${JSON.stringify(last.summary)}`);
	if (last.summary?.status !== 'complete') wrong.push(`the last attempt ended ${last.summary?.status} ${last.stderr}`);
	files = last.summary?.files ?? 0;
	const options = { source, stateFile, secretsDir, identityFile, store, workDir, everSeen };
	if (wrong.length === 0) wrong.push(...(await checkBackup(options)));
	if (encrypt) watch(stateFile, store, same);
	wrong.push(...same.wrong, ...sentTwice(workDir, stateFile, encrypt));
	if (wrong.length === 0 && random.chance(0.2)) {
		const again = await attempt({ spec, workDir });
		const { archives, details } = again.summary ?? {};
		if (archives !== 0 || details?.unchangedFiles !== files) {
			wrong.push(`a run after it was to find nothing new: ${JSON.stringify(again.summary)}`);
		}
	}
	if (wrong.length === 0) rmSync(workDir, { recursive: true });
	return { kills, wrong, story };
}

/** Keeps what is there of each archive's bytes. */
function watch(stateFile: string, store: FolderView, same: SameBytes): void {
	if (!existsSync(stateFile)) return;
	const state = new StateView(stateFile);
	try {
		const uploads = new Set(store.uploads());
		const keys = new Set(store.keys());
		for (const { key, upload_id: id } of state.archives()) {
			if (id !== null && uploads.has(id)) same.see(key, store.partial(id));
			if (keys.has(key)) same.see(key, readFileSync(store.path(key)));
		}
	} finally {
		state.close();
	}
}

/** Pieces of partial files that were written again after they had been durable. */
function sentTwice(workDir: string, stateFile: string, encrypt: boolean): string[] {
	const state = new StateView(stateFile);
	// Of an archive that is not encrypted, parts may be replaced where files have changed.
	const exempt = new Set(
		state.archives().flatMap(({ upload_id: id, status }) => (status === 'stored' && encrypt ? [] : [id])),
	);
	state.close();
	const seen = new Set<string>();
	const twice: string[] = [];
	for (const line of readFileSync(join(workDir, 'durable.log'), 'utf8').split('\n')) {
		if (line === '') continue;
		const [, id = '', position] = /([^/"]+)" (\d+) \d+$/.exec(line) ?? [];
		const name = `${id} ${position}`;
		if (seen.has(name) && !exempt.has(id)) twice.push(`written twice: ${name}`);
		seen.add(name);
	}
	return twice;
}
