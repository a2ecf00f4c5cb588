/** A state database that was lost comes back row by row, whatever befell the runs that wrote it. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	cpSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../../src/config/job.ts';
import { openDestination } from '../../../src/destinations/open-destination.ts';
import { RestoreRun } from '../../../src/restore/restore-run.ts';
import { type AttemptOptions, attempt } from '../../support/campaign/attempt.ts';
import { makeTestBackup, type TestBackup } from '../../support/campaign/spec.ts';
import { type S3Simulator, startS3Simulator } from '../../support/s3-simulator/simulator.ts';
import { differences, rebuild, rowsOf } from '../../support/same-state.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-rows-'));
let simulator: S3Simulator;
beforeAll(async () => {
	simulator = await startS3Simulator({ minPartSize: 64 * 1024, maxPageSize: 7 });
});
afterAll(async () => {
	await simulator?.close();
	rmSync(root, { recursive: true });
});

const KiB = 1024;

function makeTree(source: string): void {
	for (let folder = 0; folder < 4; folder++) {
		mkdirSync(join(source, `d${folder}`, 'deep'), { recursive: true });
		for (let file = 0; file < 10; file++)
			writeFileSync(join(source, `d${folder}`, file % 2 ? 'deep' : '', `f${file}`), randomBytes(10 * KiB));
	}
	linkSync(join(source, 'd0/f0'), join(source, 'd3/hard'));
	symlinkSync('../d0/f0', join(source, 'd1/soft'));
	mkdirSync(join(source, 'empty'));
	execFileSync('mkfifo', [join(source, 'fifo')]);
	writeFileSync(join(source, 'sparse'), 'x');
	truncateSync(join(source, 'sparse'), 500 * KiB);
	writeFileSync(Buffer.concat([Buffer.from(join(source, 'odd ')), Buffer.from([0xff, 0x80, 0x0a])]), 'odd');
	writeFileSync(join(source, 'd2', '\u001b[31m\u202e\u{1f600}'), 'odd, too');
}

/** Names come and go, a folder becomes a file and the other way round, a hard link goes its own way. */
function changeTree(source: string): void {
	rmSync(join(source, 'd0/f2'));
	rmSync(join(source, 'd1'), { recursive: true });
	writeFileSync(join(source, 'd1'), 'was a folder');
	rmSync(join(source, 'd2/f4'));
	mkdirSync(join(source, 'd2/f4'));
	writeFileSync(join(source, 'd2/f4/inside'), 'new');
	rmSync(join(source, 'd3/hard'));
	writeFileSync(join(source, 'd3/hard'), 'own content');
	writeFileSync(join(source, 'd3/f6'), randomBytes(20 * KiB));
}

function change(file: string, sql: string): void {
	const db = new DatabaseSync(file);
	db.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
	db.close();
}

const LIVE = new Set(['running', 'stopped', 'failed']);

/**
 * What can be recovered of a database whose last run died: that run is given up, what had not become a whole archive with
 * its sidecar is gone, and so is what only its scan had noticed.
 */
function asRecovered(file: string, sidecars: string[]): string[] {
	const copy = `${file}.expected`;
	for (const ending of ['', '-wal', '-shm']) rmSync(copy + ending, { force: true });
	const db = new DatabaseSync(file);
	db.exec(`VACUUM INTO '${copy}'`);
	const known = sidecars.map((key) => `'${key.replace('.idx', '.tar')}'`).join();
	const { run, status } = db.prepare('SELECT run, status FROM runs ORDER BY run DESC LIMIT 1').get()!;
	db.close();
	expect(LIVE).toContain(status);
	change(
		copy,
		`DELETE FROM archives WHERE status <> 'stored' OR replace(key, '.zst', '') NOT IN (${known});
		DELETE FROM entries WHERE archive NOT IN (SELECT archive FROM archives);
		UPDATE archives SET sidecar = 1;
		DELETE FROM parts; DELETE FROM planned; DELETE FROM index_pieces;
		DELETE FROM problems WHERE run = ${run};
		UPDATE runs SET status = 'abandoned', error = NULL WHERE run = ${run};
		UPDATE entries AS old SET last = 2147483647 WHERE last = ${Number(run)} - 1 AND NOT EXISTS (
			SELECT 1 FROM entries AS now WHERE now.dir = old.dir AND now.name = old.name AND now.first = ${run})`,
	);
	return rowsOf(copy);
}

interface Place {
	destination: Job['destination'];
	env: Record<string, string>;
}

async function sidecarsOf({ destination: config, env }: Place): Promise<string[]> {
	const destination = await openDestination(config, env);
	const keys: string[] = [];
	for await (const { key } of destination.list('')) if (key.includes('.idx')) keys.push(key);
	await destination.close();
	return keys;
}

