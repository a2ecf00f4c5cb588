import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupProgress } from '../../src/core/task.ts';
import { type FirnHome, firnHome, unlimit, until } from '../support/firn.ts';

const MiB = 1024 * 1024;
let firn: FirnHome;

beforeEach(() => {
	firn = firnHome();
	const data = join(firn.root, 'data');
	mkdirSync(data);
	for (let file = 0; file < 24; file++) writeFileSync(join(data, `f${file}`), randomBytes(MiB));
});
afterEach(() => firn.close());

/** A backup of 24 MiB in parts of 1 MiB, slow enough to be watched on any machine. */
async function begin(limit: string): Promise<void> {
	const options = ['--split-size', '4MiB', '--part-size', '1MiB', '--limit-upload', limit];
	const { code, err } = await firn.run('backup', 'data', '--to', 'dest', '--detach', ...options);
	expect([code, err]).toEqual([0, '']);
}

const letGo = () => firn.run('limit', 'data', '--upload', 'off');

async function look(): Promise<{ state: string; progress: BackupProgress; summary?: { status: string } }> {
	return (await firn.tasks())[0] as never;
}

const sent = async () => (await look()).progress?.sentBytes ?? 0;

test('a paused run stands still, and goes on', async () => {
	await begin('1MiB');
	await until('bytes are sent', async () => (await sent()) > MiB / 2);
	expect((await firn.run('pause', 'data')).code).toBe(0);
	// What is under way is sent to its end.
	await until('it stands', async () => {
		const before = await sent();
		await sleep(700);
		return (await sent()) === before;
	});
	const { state, progress } = await look();
	expect([state, progress.paused, progress.sentBytes < 20 * MiB]).toEqual(['paused', true, true]);
	await letGo();
	const { code, out } = await firn.run('resume', 'data');
	expect([code, out]).toEqual([0, expect.stringContaining('complete: 24 files')]);
});

test('a run that is killed while it is paused can be resumed, and sends nothing twice', async () => {
	await begin('2MiB');
	await until('parts are confirmed', async () => ((await look()).progress?.uploadedBytes ?? 0) > 3 * MiB);
	await firn.run('pause', 'data');
	process.kill((await firn.enginePid())!, 'SIGKILL');
	unlimit(firn);
	expect(await look()).toMatchObject({ state: 'paused', reason: expect.stringContaining('interrupted') });
	const { code, records } = await firn.run('--json', 'resume', 'data');
	const summary = records.at(-1)!;
	expect([code, summary.status, summary.files]).toEqual([0, 'complete', 24]);
	expect(Number(summary.uploadedBytes)).toBeLessThan(21.5 * MiB);
});

test('a paused run can be stopped', async () => {
	await begin('1MiB');
	await until('bytes are sent', async () => (await sent()) > MiB / 2);
	await firn.run('pause', 'data');
	expect((await firn.run('stop', 'data')).code).toBe(0);
	expect((await look()).state).toBe('paused');
	unlimit(firn);
	expect((await firn.run('resume', 'data')).code).toBe(0);
});

test('workers and limit change while it goes on', async () => {
	await begin('200KiB');
	await until('bytes are sent', async () => (await sent()) > 0);
	expect((await firn.run('limit', 'data', '--workers', '4')).code).toBe(0);
	await until('four work', async () => (await look()).progress.workers.length === 4);
	expect((await firn.run('limit', 'data', '--workers', '1')).code).toBe(0);
	await until('one is left', async () => (await look()).progress.most === 1);
	const started = Date.now();
	expect((await firn.run('limit', 'data', '--upload', 'off')).code).toBe(0);
	await until('it has ended', async () => (await look()).summary?.status === 'complete');
	// At 200 KiB a second it would have taken two minutes.
	expect(Date.now() - started).toBeLessThan(60_000);
});

test.each([
	[['pause', 'nothing'], 'No backup of job nothing is running.'],
	[['limit', 'nothing'], 'Nothing was said to be changed.'],
	[['limit', 'x', '--workers', '0'], '"0" is not a number for --workers.'],
	[['limit', 'x', '--upload', 'fast'], '"fast" is not a rate.'],
])('%j is refused with a sentence', async (args, message) => {
	const { code, err } = await firn.run(...args);
	expect(code).toBe(2);
	expect(err).toContain(message);
});
