/** A backup asked for, or due, while the rules of its job still prune: it waits, says so, and then runs. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';
import { type S3Simulator, startS3Simulator } from '../support/s3-simulator/simulator.ts';

let simulator: S3Simulator;
let firn: FirnHome;
let clock: string;
beforeAll(async () => {
	simulator = await startS3Simulator({ buckets: ['bucket'] });
	firn = firnHome();
	// What begins by itself has nobody's environment.
	firn.env.HOME = firn.root;
	mkdirSync(join(firn.root, '.aws'));
	const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: region } = simulator.env;
	const keys = `[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`;
	writeFileSync(join(firn.root, '.aws', 'credentials'), keys);
	clock = join(firn.root, 'clock');
	firn.env.FIRN_CLOCK_FILE = clock;
	writeFileSync(clock, '0');
	mkdirSync(join(firn.root, 'data'));
	const to = ['--to', 's3://bucket/p', '--endpoint', simulator.endpoint, '--region', region];
	const add = await firn.run('jobs', 'add', 'docs', 'data', ...to, '--keep-last', '1', '--prune-after-run');
	expect([add.code, add.err]).toEqual([0, '']);
	change();
	expect((await firn.run('backup', 'docs')).code).toBe(0);
}, 60_000);
afterAll(async () => {
	await firn.close();
	await simulator.close();
});

let changes = 0;
const change = () => writeFileSync(join(firn.root, 'data', 'file'), `${changes++}`);
const tasksOf = async (kind: string) => (await firn.tasks()).filter((task) => task.kind === kind);
/** The prune that goes on; its deletions are refused until the faults are cleared. */
async function pruning(): Promise<void> {
	const fault = { kind: 'error', status: 503, code: 'SlowDown' } as const;
	simulator.faults.add({ operation: ['DeleteObject', 'DeleteObjects'], times: 1e6, fault });
	change();
	expect((await firn.run('backup', 'docs')).code).toBe(0);
	await until('the prune waits for the store', async () =>
		(await tasksOf('prune')).some(({ state }) => state === 'waiting'),
	);
}
const isQueued = async () => {
	const backup = (await tasksOf('backup')).find(({ state }) => state === 'queued');
	expect(backup ?? {}).toMatchObject(backup ? { reason: 'waits for the prune after the run before' } : {});
	return backup;
};

test('by hand', async () => {
	await pruning();
	const other = await firn.run('restore', 'docs', '--target', join(firn.root, 'back'));
	expect([other.code, other.err]).toEqual([2, expect.stringContaining('ends by itself')]);

	const stopped = firn.begin(['backup', 'docs']);
	await stopped.said('waits for the prune after the run before');
	const { id } = await until('it is queued', isQueued);
	expect((await firn.run('status')).out).toMatch(/docs +backup +queued .*waits for the prune after the run before/);
	await firn.ask('stop', { task: id as string });
	expect(await stopped.ended).toMatchObject({ code: 130, out: expect.stringContaining('Stopped before it began.') });

	expect((await firn.run('status')).out).toMatch(/docs +backup +done .*stopped before it began/);

	change();
	const going = firn.begin(['--json', 'backup', 'docs']);
	await going.said('"queued"');
	simulator.faults.clear();
	const { code, records } = await going.ended;
	expect(code).toBe(0);
	expect(records.map(({ event }) => event)).toEqual(expect.arrayContaining(['queued', 'turn', 'run', 'summary']));
	await until('the rules were followed', async () => {
		const { records } = await firn.run('--json', 'history', 'docs', '--kind', 'prune');
		return records.length === 3 && records.every(({ status }) => status === 'complete');
	});
}, 60_000);

test('by itself', async () => {
	await pruning();
	change();
	expect((await firn.run('jobs', 'edit', 'docs', '--every', '1h')).code).toBe(0);
	writeFileSync(clock, String(2 * 3_600_000));
	await until('it is due and queued', isQueued);
	expect((await firn.run('--json', 'history', 'docs')).records[0]).toMatchObject({
		kind: 'backup',
		trigger: 'schedule',
		status: 'running',
	});
	simulator.faults.clear();
	await until('it has run', async () => {
		const { records } = await firn.run('--json', 'history', 'docs', '--kind', 'backup');
		return records[0]?.trigger === 'schedule' && records[0]?.status === 'complete';
	});
}, 60_000);
