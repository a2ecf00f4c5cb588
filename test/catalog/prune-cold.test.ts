/** Pruning in cold classes while months pass: nothing that costs is done unasked, and what is kept restores as it was. */

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { pricesOf, priceTableWith } from '../../src/pricing/price-table.ts';
import { RestoreRun } from '../../src/restore/restore-run.ts';
import { openState } from '../../src/state/open-state.ts';
import { listRuns } from '../../src/state/snapshots.ts';
import { billOf } from '../support/s3-simulator/bill.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';
import { type SmallJob, smallJob } from './small-job.ts';

const DAY = 86_400_000;
const prices = pricesOf(priceTableWith(undefined), 'us-east-1')!;
const PROCESS = fileURLToPath(new URL('../support/catalog-process.ts', import.meta.url));
const HOOK = fileURLToPath(new URL('../support/kill-hook.ts', import.meta.url));

let small: SmallJob;
let simulator: S3Simulator;
/** What was in the source at each run. */
const trees = new Map<number, Record<string, string>>();
afterEach(async () => {
	small.close();
	await simulator.close();
	trees.clear();
});

async function begin(storageClass: string): Promise<void> {
	simulator = await startS3Simulator();
	small = smallJob(simulator, { storageClass });
}

/** One part of the files changes each time. */
async function backUp(run: number): Promise<void> {
	const docs = join(small.root, 'docs');
	for (const name of ['always', `changes-${run % 3}`]) {
		writeFileSync(join(docs, name), name === 'always' ? 'the same' : `run ${run} `.repeat(9000));
	}
	rmSync(join(docs, `only-${run - 1}`), { force: true });
	writeFileSync(join(docs, `only-${run}`), `run ${run} `.repeat(5000));
	expect((await small.backup()).status).toBe('complete');
	trees.set(run, treeOf(docs));
}

/** For the store and for the books. */
function pass(days: number): void {
	simulator.clock.advance(days * DAY);
	small.sql('UPDATE archives SET stored = stored - ?', days * DAY);
	small.sql('UPDATE runs SET started = started - ?', days * DAY);
}

function treeOf(folder: string): Record<string, string> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return Object.fromEntries(
		files.map(({ parentPath, name }) => [basename(name), readFileSync(join(parentPath, name), 'utf8')]).sort(),
	);
}

function snapshots(): number[] {
	const db = openState(small.stateFile, 'read');
	try {
		return listRuns(db).flatMap(({ snapshot }) => snapshot ?? []);
	} finally {
		db.close();
	}
}

let restores = 0;
/** Each snapshot that is offered is what was there at its time; thawing itself is not what is looked at here. */
async function expectWhole(kept: number[]): Promise<void> {
	expect(snapshots()).toEqual(kept);
	for (const key of simulator.keys()) simulator.object(key)!.storageClass = 'STANDARD';
	small.sql('UPDATE archives SET storage_class = NULL');
	for (const snapshot of kept) {
		restores += 1;
		const target = join(small.root, `restored-${restores}`);
		mkdirSync(target);
		const spec = { stateFile: small.stateFile, paths: [], target, identities: [small.identity], workers: 1, snapshot };
		const none = { progress: () => {}, event: () => {} };
		const { status, error } = await new RestoreRun({ ...spec, existing: 'keep', dryRun: false }, none).execute();
		expect([status, error]).toEqual(['complete', undefined]);
		expect(treeOf(target)).toEqual(trees.get(snapshot));
	}
}

function ended(args: string[], env: NodeJS.ProcessEnv): Promise<{ signal: NodeJS.Signals | null }> {
	const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
	return new Promise((resolve) => child.once('exit', (_, signal) => resolve({ signal })));
}

const cold = () => simulator.keys().filter((key) => simulator.object(key)?.storageClass !== 'STANDARD').length;

