import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';

const HOUR = 3_600_000;
let firn: FirnHome;
let clock: string;

beforeEach(() => {
	firn = firnHome();
	clock = join(firn.root, 'clock');
	// Every day has the same hours there.
	Object.assign(firn.env, { FIRN_CLOCK_FILE: clock, TZ: 'UTC' });
	moveTo('2027-03-01T12:00:00Z');
	mkdirSync(join(firn.root, 'data'));
	writeFileSync(join(firn.root, 'data', 'file'), 'content');
});
afterEach(() => firn.close());

function moveTo(time: string): void {
	writeFileSync(clock, String(Date.parse(time) - Date.now()));
}

async function snapshots(job: string): Promise<number> {
	const { records } = await firn.run('--json', 'show', job, '--runs');
	return records.filter(({ status }) => status === 'complete').length;
}

async function add(...options: string[]): Promise<void> {
	const { code, err } = await firn.run('jobs', 'add', 'docs', 'data', '--to', 'dest', ...options);
	expect([code, err]).toEqual([0, '']);
}

test('a job begins at its time, with its hooks, and once for days that an engine missed', async () => {
	const noted = join(firn.root, 'noted');
	await add(
		'--schedule',
		'daily 22:00',
		'--hook-before',
		`echo "$FIRN_EVENT $FIRN_JOB" >> ${noted}`,
		'--on-success',
		`echo "$FIRN_EVENT $FIRN_STATUS" >> ${noted}`,
	);
	const { records } = await firn.run('--json', 'status');
	expect(records).toEqual([
		{ event: 'scheduled', job: 'docs', at: Date.parse('2027-03-01T22:00:00Z'), survives: false },
	]);
	expect((await firn.run('status')).out).toMatch(/No service outlives your login.* docs will not begin until/);
	moveTo('2027-03-01T22:00:01Z');
	await until('it has run', async () => existsSync(noted) && (await snapshots('docs')) === 1);
	await until('hooks', () => readFileSync(noted, 'utf8') === 'before docs\nsuccess complete\n');

	await firn.run('engine', 'stop');
	moveTo('2027-03-05T09:00:00Z');
	await firn.run('status');
	await until('it is caught up', async () => (await snapshots('docs')) === 2);
	const [next] = (await firn.run('--json', 'jobs')).records as { schedule: { nextRun: number } }[];
	expect(next!.schedule.nextRun).toBe(Date.parse('2027-03-05T22:00:00Z'));
	expect(await snapshots('docs')).toBe(2);
});

