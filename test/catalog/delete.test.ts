/** Deleting archives: exactly what was planned and confirmed, and whatever happens, books and store end up agreeing. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { sidecarOf } from '../../src/core/object-names.ts';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { chooseDoomed, type DeleteWhat, Losses } from '../../src/state/doomed-archives.ts';
import { openState } from '../../src/state/open-state.ts';
import { planItems } from '../../src/state/plan-store.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { type SmallJob, smallJob } from './small-job.ts';

let small: SmallJob;
let simulator: S3Simulator | undefined;
afterEach(async () => {
	small.close();
	await simulator?.close();
	simulator = undefined;
});

const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const plan = async (what: DeleteWhat) => {
	const summary = await small.work({ kind: 'planDelete', what, prices });
	return { summary, plan: String(summary.details.plan) };
};
const remove = async (what: DeleteWhat) => {
	const { plan: id, summary } = await plan(what);
	return small.work({ kind: 'delete', plan: id, archives: summary.archives });
};
const archives = () =>
	small.sql('SELECT archive, key, status, deleted, files FROM archives ORDER BY archive') as {
		archive: number;
		key: string;
		status: string;
		deleted: number | null;
		files: number;
	}[];
const isThere = (key: string) => existsSync(join(small.store, key));

test('frees, notes and keeps the rows; the next run stores again what is lost', async () => {
	small = smallJob();
	small.write('a', 'b');
	await small.backup();
	const [first] = archives().filter(({ files }) => files > 0);
	const { summary, plan: id } = await plan({ archives: [String(first!.archive)] });
	expect(summary).toMatchObject({
		status: 'complete',
		archives: 1,
		details: { lost: 1, again: 1, snapshots: 1, fee: 0 },
	});
	const wrong = await small.work({ kind: 'delete', plan: id, archives: 2 });
	expect(wrong).toMatchObject({ status: 'failed', error: { code: 'WRONG_COUNT', kind: 'usage' } });
	expect(isThere(first!.key)).toBe(true);
	const done = await small.work({ kind: 'delete', plan: id, archives: 1 });
	expect(done).toMatchObject({ status: 'complete', archives: 1, details: { deleted: 1, refused: 0 } });
	expect([isThere(first!.key), isThere(sidecarOf(first!.key))]).toEqual([false, false]);
	const row = archives().find(({ archive }) => archive === first!.archive)!;
	expect(row.status).toBe('deleted');
	expect(row.deleted).toBeGreaterThan(Date.now() - 60_000);
	expect((await small.planSync()).items).toEqual([]);
	// The plan is spent, and so is the archive.
	expect(await small.work({ kind: 'delete', plan: id, archives: 1 })).toMatchObject({ error: { code: 'PLAN_STALE' } });
	expect(await small.work({ kind: 'planDelete', what: { archives: [first!.key] } })).toMatchObject({
		error: { code: 'ARCHIVE_UNKNOWN' },
	});
	expect((await small.backup()).details.newFiles).toBe(1);
});

test('what a kept snapshot needs is not unneeded', async () => {
	small = smallJob();
	small.write('a');
	await small.backup();
	rmSync(join(small.root, 'docs', 'a'));
	small.write('b');
	await small.backup();
	expect((await plan({ unneeded: true })).summary.archives).toBe(0);
	small.sql(`UPDATE runs SET status = 'abandoned' WHERE run = 1`);
	const { summary, plan: id } = await plan({ unneeded: true });
	expect(summary.archives).toBe(archives().length - 2);
	expect(summary.details.lost).toBe(0);
	expect(await small.work({ kind: 'delete', plan: id, archives: summary.archives })).toMatchObject({
		status: 'complete',
	});
	expect((await plan({ unneeded: true })).summary.archives).toBe(0);
});

test('early deletion costs what the rest of the 180 days does', async () => {
	simulator = await startS3Simulator();
	small = smallJob(simulator);
	small.write('a');
	await small.backup();
	const day = 86_400_000;
	small.sql(
		`UPDATE archives SET storage_class = 'DEEP_ARCHIVE', size = ?, stored = ?`,
		1024 ** 4,
		Date.now() - 60 * day,
	);
	const one = archives().find(({ files }) => files > 0)!;
	const { summary } = await plan({ archives: [one.key.split('/').slice(1).join('/')] });
	// 1 TiB for 120 days, with 40 KiB of overhead that does not show.
	expect(Number(summary.details.fee)).toBeCloseTo(1024 * 0.00099 * 4, 3);
	small.sql('UPDATE archives SET stored = ?', Date.now() - 200 * day);
	expect((await plan({ archives: [String(one.archive)] })).summary.details.fee).toBe(0);
});

test('what the store refuses to delete stays in the books as it is', async () => {
	simulator = await startS3Simulator();
	small = smallJob(simulator);
	small.write('a', 'b');
	await small.backup();
	simulator.faults.add({
		operation: 'DeleteObject',
		times: 1,
		fault: { kind: 'error', status: 403, code: 'AccessDenied' },
	});
	simulator.faults.add({
		operation: 'DeleteObject',
		times: 2,
		fault: { kind: 'error', status: 503, code: 'SlowDown' },
	});
	const done = await remove({ all: true });
	expect(done).toMatchObject({ status: 'partial', errors: 1, details: { refused: 1 } });
	expect(archives().filter(({ status }) => status === 'stored')).toHaveLength(1);
	const left = archives().find(({ status }) => status === 'stored')!;
	expect(simulator.keys().filter((key) => key.endsWith('.tar.age'))).toEqual([`pre/${left.key}`]);
	expect((await small.planSync()).items).toEqual([]);
});

const PROCESS = fileURLToPath(new URL('../support/catalog-process.ts', import.meta.url));
const HOOK = fileURLToPath(new URL('../support/kill-hook.ts', import.meta.url));

/** Deletes in a process that dies at the n-th operation of a kind. @returns whether it did */
function killed(id: string, count: number, kill: { point: string; nth: number; when: 'before' | 'after' }): boolean {
	const dir = join(small.root, 'kills', `${kill.point}-${kill.nth}-${kill.when}`);
	mkdirSync(dir, { recursive: true });
	const spec = join(dir, 'spec.json');
	const work = { kind: 'delete', plan: id, archives: count };
	writeFileSync(spec, JSON.stringify({ job: small.job, stateFile: small.stateFile, version: '0', work }));
	const env = { ...process.env, FIRN_KILL: JSON.stringify({ dir, ...kill }) };
	return spawnSync(process.execPath, ['--import', HOOK, PROCESS, spec], { env }).signal === 'SIGKILL';
}