test.each([
	['GLACIER', 90],
	['DEEP_ARCHIVE', 180],
] as const)(
	'in %s nothing is deleted by the rules before %i days, and nothing is charged',
	async (storageClass, least) => {
		await begin(storageClass);
		let [deleted, waited] = [0, 0];
		for (let run = 1; run <= 5; run++) {
			await backUp(run);
			const summary = await small.work({ kind: 'pruneByRules', keep: { last: 2 }, prices });
			expect(summary.status).toBe('complete');
			expect(snapshots()).toEqual(run === 1 ? [1] : [run - 1, run]);
			deleted += summary.archives;
			waited += Number(summary.details.waiting);
			if ((run - 1) * 31 < least) expect(deleted, `run ${run}`).toBe(0);
			expect(billOf(simulator.log.entries).earlyDeletion).toBe(0);
			pass(31);
		}
		expect(waited).toBeGreaterThan(0);
		// Only of the shorter least time anything has become free by then.
		expect(deleted > 0).toBe(least < 180);
		// A year later all that nobody needs goes for nothing, and the books know the rest.
		pass(365);
		const before = cold();
		const last = await small.work({ kind: 'pruneByRules', keep: { last: 1 }, prices });
		expect(last).toMatchObject({ status: 'complete', details: { waiting: 0 } });
		expect(cold()).toBeLessThan(before);
		expect(billOf(simulator.log.entries).earlyDeletion).toBe(0);
		expect((await small.planSync()).items).toEqual([]);
		await expectWhole([5]);
		expect(await small.work({ kind: 'pruneByRules', keep: { last: 1 }, prices })).toMatchObject({ archives: 0 });
		expect(snapshots()).toEqual([5]);
	},
	120_000,
);

test('what somebody agrees to pay is what the store charges', async () => {
	await begin('DEEP_ARCHIVE');
	for (let run = 1; run <= 3; run++) {
		await backUp(run);
		pass(10);
	}
	const { details, archives } = await small.work({ kind: 'planPrune', keep: { last: 1 }, pay: true, prices });
	const work = { kind: 'prune', plan: String(details.plan), dropped: Number(details.dropped), archives } as const;
	expect(await small.work(work)).toMatchObject({ status: 'complete', archives });
	const { earlyDeletion } = billOf(simulator.log.entries);
	expect(Number(details.fee)).toBeGreaterThan(0);
	expect(earlyDeletion / Number(details.fee)).toBeCloseTo(1, 3);
	await expectWhole([3]);
});

test('killed with -9 at steps of the way: what is offered is whole, and the next call ends it', async () => {
	await begin('GLACIER');
	for (let run = 1; run <= 5; run++) await backUp(run);
	pass(400);
	let most = 5;
	for (const [nth, when] of [
		[1, 'after'],
		[2, 'before'],
		[3, 'after'],
	] as const) {
		most -= 1;
		const { details, archives } = await small.work({ kind: 'planPrune', keep: { last: most }, pay: false, prices });
		const work = { kind: 'prune', plan: String(details.plan), dropped: Number(details.dropped), archives };
		const dir = join(small.root, 'kills', String(most));
		mkdirSync(dir, { recursive: true });
		const spec = join(dir, 'spec.json');
		writeFileSync(spec, JSON.stringify({ job: small.job, stateFile: small.stateFile, version: '0', work }));
		const kill = JSON.stringify({ dir, point: 'statement', nth, when });
		// The simulator lives in this process and has to answer.
		const { signal } = await ended(['--import', HOOK, PROCESS, spec], { ...process.env, FIRN_KILL: kill });
		expect(signal, `${when} ${nth}`).toBe('SIGKILL');
		const rest = await small.work({ kind: 'pruneByRules', keep: { last: most }, prices });
		expect(rest.status).toBe('complete');
		expect((await small.planSync()).items.filter((item) => !item.startsWith('upload '))).toEqual([]);
	}
	await expectWhole([4, 5]);
});
