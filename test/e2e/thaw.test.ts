/** Restores out of cold storage: real engine, simulated store, days in seconds. */

import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { greet, tryConnect } from '../../src/client/socket-channel.ts';
import { type ColdHome, coldHome, contentOf, HOUR, JOB } from '../support/cold-home.ts';
import { until } from '../support/firn.ts';
import { billOf } from '../support/s3-simulator/bill.ts';
import { CEPH } from '../support/s3-simulator/types.ts';

let firn: ColdHome;
afterEach(() => firn.closeAll());

const target = () => join(firn.root, 'back');
const back = (path: string) => join(target(), firn.source, path);
const filesOf = (count: number, size: number) =>
	Array.from({ length: count }, (_, index) => ({ path: `d${index % 7}/f${index}`, size }));
const ordered = () => firn.store.log.of('RestoreObject').filter(({ status }) => status < 300);
/** Asked without a process of its own; none while no engine runs. */
async function thaws() {
	const channel = await tryConnect(join(firn.home, 'engine.sock'));
	if (!channel) return [];
	await greet(channel);
	const { thaws: open } = await channel.call('thaws', {});
	channel.close();
	return open;
}
const summaryOf = (records: Record<string, unknown>[]) => records.find(({ event }) => event === 'summary');

/** Moves the time to each moment that the engine waits for, until nothing waits any more. */
async function passTime(): Promise<void> {
	const channel = await until('an engine', () => tryConnect(join(firn.home, 'engine.sock')));
	await greet(channel);
	for (let last = 0; ; await sleep(50)) {
		const { thaws: open } = await channel.call('thaws', {});
		if (open.length === 0 && last > 0) break;
		const next = open[0]?.until ?? 0;
		if (next > last) firn.advance(next - firn.store.clock.now());
		last = Math.max(last, next);
	}
	channel.close();
}

/** `npm run test:campaign` takes 2,000 files out of 300 archives, and kills twenty times. */
const isFull = process.env.FIRN_CAMPAIGN === 'full';
const [FILES, KILLS] = isFull ? [2000, 20] : [120, 4];

test(`${FILES} files, the engine killed ${KILLS} times, copies expired, one archive refused`, async () => {
	const files = filesOf(FILES, 18_000);
	// Each archive takes between 12 and 48 hours.
	const thawMs = ({ key }: { key: string }) => (12 + ((Number(/(\d+)\.tar/.exec(key)![1]) * 7) % 36)) * HOUR;
	firn = await coldHome(files, { thawMs });
	expect(firn.archives.length).toBeGreaterThanOrEqual(FILES / 7);
	const denied = firn.archives[17]!;
	const refusal = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
	firn.store.faults.add({ operation: 'RestoreObject', key: denied, times: 1000, fault: refusal });

	const begun = await firn.run('restore', JOB, '--target', target(), '--tier', 'bulk', '--detach', '--yes');
	expect(begun.code).toBe(0);
	// The first one dies between two orders.
	await until('some are ordered', () => ordered().length > 5);
	process.kill((await firn.enginePid())!, 'SIGKILL');
	await until('it is gone', async () => (await firn.enginePid()) === undefined);
	// What is waited for below is the socket of the next one.
	rmSync(join(firn.home, 'engine.sock'), { force: true });
	for (let kill = 1; kill < KILLS; kill++) {
		const before = firn.store.log.entries.length;
		const engine = await firn.engine();
		// It asks how the archives are before anything else.
		await until('the store was asked', () => firn.store.log.entries.length > before);
		await sleep((kill * 137) % 400);
		engine.kill('SIGKILL');
		await once(engine, 'exit');
		rmSync(join(firn.home, 'engine.sock'), { force: true });
		// Once for so long that what was not fetched in time is gone.
		firn.advance(kill === Math.ceil(KILLS * 0.6) ? 100 * HOUR : (60 / KILLS) * HOUR);
	}
	if (isFull) expect(firn.store.log.count('GetObject')).toBeGreaterThan(0);
	await firn.engine();
	await passTime();

	const report = await firn.run('--json', 'report');
	const missing = files.filter(({ path }, index) => {
		if (!existsSync(back(path))) return true;
		return !readFileSync(back(path)).equals(contentOf(index, files[index]!.size));
	});
	const problems = report.records.filter(({ code }) => code === 'DEST_DENIED');
	expect(missing.length).toBeGreaterThan(0);
	expect(missing.length).toBeLessThanOrEqual(7);
	expect(problems.map(({ path }) => path).sort()).toEqual(
		missing.map(({ path }) => back(path).slice(target().length + 1)).sort(),
	);
	const counts = new Map<string, number>();
	for (const { key } of ordered()) counts.set(key, (counts.get(key) ?? 0) + 1);
	// Paid for once, and once more where the copy expired; never for an order that a crash only made forget.
	expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
	expect(counts.has(denied)).toBe(false);
});