test('kill -9 between any two steps: the next sync finishes what was begun, and nothing else is gone', async () => {
	small = smallJob();
	small.write('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
	await small.backup();
	let kills = 0;
	for (const [point, nth, when] of [
		['statement', 1, 'before'],
		['statement', 1, 'after'],
		['unlink', 1, 'before'],
		['unlink', 1, 'after'],
		['unlink', 2, 'after'],
		['statement', 2, 'before'],
		['statement', 2, 'after'],
	] as const) {
		const doomed = archives().filter(({ files, status }) => files > 0 && status === 'stored');
		const others = doomed.slice(1).map(({ key }) => key);
		const { plan: id } = await plan({ archives: [String(doomed[0]!.archive)] });
		if (killed(id, 1, { point, nth, when })) kills += 1;
		// Whatever happened, nobody relies on what may be gone.
		for (const { key, status } of archives()) if (status === 'stored') expect(isThere(key)).toBe(true);
		const { plan: sync } = await small.planSync();
		expect(await small.work({ kind: 'sync', plan: sync, unknown: 'keep', abortUploads: false })).toMatchObject({
			status: 'complete',
		});
		for (const { key, status, deleted } of archives()) {
			expect([isThere(key), isThere(sidecarOf(key))]).toEqual([status === 'stored', status === 'stored']);
			expect(deleted !== null).toBe(status === 'deleted');
		}
		for (const key of others) expect(isThere(key)).toBe(true);
		expect((await small.planSync()).items).toEqual([]);
	}
	expect(kills).toBe(7);
	expect(readdirSync(small.store)).toContain('RECOVER.txt');
});

/** Books of some runs: which file versions lie in which archive. */
const books = fc.record({
	runs: fc.array(fc.constantFrom('complete', 'partial', 'abandoned'), { minLength: 1, maxLength: 5 }),
	archives: fc.integer({ min: 1, max: 6 }),
	entries: fc.array(
		fc.record({
			first: fc.integer({ min: 1, max: 5 }),
			length: fc.integer({ min: -1, max: 4 }),
			current: fc.boolean(),
			archive: fc.integer({ min: 1, max: 6 }),
			content: fc.integer({ min: 0, max: 4 }),
		}),
		{ maxLength: 15 },
	),
});

test('unneeded are those that no snapshot needs, lost is what has no other copy', () => {
	fc.assert(
		fc.property(books, ({ runs, archives: count, entries }) => {
			const db = openState(':memory:', 'create');
			for (const [at, status] of runs.entries())
				db.prepare('INSERT INTO runs (id, started, status, full) VALUES (?, 0, ?, 0)').run(`r${at}`, status);
			for (let n = 1; n <= count; n++)
				db.prepare(
					`INSERT INTO archives (run, sequence, key, status, compression, encrypted, part_size, size)
					VALUES (1, ?, ?, 'stored', 'none', 0, 1, 10)`,
				).run(n, `k/${n}`);
			const put = db.prepare(
				'INSERT OR IGNORE INTO entries VALUES (1, ?, ?, ?, 0, 0, 0, 0, 1, 0, 0, 0, NULL, ?, ?, 0, 512)',
			);
			const versions = entries
				.filter(({ archive }) => archive <= count)
				.map((entry, n) => ({
					...entry,
					name: `f${n}`,
					last: entry.current ? 2147483647 : entry.first + entry.length,
				}));
			for (const { name, first, last, content, archive } of versions)
				put.run(name, first, last, Buffer.alloc(32, content), archive);
			const isNeeded = ({ first, last }: { first: number; last: number }) =>
				last >= first &&
				(last === 2147483647 || runs.some((status, at) => status !== 'abandoned' && at + 1 >= first && at + 1 <= last));
			const needed = new Set(versions.filter(isNeeded).map(({ archive }) => archive));
			const unneeded = chooseDoomed(db, { unneeded: true });
			expect(unneeded.map(({ archive }) => archive)).toEqual(
				Array.from({ length: count }, (_, n) => n + 1).filter((archive) => !needed.has(archive)),
			);
			const none = new Losses(db, unneeded);
			expect([...none.files()]).toEqual([]);
			none.close();
			const doomed = chooseDoomed(db, { archives: ['1'] });
			const losses = new Losses(db, doomed);
			const kept = new Set(versions.filter(({ archive }) => archive !== 1).map(({ content }) => content));
			const lost = versions.filter((one) => one.archive === 1 && isNeeded(one) && !kept.has(one.content));
			expect([...losses.files()].map(({ path }) => path).sort()).toEqual(lost.map(({ name }) => name).sort());
			losses.close();
			db.close();
		}),
		{ numRuns: 60 },
	);
});

test('the plan lists archives and lost files', async () => {
	small = smallJob();
	small.write('a');
	await small.backup();
	const { plan: id } = await plan({ all: true });
	const db = openState(small.stateFile, 'read');
	const items = planItems(db, id);
	db.close();
	expect(items.map(({ kind }) => kind)).toEqual(['archive', 'archive', 'lost']);
	expect(items.at(-1)).toMatchObject({ key: `${small.root.slice(1)}/docs/a`, details: { current: true } });
});
