import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { greet, tryConnect } from '../../src/client/socket-channel.ts';
import type { HistoryRow } from '../../src/core/history.ts';
import type { Params } from '../../src/protocol/contract.ts';
import { type FirnHome, firnHome, until } from '../support/firn.ts';
import { startS3Simulator } from '../support/s3-simulator/simulator.ts';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
	for (const name of ['one', 'two']) {
		mkdirSync(join(firn.root, name));
		writeFileSync(join(firn.root, name, 'file'), name);
	}
});
afterEach(() => firn.close());

test('tells what came of the runs of one job, or of all, the newest first', async () => {
	expect((await firn.run('history')).out).toBe('There is nothing of that in the history.\n');
	await firn.run('backup', 'one', '--to', 'dest');
	await firn.run('backup', 'two', '--to', 'dest');
	await firn.run('backup', 'one');
	await firn.run('jobs', 'add', 'never', 'one', '--to', 'elsewhere');
	const { records, code } = await firn.run('--json', 'history');
	expect([code, records.map(({ job, archives, newFiles, status }) => [job, archives, newFiles, status])]).toEqual([
		0,
		[
			['one', 0, 0, 'complete'],
			['two', 1, 1, 'complete'],
			['one', 1, 1, 'complete'],
		],
	]);
	expect(records[1]!.key).toBe(
		`${join(firn.root, 'dest')}/${String(records[1]!.key).split('/').at(-2)}/${records[1]!.run}`,
	);
	expect(records[1]!.storedBytes).toBeGreaterThan(1024);
	expect((await firn.run('--json', 'history', 'one', '--limit', '1')).records).toHaveLength(1);
	expect((await firn.run('--json', 'history', 'never')).records).toEqual([]);
	expect((await firn.run('history', 'nobody')).code).toBe(2);
	expect((await firn.run('history', '--limit', 'all')).code).toBe(2);
	expect((await firn.run('history')).out).toContain('complete');
});

test('one damaged state database does not hide the others, and is told', async () => {
	await firn.run('backup', 'one', '--to', 'dest');
	writeFileSync(join(firn.home, 'state', 'bad.sqlite3'), 'no database');
	const { code, out, err } = await firn.run('history');
	expect([code, out, err]).toEqual([1, expect.stringContaining('complete'), expect.stringContaining('bad.sqlite3')]);
});

/** Asked without a process of its own. */
async function rows(query: Params<'history'> = {}): Promise<HistoryRow[]> {
	const channel = await until('an engine', () => tryConnect(join(firn.home, 'engine.sock')));
	await greet(channel);
	const found = await channel.call('history', query);
	channel.close();
	return found.rows;
}

test('a run that did not begin is there with why, and so is all other work', async () => {
	await firn.run('jobs', 'add', 'docs', 'one', '--to', 'dest', '--hook-before', 'exit 3');
	expect((await firn.run('backup', 'docs')).code).toBe(1);
	await firn.run('jobs', 'edit', 'docs', '--hook-before', '');
	await firn.run('backup', 'docs', '--dry-run');
	expect((await firn.run('backup', 'docs')).code).toBe(0);
	expect((await firn.run('verify', 'docs')).code).toBe(0);
	expect((await firn.run('restore', 'docs', '--target', 'back')).code).toBe(0);
	const told = await rows({ job: 'docs' });
	expect(told.map(({ kind, status, trigger, task }) => [kind, status, trigger, typeof task])).toEqual([
		['restore', 'complete', 'hand', 'string'],
		['verify', 'complete', 'hand', 'string'],
		['backup', 'complete', 'hand', 'string'],
		['backup', 'not-begun', 'hand', 'string'],
	]);
	expect(told[3]).toMatchObject({ code: 'HOOK_FAILED', run: null, key: null, cost: null });
	expect(told[2]).toMatchObject({ files: 1, newFiles: 1, archives: 1, cost: null, links: [`file://${told[2]!.key}`] });
	expect(told[2]!.sentBytes).toBeGreaterThan(1024);
	expect(await rows({ statuses: ['not-begun'] })).toEqual([told[3]]);
	expect(await rows({ kinds: ['verify'] })).toEqual([told[1]]);
	const chosen = ['--since', '1h', '--status', 'complete', '--kind', 'backup', '-n', '1'];
	expect((await firn.run('--json', 'history', ...chosen)).records).toEqual([told[2]]);
	expect(await rows({ since: Date.now() })).toEqual([]);
	expect((await firn.run('history', '--status', 'odd')).code).toBe(2);
	const { out } = await firn.run('history', String(told[3]!.id));
	expect(out).toMatch(/^Outcome +not-begun\nWhy +The hook "before" of job docs ended with exit code 3/m);
	const [details] = (await firn.run('--json', 'history', told[2]!.id)).records;
	expect(details).toMatchObject({ id: told[2]!.run, problemList: [], archiveList: [{ size: told[2]!.storedBytes }] });
});