test('a quote is what the bill says', async () => {
	firn = await coldHome(filesOf(84, 20_000));
	for (const tier of ['standard', 'bulk'] as const) {
		firn.store.log.clear();
		const { records } = await firn.run('--json', 'restore', JOB, '--target', target(), '--dry-run');
		const { tiers } = records[0]!.quote as { tiers: { tier: string; cost: Record<string, number> }[] };
		const quote = tiers.find((one) => one.tier === tier)!.cost;
		const going = firn.begin(['--json', 'restore', JOB, '--target', target(), '--tier', tier, '--yes']);
		await passTime();
		expect(summaryOf((await going.ended).records)).toMatchObject({ status: 'complete', files: 84 });
		const bill = billOf(firn.store.log.entries);
		expect(Math.abs(quote.total! / bill.total - 1)).toBeLessThan(0.01);
		expect(quote.thawRequests).toBeCloseTo(bill.restoreRequests, 8);
		expect(quote.retrieval).toBeCloseTo(bill.retrieval, 8);
		expect(Math.abs(quote.temporaryCopy! - bill.temporaryCopies) / bill.total).toBeLessThan(0.01);
		rmSync(target(), { recursive: true });
		// Until the copies have ended.
		firn.advance(10 * 24 * HOUR);
	}
});

test('one small file out of a thawed archive is read by its range, and costs are agreed to', async () => {
	firn = await coldHome([
		{ path: 'small', size: 3072 },
		{ path: 'other', size: 400_000 },
	]);
	const dear = { dated: '2026-11', source: 'test', regions: { here: dearPrices }, aliases: { '127.0.0.1': 'here' } };
	writeFileSync(join(firn.home, 'prices.json'), JSON.stringify(dear));
	const args = ['restore', JOB, join(firn.source, 'small'), '--target', target()];
	const refused = await firn.run(...args);
	expect(refused).toMatchObject({ code: 2 });
	expect(refused.out).toContain('standard');
	expect(refused.err).toMatch(/Thawing 1 archive.*tier bulk costs \$.*--yes/s);
	expect((await firn.run(...args, '--yes', '--max-cost', '1')).err).toContain('more than the $1.00 that it may');
	expect((await firn.run(...args, '--yes', '--tier', 'expedited')).err).toContain('expedited');
	expect(firn.store.log.count('RestoreObject')).toBe(0);

	const going = firn.begin(['--json', ...args, '--yes']);
	const [thaw] = await until('a thaw', async () => {
		const list = await thaws();
		return (list[0]?.thawing ?? 0) > 0 ? list : undefined;
	});
	const { id } = thaw!;
	expect((await firn.run('thaw', 'upgrade', id, '--tier', 'bulk')).code).toBe(2);
	expect((await firn.run('thaw', 'upgrade', id, '--tier', 'standard')).err).toContain('--yes');
	expect((await firn.run('--json', '--yes', 'thaw', 'upgrade', id, '--tier', 'standard')).code).toBe(0);
	await until('a faster order', () => firn.store.log.entries.some(({ thaw }) => thaw?.kind === 'upgrade'));
	firn.advance(12 * HOUR + 60_000);
	await until('the file', () => existsSync(back('small')));
	expect((await going.ended).code).toBe(0);
	expect(readFileSync(back('small')).equals(contentOf(0, 3072))).toBe(true);
	const read = firn.store.log.of('GetObject').reduce((sum, { bytesOut }) => sum + bytesOut, 0);
	expect(read).toBeLessThan(256 * 1024);

	// What is thawed for one restore costs another nothing; a cancelled one is gone.
	const again = await firn.run('--json', 'restore', JOB, '--target', join(firn.root, 'all'), '--dry-run');
	expect(again.records[0]!.quote).toMatchObject({ warm: 1 });
});

test('stopped it waits for a resume, cancelled it is over, and what it has had thawed serves others', async () => {
	firn = await coldHome(filesOf(20, 30_000));
	const count = firn.archives.length;
	const waiting = (most: number) =>
		until('it waits', async () => {
			const list = await thaws();
			return list.length === most && list.every(({ state }) => state === 'waiting') && list;
		});
	await firn.run('restore', JOB, '--target', target(), '--detach', '--yes');
	const { id } = (await waiting(1))[0]!;
	await firn.run('stop', JOB);
	await firn.run('engine', 'stop');
	expect((await firn.run('--json', 'thaw')).records).toMatchObject([
		{ id, state: 'paused', archives: count, thawing: count },
	]);
	expect((await firn.run('resume', JOB, '--detach')).code).toBe(0);
	await waiting(1);
	const other = join(firn.root, 'other');
	expect((await firn.run('restore', JOB, '--target', other, '--detach')).code).toBe(0);
	await waiting(2);
	expect(await firn.run('--json', 'thaw', 'cancel', id)).toMatchObject({
		code: 0,
		records: [{ settled: 0, archives: count }],
	});
	expect((await firn.run('thaw', 'cancel', '0123456789')).code).toBe(2);
	await passTime();
	expect(ordered()).toHaveLength(count);
	expect(existsSync(join(other, firn.source, 'd0/f0'))).toBe(true);
	expect(existsSync(back('d0/f0'))).toBe(false);
	expect((await firn.run('report', id)).out).toContain('cancelled');
});

