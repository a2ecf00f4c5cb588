import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FirnHome, firnHome, until } from '../support/firn.ts';

let firn: FirnHome;
const at = (...names: string[]) => join(firn.root, 'data', ...names);

beforeEach(async () => {
	firn = firnHome();
	mkdirSync(at('kept'), { recursive: true });
	writeFileSync(at('kept', 'file'), 'content');
	const how = ['--on-change', '--quiet-for', '1s', '--at-most', '3s'];
	const { code, err } = await firn.run('jobs', 'add', 'docs', 'data', '--to', 'dest', '--no-encrypt', ...how);
	expect([code, err]).toEqual([0, '']);
});
afterEach(() => firn.close());

/** The files of the newest snapshot that is complete. */
async function files(): Promise<string[]> {
	const { code, records } = await firn.run('--json', 'show', 'docs');
	if (code !== 0) return [];
	return records.filter(({ type }) => type === 'file').map(({ path }) => String(path).slice(at().length + 1));
}

async function shown(what: string, ...names: string[]): Promise<void> {
	await until(what, async () => (await files()).sort().join() === names.sort().join());
}

const watcher = async () => (await firn.ask('status', {})).schedule.watched[0];

test('a job on change backs up at its start, after each change, and what changed while the engine was dead', async () => {
	await shown('the first run', 'kept/file');
	await until('it watches', async () => (await watcher())?.state === 'watching');
	expect((await firn.run('status')).out).toMatch(/docs +watches 2 folders, no changes pending/);
	expect((await firn.run('jobs')).out).toContain('on change quiet 1s at most 3s (watches 2 folders');

	writeFileSync(at('new'), 'n');
	await shown('what is new', 'kept/file', 'new');
	renameSync(at('new'), at('moved'));
	await shown('what was moved', 'kept/file', 'moved');
	rmSync(at('moved'));
	await shown('what was deleted', 'kept/file');

	process.kill((await firn.enginePid())!, 'SIGKILL');
	writeFileSync(at('meanwhile'), 'm');
	await shown('what changed meanwhile', 'kept/file', 'meanwhile');
});

test('nothing of what changes while runs go on is missed', async () => {
	await shown('the first run', 'kept/file');
	const names = ['kept/file'];
	for (let round = 0; round < 10; round++) {
		mkdirSync(at('deep', String(round)), { recursive: true });
		for (let count = 0; count < 200; count++) {
			const name = `deep/${round}/${count}`;
			writeFileSync(at(name), String(count));
			if (count % 3 === 0) rmSync(at(name));
			else names.push(name);
		}
		await new Promise((resolve) => setTimeout(resolve, 400));
	}
	await shown('all of it', ...names);
});

test('without enough watches it scans, and says why', async () => {
	await firn.run('engine', 'stop');
	firn.env.FIRN_WATCH_LIMIT = '1';
	await firn.run('status');
	await until('it scans', async () => (await watcher())?.state === 'scanning');
	expect((await firn.run('status')).out).toMatch(/docs +scans every so often because 2 folders are more than/);
	writeFileSync(at('new'), 'n');
	await shown('it is found', 'kept/file', 'new');
});

test('bad spans do nothing', async () => {
	const bad = async (...args: string[]) => (await firn.run('jobs', 'edit', 'docs', ...args)).code;
	expect(await bad('--quiet-for', '5s')).toBe(2);
	expect(await bad('--on-change', '--every', '1h')).toBe(2);
	expect(await bad('--on-change', '--quiet-for', '2h', '--at-most', '1h')).toBe(2);
	expect(await bad('--on-change', '--quiet-for', 'soon')).toBe(2);
	const [job] = (await firn.run('--json', 'jobs')).records as { schedule: { trigger: string } }[];
	expect(job!.schedule.trigger).toBe('on change quiet 1s at most 3s');
});