test('what was cut off is told as such, and goes on under its name', async () => {
	writeFileSync(join(firn.root, 'one', 'big'), Buffer.alloc(6 * 1024 * 1024, 'x'));
	const how = ['--limit-upload', '1MiB', '--part-size', '1MiB', '--compression', 'none'];
	await firn.run('backup', 'one', '--to', 'dest', ...how, '--detach');
	await firn.task('one', ({ state, progress }) => state === 'running' && progress !== undefined);
	expect(await rows()).toMatchObject([{ status: 'running', finished: null }]);
	const pid = (await firn.enginePid())!;
	process.kill(pid, 'SIGKILL');
	await until('it is gone', () => !existsSync(`/proc/${pid}`));
	await firn.run('status');
	expect(await rows()).toMatchObject([{ status: 'interrupted', finished: null }]);
	expect(await rows({ statuses: ['running'] })).toEqual([]);
	await firn.run('jobs', 'edit', 'one', '--limit-upload', 'off');
	expect((await firn.run('resume', 'one')).code).toBe(0);
	expect(await rows()).toMatchObject([{ status: 'complete', kind: 'backup' }]);
	await firn.run('backup', 'one');
	expect((await firn.run('prune', 'one', '--keep-last', '1', '--yes', '1')).code).toBe(0);
	expect((await rows()).map(({ kind, status, dropped }) => [kind, status, dropped])).toEqual([
		['prune', 'complete', null],
		['backup', 'complete', null],
		['backup', 'dropped', 'complete'],
	]);
});

test('a run tells what it has cost where the store has prices, and what was agreed to', async () => {
	const store = await startS3Simulator({ buckets: ['bucket'] });
	Object.assign(firn.env, store.env);
	const { hostname } = new URL(store.endpoint);
	const builtIn = JSON.parse(readFileSync(new URL('../../src/pricing/prices.json', import.meta.url), 'utf8'));
	mkdirSync(firn.home, { recursive: true });
	writeFileSync(join(firn.home, 'prices.json'), JSON.stringify({ ...builtIn, aliases: { [hostname]: 'us-east-1' } }));
	const to = ['--to', 's3://bucket/p', '--endpoint', store.endpoint];
	expect((await firn.run('backup', 'one', ...to, '--max-cost', '1')).code).toBe(0);
	const [row] = await rows();
	const charged = store.log.entries.filter(({ operation }) => /^(Put|List|Create|Upload|Complete)/.test(operation));
	const { put } = builtIn.regions['us-east-1'].classes.STANDARD;
	expect(row).toMatchObject({
		cost: { region: 'us-east-1', requests: expect.closeTo((charged.length * put) / 1000, 9) },
		agreed: expect.any(Number),
		key: expect.stringMatching(/^s3:\/\/bucket\/p\//),
		links: [],
	});
	expect((await firn.run('history', String(row!.run))).out).toMatch(
		/^Cost +<\$0.01: .* for a month \(prices of us-east-1/m,
	);

	// Nobody's environment is there when it begins by itself.
	const clock = join(firn.root, 'clock');
	Object.assign(firn.env, { FIRN_CLOCK_FILE: clock, HOME: firn.root });
	writeFileSync(clock, '0');
	await firn.run('engine', 'stop');
	const told = 'has no keys of its own for its store';
	expect((await firn.run('jobs', 'edit', 'one', '--every', '1h')).out).toContain(told);
	expect((await firn.run('jobs', 'add', 'two', 'two', ...to, '--every', '1h')).out).toContain(told);
	expect((await firn.run('status')).out).toContain(told);
	writeFileSync(clock, String(2 * 3_600_000));
	const [failed] = await until('it has begun by itself', async () => {
		const found = await rows({ job: 'one', statuses: ['not-begun'] });
		return found.length > 0 && found;
	});
	expect(failed).toMatchObject({ code: 'BAD_CREDENTIALS', guidance: expect.stringMatching(/--credentials NAME/) });
	await store.close();
});

test('a run whose time was missed is caught up, and told as such; one that could not begin, too', async () => {
	const clock = join(firn.root, 'clock');
	Object.assign(firn.env, { FIRN_CLOCK_FILE: clock, TZ: 'UTC' });
	const moveTo = (time: string) => writeFileSync(clock, String(Date.parse(time) - Date.now()));
	moveTo('2027-03-01T12:00:00Z');
	await firn.run('jobs', 'add', 'docs', 'one', '--to', 'dest', '--schedule', 'daily 22:00');
	await firn.run('engine', 'stop');
	moveTo('2027-03-02T09:00:00Z');
	await firn.run('status');
	const [late] = await until('it is caught up', async () => {
		const told = await rows({ statuses: ['complete'] });
		return told.length > 0 && told;
	});
	expect(late).toMatchObject({ trigger: 'catch-up', due: Date.parse('2027-03-01T22:00:00Z') });

	await firn.run('jobs', 'edit', 'docs', '--no-catch-up');
	await firn.run('engine', 'stop');
	moveTo('2027-03-04T20:00:00Z');
	await firn.run('status');
	const [missed] = await until('it is told', async () => {
		const told = await rows({ job: 'docs', statuses: ['not-begun'] });
		return told.length > 0 && told;
	});
	expect(missed).toMatchObject({ code: 'MISSED', due: Date.parse('2027-03-02T22:00:00Z') });

	writeFileSync(join(firn.home, 'state', 'docs.sqlite3'), 'no database');
	moveTo('2027-03-04T22:00:01Z');
	const [not] = await until('it is refused', async () => {
		const told = await rows({ statuses: ['not-begun'] });
		return told.length > 1 && told;
	});
	expect(not).toMatchObject({ job: 'docs', trigger: 'schedule', error: expect.stringContaining('docs.sqlite3') });
});
