/** Keeping snapshots by rules: each kept one restores as it was, and store, books and a recovery agree at every step. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { PlanPruneWork } from '../../src/catalog/spec.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { RestoreRun } from '../../src/restore/restore-run.ts';
import { openState } from '../../src/state/open-state.ts';
import { planItems } from '../../src/state/plan-store.ts';
import { listRuns } from '../../src/state/snapshots.ts';
import { listVersions } from '../../src/state/versions.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { rebuild } from '../support/same-state.ts';
import { type SmallJob, smallJob } from './small-job.ts';

const DAY = 86_400_000;
const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;

let small: SmallJob;
let simulator: S3Simulator | undefined;
/** What was in the source at each run. */
let trees: Map<number, Record<string, string>>;
afterEach(async () => {
	small.close();
	await simulator?.close();
	simulator = undefined;
});

/** A run a day, the last one today: files come, change, stay and go. */
async function backUpDaily(days: number): Promise<void> {
	trees = new Map();
	const docs = join(small.root, 'docs');
	writeFileSync(join(docs, 'always'), 'the same');
	for (let day = 1; day <= days; day++) {
		writeFileSync(join(docs, `changes-${day % 4}`), `day ${day} `.repeat(3000));
		writeFileSync(join(docs, `only-${day}`), `day ${day}`);
		rmSync(join(docs, `only-${day - 2}`), { force: true });
		if (day % 5 === 0) rmSync(join(docs, `changes-${(day + 1) % 4}`), { force: true });
		expect((await small.backup()).status).toBe('complete');
		trees.set(day, treeOf(docs));
		const then = Date.now() - (days - day) * DAY;
		small.sql('UPDATE runs SET started = ? WHERE run = ?', then, day);
		small.sql('UPDATE archives SET stored = ? WHERE run = ?', then, day);
	}
}

function treeOf(folder: string): Record<string, string> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return Object.fromEntries(
		files.map(({ parentPath, name }) => [basename(name), readFileSync(join(parentPath, name), 'utf8')]).sort(),
	);
}

let restores = 0;
async function restored(stateFile: string, snapshot: number): Promise<Record<string, string>> {
	restores += 1;
	const target = join(small.root, `restored-${restores}`);
	mkdirSync(target);
	const spec = { stateFile, paths: [], target, identities: [small.identity], existing: 'keep' as const };
	const run = new RestoreRun({ ...spec, dryRun: false, workers: 1, snapshot }, { progress: () => {}, event: () => {} });
	const summary = await run.execute();
	if (summary.error) throw new Error(`${summary.error.code}: ${summary.error.message}`);
	expect(summary.status).toBe('complete');
	return treeOf(target);
}

function snapshotsIn(stateFile: string): number[] {
	const db = openState(stateFile, 'read');
	try {
		return listRuns(db).flatMap(({ snapshot }) => snapshot ?? []);
	} finally {
		db.close();
	}
}

/** Store, books and a recovery agree: each snapshot that either offers is what was there at its time. */
async function expectAgreement(kept: number[]): Promise<void> {
	expect((await small.planSync()).items).toEqual([]);
	expect(snapshotsIn(small.stateFile)).toEqual(kept);
	const again = join(small.root, 'again.sqlite3');
	const { summary, problems } = await rebuild(small.job, again, [small.identity]);
	expect(problems).toEqual([]);
	expect(summary.status).toBe('complete');
	expect(snapshotsIn(again)).toEqual(kept);
	for (const snapshot of kept) {
		expect(await restored(small.stateFile, snapshot)).toEqual(trees.get(snapshot));
		expect(await restored(again, snapshot)).toEqual(trees.get(snapshot));
	}
}

const planned = async (keep: PlanPruneWork['keep'], pay = false) => {
	const { details, archives, ...rest } = await small.work({ kind: 'planPrune', keep, pay, prices });
	const work = { kind: 'prune', plan: String(details.plan), dropped: Number(details.dropped), archives } as const;
	return { work, details, archives, ...rest };
};

test('after 30 days, each snapshot that the rules keep is whole, and what only others needed is gone', async () => {
	small = smallJob();
	await backUpDaily(30);
	const before = readdirSync(small.store, { recursive: true }).length;
	const { work, details, archives } = await planned({ last: 2, daily: 4, weekly: 3 });
	const kept = snapshotsIn(small.stateFile).filter((run) => !planSnapshots(work.plan).includes(run));
	expect(kept.length).toBeLessThanOrEqual(9);
	expect(details).toMatchObject({ dropped: 30 - kept.length, kept: kept.length, waiting: 0, fee: 0 });
	expect(archives).toBeGreaterThan(5);
	// Planned alone, nothing has changed.
	expect(snapshotsIn(small.stateFile)).toHaveLength(30);
	expect(await small.work({ ...work, dropped: 1 })).toMatchObject({ error: { code: 'WRONG_COUNT' } });
	expect(await small.work({ kind: 'delete', plan: work.plan, archives })).toMatchObject({ error: { code: 'NO_PLAN' } });
	expect(await small.work(work)).toMatchObject({ status: 'complete', archives, details: { dropped: work.dropped } });
	expect(readdirSync(small.store, { recursive: true }).length).toBeLessThan(before - 2 * archives);
	await expectAgreement(kept);
	// The dropped ones are not offered, by number or by file.
	await expect(restored(small.stateFile, 2)).rejects.toThrow('SNAPSHOT_MISSING');
	const db = openState(small.stateFile, 'read');
	expect(listRuns(db)[1]).toMatchObject({ status: 'dropped', snapshot: null });
	expect(listVersions(db, `${small.root.slice(1)}/docs/only-2`)).toEqual([]);
	db.close();
	// Again: nothing; more strictly: down to the only one.
	expect((await planned({ last: 2, daily: 4, weekly: 3 })).work).toMatchObject({ dropped: 0, archives: 0 });
	const { work: last } = await planned({ last: 1 });
	await small.work(last);
	await expectAgreement([30]);
	writeFileSync(join(small.root, 'docs', 'new'), 'new');
	await small.backup();
	trees.set(31, treeOf(join(small.root, 'docs')));
	await expectAgreement([30, 31]);
});