describe.each(['folder', 'S3'])('from a %s', (kind) => {
	const workDir = join(root, kind);
	let backup: TestBackup;
	let place: Place;
	let identities: string[];
	const again = join(workDir, 'again.sqlite3');

	beforeAll(() => {
		place =
			kind === 'S3'
				? { destination: { url: 's3://bucket/some/prefix', endpoint: simulator.endpoint }, env: simulator.env }
				: { destination: { url: join(workDir, 'destination') }, env: {} };
		backup = makeTestBackup(workDir, {
			destination: place.destination,
			compression: kind === 'S3' ? 'zstd' : 'none',
			splitSize: 150 * KiB,
			// What cannot be read makes a run partial, with problems.
			sources: [join(workDir, 'source'), join(workDir, 'not there')],
		});
		identities = [readFileSync(backup.identityFile, 'utf8').trim()];
		makeTree(backup.source);
	});

	const run = (job: Partial<Job> = {}, more: Partial<AttemptOptions> = {}, full = false) =>
		attempt({
			spec: { ...backup.spec, full, job: { ...backup.spec.job, ...job } },
			workDir,
			env: place.env,
			...more,
		});

	/** Kills a run as soon as so many of its sidecars are stored. */
	async function killed(sidecars: number): Promise<void> {
		const before = (await sidecarsOf(place)).length;
		const result = await run(
			{ limitUpload: 700 * KiB, workers: 1 },
			{
				started: async (kill, ended) => {
					let isOver = false;
					void ended.then(() => {
						isOver = true;
					});
					while (!isOver && (await sidecarsOf(place)).length < before + sidecars) await sleep(10);
					kill();
				},
			},
		);
		expect(result.killed).toBe(true);
	}

	const recovered = () => rebuild(backup.spec.job, again, identities, place.env);

	test('several runs', async () => {
		expect((await run()).summary?.status).toBe('partial');
		changeTree(backup.source);
		expect((await run()).summary?.status).toBe('partial');
		rmSync(join(backup.source, 'd3'), { recursive: true });
		expect((await run()).summary?.status).toBe('partial');
		const { summary, problems } = await recovered();
		expect(problems).toEqual([]);
		expect(summary).toMatchObject({ status: 'complete', errors: 0, details: { runs: 3, snapshots: 3 } });
		expect(differences(rowsOf(backup.stateFile), rowsOf(again))).toEqual([]);
	});

	test('a run that was killed, up to its last whole archive', async () => {
		rmSync(join(backup.source, 'd0/f4'));
		for (let file = 0; file < 30; file++) writeFileSync(join(backup.source, `d0/new${file}`), randomBytes(20 * KiB));
		await killed(2);
		const { summary } = await recovered();
		expect(summary).toMatchObject({ details: { runs: 4, snapshots: 3, unfinished: 1 } });
		expect(differences(asRecovered(backup.stateFile, await sidecarsOf(place)), rowsOf(again))).toEqual([]);
	});

	test('that run given up, then another one', async () => {
		expect((await run({}, {}, true)).summary?.status).toBe('partial');
		rmSync(join(backup.source, 'd0/f6'));
		expect((await run()).summary?.status).toBe('partial');
		const { summary, problems } = await recovered();
		expect(problems).toEqual([]);
		expect(summary).toMatchObject({ status: 'complete', details: { runs: 6, snapshots: 5 } });
		expect(differences(rowsOf(backup.stateFile), rowsOf(again))).toEqual([]);
	});

	test('each object is read once, and no archive at all', async () => {
		if (kind !== 'S3') return;
		simulator.log.clear();
		const { summary } = await recovered();
		const keys = simulator.keys().filter((key) => /\/(manifest|\d{6}\.idx)\.age$/.test(key));
		expect(
			simulator.log
				.of('GetObject')
				.map(({ key }) => key)
				.sort(),
		).toEqual(keys.sort());
		const objects = simulator.keys().filter((key) => key.includes(backup.spec.job.id));
		expect(simulator.log.count('ListObjectsV2')).toBe(Math.ceil(objects.length / 7));
		expect(simulator.log.entries.length).toBe(keys.length + Math.ceil(objects.length / 7));
		// It reckons with pages of 1,000.
		expect(summary.details.requests).toBe(keys.length + 1);
		const bytes = simulator.log.of('GetObject').reduce((sum, { bytesOut }) => sum + bytesOut, 0);
		expect(summary.details.fetchedBytes).toBe(bytes);
	});

	test('what was recovered restores, and the next run sends nothing', async () => {
		const { source, stateFile } = backup;
		await recovered();
		cpSync(again, stateFile);
		for (const ending of ['-wal', '-shm']) rmSync(stateFile + ending, { force: true });
		const next = await run();
		expect(next.summary).toMatchObject({ status: 'partial', archives: 0, details: { newFiles: 0 } });
		const target = join(workDir, 'out');
		Object.assign(process.env, place.env);
		const restore = new RestoreRun(
			{ stateFile, paths: [], target, identities, existing: 'keep', dryRun: false, workers: 2 },
			{ progress: () => {}, event: () => {} },
		);
		expect(await restore.execute()).toMatchObject({ status: 'complete', errors: 0 });
		rmSync(join(source, 'fifo'));
		rmSync(join(target, source, 'fifo'));
		execFileSync('diff', ['-r', '--no-dereference', source, join(target, source)]);
	});

	test('a run after a recovered one that died ends what is gone, and packs the rest', async () => {
		const { source, stateFile } = backup;
		for (let file = 0; file < 30; file++) writeFileSync(join(source, `d2/more${file}`), randomBytes(20 * KiB));
		await killed(2);
		rmSync(stateFile);
		for (const ending of ['-wal', '-shm']) rmSync(stateFile + ending, { force: true });
		await rebuild(backup.spec.job, stateFile, identities, place.env);
		rmSync(join(source, 'd2'), { recursive: true });
		const { summary } = await run();
		expect(summary?.status).toBe('partial');
		const db = new DatabaseSync(stateFile);
		const left = db.prepare(`SELECT name FROM entries WHERE name LIKE 'more%' AND last = 2147483647`).all();
		db.close();
		expect(left).toEqual([]);
		expect(differences(rowsOf(stateFile), rowsOf(await recoveredFile()))).toEqual([]);
	});

	const recoveredFile = async () => {
		const { problems } = await recovered();
		// Of an archive that was whole when its run was killed, but without a sidecar, nothing is known.
		expect(problems.filter(({ code }) => code !== 'SIDECAR_MISSING')).toEqual([]);
		return again;
	};
});