test('a hook that fails stops the run before it begins, and is told', async () => {
	const bodies: string[] = [];
	const server = createServer((request, response) => {
		request.on('data', (data) => bodies.push(`${request.method} ${request.headers['x-firn-status']} ${data}`));
		request.on('end', () => response.end());
	}).listen(0, '127.0.0.1');
	await until('it listens', () => server.listening);
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-topic`;
	await add('--hook-before', 'echo no disk; exit 3', '--notify', url);
	const { code, err } = await firn.run('backup', 'docs');
	expect([code, err]).toEqual([1, expect.stringContaining('The hook "before" of job docs ended with exit code 3.')]);
	await until('it is told', () => bodies.length > 0);
	expect(bodies[0]).toBe('POST failed Backup of docs failed: The hook "before" of job docs ended with exit code 3.');
	const log = (await firn.run('--json', 'log', 'docs')).out;
	expect(log).toContain('no disk');
	expect(log).not.toContain('secret-topic');
	// Neither the store nor the books learn of hooks.
	await firn.run('jobs', 'edit', 'docs', '--hook-before', '');
	expect((await firn.run('backup', 'docs')).code).toBe(0);
	expect(readFileSync(join(firn.home, 'state', 'docs.sqlite3')).includes('secret-topic')).toBe(false);
	server.close();
});

test('a run that began by itself pauses when its window closes, and goes on when it opens', async () => {
	writeFileSync(join(firn.root, 'data', 'big'), Buffer.alloc(12 * 1024 * 1024, 'x'));
	await add('--every', '1h', '--window', '22:00-06:00', '--limit-upload', '1MiB', '--part-size', '1MiB');
	await firn.run('status');
	moveTo('2027-03-01T22:00:01Z');
	await firn.task('docs', ({ state }) => state === 'running');
	moveTo('2027-03-02T06:00:01Z');
	const paused = await firn.task('docs', ({ state }) => state === 'paused');
	expect(paused.reason).toBe('outside of its window 22:00-06:00; it goes on at 2027-03-02 22:00 UTC');
	moveTo('2027-03-02T22:00:01Z');
	await firn.task('docs', ({ state }) => state === 'running');
});

test('a killed engine goes on by itself with what began by itself; a disabled job does not begin', async () => {
	writeFileSync(join(firn.root, 'data', 'big'), Buffer.alloc(4 * 1024 * 1024, 'x'));
	await add('--every', '1h', '--limit-upload', '1MiB', '--part-size', '1MiB');
	await firn.run('status');
	moveTo(new Date(Date.parse('2027-03-01T12:00:00Z') + HOUR + 60_000).toISOString());
	await firn.task('docs', ({ state }) => state === 'running');
	process.kill((await firn.enginePid())!, 'SIGKILL');
	await firn.run('jobs', 'edit', 'docs', '--limit-upload', 'off');
	await until('it is complete', async () => (await snapshots('docs')) === 1);
	expect((await firn.run('jobs', 'disable', 'docs')).code).toBe(0);
	moveTo('2027-03-09T12:00:00Z');
	await firn.run('jobs', 'enable', 'docs');
	const [view] = (await firn.run('--json', 'jobs')).records as { schedule: { nextRun: number } }[];
	expect(view!.schedule.nextRun).toBeGreaterThan(Date.parse('2027-03-09T12:59:00Z'));
	expect(await snapshots('docs')).toBe(1);
});

test('a schedule that is none is refused, and makes no job', async () => {
	for (const [wanted, ...options] of [
		['BAD_TRIGGER', '--schedule', 'dayly 22:00'],
		['BAD_OPTIONS', '--every', '5h', '--schedule', 'daily 1:00'],
		['BAD_WINDOW', '--every', '5h', '--window', '22:00'],
		['BAD_SPAN', '--every', '5h', '--jitter', 'much'],
		['BAD_JITTER', '--every', '1h', '--jitter', '2h'],
		['NO_TRIGGER', '--window', '22:00-06:00'],
		['BAD_HOOK', '--notify', 'ftp://host/x'],
	] as [string, ...string[]][]) {
		const { code, out, err } = await firn.run('--json', 'jobs', 'add', 'docs', 'data', '--to', 'dest', ...options);
		expect([code, `${out}${err}`]).toEqual([2, expect.stringContaining(wanted)]);
	}
	expect((await firn.run('--json', 'jobs')).records).toEqual([]);
});

test('a hook that hangs is ended with the run that is stopped; what it printed is in the log', async () => {
	await add('--hook-before', 'echo locked by $$; sleep 300');
	await firn.run('backup', 'docs', '--detach');
	await firn.task('docs', ({ state }) => state === 'running');
	const begun = Date.now();
	expect((await firn.run('stop', 'docs')).code).toBe(0);
	expect(Date.now() - begun).toBeLessThan(60_000);
	const { records } = await firn.run('--json', 'history', 'docs');
	expect(records[0]).toMatchObject({ error: null });
	const { out } = await firn.run('log', 'docs');
	expect(out).toMatch(/The hook "before" of job docs was ended, as the run was stopped\.\n +\| locked by \d+\n/);
});

test('who changes when a job begins is told when that is; an empty schedule takes nothing away', async () => {
	await add('--schedule', 'daily 22:00');
	const edit = (...options: string[]) => firn.run('jobs', 'edit', 'docs', ...options);
	expect((await edit('--schedule', '')).code).toBe(2);
	expect((await edit('--window', ' ')).code).toBe(2);
	expect((await edit('--schedule', 'weekly Sunday 23:00')).out).toContain('It begins next at 2027-03-07 23:00.');
	expect((await edit('--prune-after-run')).out).toContain('Nothing is pruned before it has rules');
	expect((await edit('--on-change', '--quiet-for', '1s')).code).toBe(0);
	await firn.run('backup', 'docs');
	await until('nothing is pending', async () =>
		(await firn.run('jobs', 'enable', 'docs')).out.includes('sources change'),
	);
});

test('what is changed in a job while its hook runs is not lost when the run begins', async () => {
	const ready = join(firn.root, 'ready');
	await add('--hook-before', `while [ ! -e ${ready} ]; do sleep 0.1; done`);
	await firn.run('backup', 'docs', '--workers', '3', '--detach');
	await firn.task('docs', ({ state }) => state === 'running');
	expect((await firn.run('jobs', 'edit', 'docs', '--schedule', 'daily 22:00')).code).toBe(0);
	writeFileSync(ready, '');
	await until('it has run', async () => (await snapshots('docs')) === 1);
	const { records } = await firn.run('--json', 'jobs');
	expect(records[0]).toMatchObject({ workers: 3, schedule: { trigger: 'daily 22:00' } });
});