function planSnapshots(plan: string): number[] {
	const db = openState(small.stateFile, 'read');
	try {
		return planItems(db, plan, { kinds: ['snapshot'] }).map(({ details }) => Number(details.snapshot));
	} finally {
		db.close();
	}
}

test('without rules nothing is planned, and a plan does not outlive the books it was made from', async () => {
	small = smallJob();
	await backUpDaily(3);
	expect(await small.work({ kind: 'planPrune', keep: {}, pay: false })).toMatchObject({
		error: { code: 'NOTHING_TO_KEEP', kind: 'usage' },
	});
	const { work } = await planned({ last: 1 });
	await small.backup();
	expect(await small.work(work)).toMatchObject({ error: { code: 'PLAN_STALE' } });
	expect(snapshotsIn(small.stateFile)).toEqual([1, 2, 3, 4]);
});

test('in cold storage, what would cost waits until it is free, or is paid for', async () => {
	simulator = await startS3Simulator();
	small = smallJob(simulator);
	await backUpDaily(8);
	small.sql(`UPDATE archives SET storage_class = 'DEEP_ARCHIVE'`);
	small.sql(`UPDATE archives SET stored = ? WHERE run <= 2`, Date.now() - 200 * DAY);
	const paid = await planned({ last: 1 }, true);
	expect(paid.details).toMatchObject({ waiting: 0, waitingFee: 0 });
	expect(Number(paid.details.fee)).toBeGreaterThan(0);
	const { work, details, archives } = await planned({ last: 1 });
	expect(details).toMatchObject({ fee: 0, waiting: paid.archives - archives });
	expect(Number(details.waitingFee)).toBeCloseTo(Number(paid.details.fee), 9);
	expect(Number(details.freeFrom)).toBeGreaterThan(Date.now() + 170 * DAY);
	expect(archives).toBeGreaterThan(0);
	expect(await small.work(work)).toMatchObject({ status: 'complete', archives, details: { waiting: details.waiting } });
	expect(snapshotsIn(small.stateFile)).toEqual([8]);
	// Half a year later the rest is free.
	small.sql('UPDATE archives SET stored = stored - ?', 200 * DAY);
	const later = await small.work({ kind: 'pruneByRules', keep: { last: 1 }, prices });
	expect(later).toMatchObject({ status: 'complete', archives: details.waiting, details: { dropped: 0, waiting: 0 } });
	expect((await small.planSync()).items).toEqual([]);
});

test('nothing is dropped when the store is not there', async () => {
	small = smallJob();
	await backUpDaily(2);
	rmSync(small.store, { recursive: true });
	mkdirSync(small.store);
	const { work } = await planned({ last: 1 });
	expect(await small.work(work)).toMatchObject({ error: { code: 'STORE_EMPTY' } });
	expect(snapshotsIn(small.stateFile)).toEqual([1, 2]);
});

const PROCESS = fileURLToPath(new URL('../support/catalog-process.ts', import.meta.url));
const HOOK = fileURLToPath(new URL('../support/kill-hook.ts', import.meta.url));

/** Prunes in a process that dies at the n-th operation of a kind. @returns whether it did */
function killed(work: object, kill: { point: string; nth: number; when: 'before' | 'after' }): boolean {
	const dir = join(small.root, 'kills', `${kill.point}-${kill.nth}-${kill.when}`);
	mkdirSync(dir, { recursive: true });
	const spec = join(dir, 'spec.json');
	writeFileSync(spec, JSON.stringify({ job: small.job, stateFile: small.stateFile, version: '0', work }));
	const env = { ...process.env, FIRN_KILL: JSON.stringify({ dir, ...kill }) };
	return spawnSync(process.execPath, ['--import', HOOK, PROCESS, spec], { env }).signal === 'SIGKILL';
}

test('kill -9 between any two steps: what is offered can be restored, and the next call ends it', async () => {
	small = smallJob();
	await backUpDaily(9);
	let most = 9;
	let kills = 0;
	for (const [point, nth, when] of [
		['statement', 1, 'after'],
		['rename', 1, 'before'],
		['rename', 1, 'after'],
		['unlink', 1, 'after'],
		['statement', 2, 'before'],
		['statement', 3, 'after'],
	] as const) {
		most -= 1;
		const { work } = await planned({ last: most });
		if (killed(work, { point, nth, when })) kills += 1;
		const again = join(small.root, 'cut.sqlite3');
		expect((await rebuild(small.job, again, [small.identity])).problems).toEqual([]);
		for (const file of [small.stateFile, again])
			for (const snapshot of snapshotsIn(file).slice(0, 3))
				expect(await restored(file, snapshot)).toEqual(trees.get(snapshot));
		const { work: rest } = await planned({ last: most });
		expect(await small.work(rest)).toMatchObject({ status: 'complete' });
		const { plan, items } = await small.planSync();
		// A manifest that was cut off while it was written is an upload that nobody goes on with.
		expect(items.filter((item) => !item.startsWith('upload '))).toEqual([]);
		await small.work({ kind: 'sync', plan, unknown: 'keep', abortUploads: true });
	}
	expect(kills).toBe(6);
	await expectAgreement(snapshotsIn(small.stateFile));
	expect(existsSync(join(small.store, 'RECOVER.txt'))).toBe(true);
});