test('a restore that waits for credentials takes those of firn resume', async () => {
	firn = await coldHome(filesOf(20, 30_000));
	await firn.run('restore', JOB, '--target', target(), '--detach', '--yes');
	const waiting = (what: (reason: string | undefined) => boolean) =>
		until('it waits', async () => {
			const [thaw] = await thaws();
			return thaw?.state === 'waiting' && what(thaw.reason) && thaw;
		});
	const { until: next } = await waiting((reason) => reason?.includes('ready by') === true);
	firn.store.rotate('NEWKEY', 'new-secret');
	firn.advance(next! - firn.store.clock.now());
	await waiting((reason) => reason?.includes('does not accept the credentials') === true);
	Object.assign(firn.env, { AWS_ACCESS_KEY_ID: 'NEWKEY', AWS_SECRET_ACCESS_KEY: 'new-secret' });
	expect(await firn.run('resume', JOB, '--detach')).toMatchObject({ code: 0 });
	await passTime();
	expect(existsSync(back('d0/f0'))).toBe(true);
});

test('an upgrade that nobody agrees to says how to agree; a cancelled restore is not told as stopped', async () => {
	firn = await coldHome(filesOf(8, 30_000));
	// Of a store that charges nobody knows how much.
	const prices = { dated: '2026-11', source: 'test', regions: {}, aliases: {} };
	writeFileSync(join(firn.home, 'prices.json'), JSON.stringify(prices));
	await firn.run('restore', JOB, '--target', target(), '--detach', '--yes');
	const { id } = await until('it waits', async () => (await thaws()).find(({ state }) => state === 'waiting'));
	const upgrade = await firn.run('thaw', 'upgrade', id, '--tier', 'standard');
	expect(upgrade.code).toBe(2);
	expect(upgrade.err).toMatch(/tier standard costs more, how much is not known\.\n.*--yes/);
	expect(upgrade.err).not.toContain('dry-run');
	await firn.run('stop', JOB);
	const told = async () => (await firn.run('--json', 'status')).records.find((record) => record.id === id);
	expect(await told()).toMatchObject({ state: 'paused', reason: expect.stringContaining('firn resume') });
	await firn.run('thaw', 'cancel', id);
	expect(await told()).toMatchObject({ state: 'done', reason: expect.stringContaining('cancelled') });
	expect((await firn.run('resume', JOB)).code).toBe(2);
});

describe('other stores', () => {
	const restoreAll = async () => {
		const going = firn.begin(['--json', 'restore', JOB, '--target', target(), '--yes']);
		const passed = passTime();
		const { records } = await going.ended;
		await passed;
		return summaryOf(records);
	};

	test('archive tiers of Intelligent-Tiering thaw in place, for nothing', async () => {
		firn = await coldHome(filesOf(20, 30_000), { storageClass: 'INTELLIGENT_TIERING' });
		for (const key of firn.archives.slice(0, 2)) firn.store.archive(key, 'DEEP_ARCHIVE_ACCESS');
		expect(await restoreAll()).toMatchObject({ status: 'complete', files: 20 });
		expect(ordered()).toHaveLength(2);
		expect(billOf(firn.store.log.entries).restoreRequests).toBe(0);
	});

	test('one whose lists do not tell of thaws is asked by name', async () => {
		firn = await coldHome(filesOf(60, 30_000), { quirks: { restoreStatus: 'ignored' } });
		expect(firn.archives.length).toBeGreaterThan(13);
		expect(await restoreAll()).toMatchObject({ status: 'complete', files: 60 });
		expect(ordered()).toHaveLength(firn.archives.length);
	});

	test('one that only writes the class down is read at once', async () => {
		firn = await coldHome(filesOf(20, 30_000), { quirks: CEPH });
		const going = await firn.run('--json', 'restore', JOB, '--target', target(), '--yes');
		expect(summaryOf(going.records)).toMatchObject({ status: 'complete', files: 20 });
	});
});

const dearPrices = {
	egress: { tiers: [{ gb: 0 }] },
	classes: {
		STANDARD: { storage: 0.02, put: 0.005, get: 0.0004 },
		DEEP_ARCHIVE: {
			storage: 0.001,
			put: 0.05,
			get: 0.0004,
			thaw: { bulk: { gb: 0, thousand: 5000 }, standard: { gb: 0, thousand: 9000 } },
		},
	},
};
