/** Pruning a job from the screen Jobs, by keys alone, with a real engine and a folder as the store. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import { type AppDriver, driveApp } from '../../../support/app-driver.ts';
import { ended } from '../../../support/ended.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-jobs-prune-'));
const store = join(root, 'disk');
let engine: Channel;
let driver: AppDriver;

const archives = () =>
	readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => /\/\d{6}\.tar$/.test(name));

beforeAll(async () => {
	mkdirSync(join(root, 'tree'), { recursive: true });
	engine = hostEngine(pathsFor(join(root, 'home')), 'test');
	for (const text of ['one', 'two', 'three']) {
		writeFileSync(join(root, 'tree', 'file'), text);
		const how = { sources: [join(root, 'tree')], job: 'tree', to: store, cwd: root, options: { encrypt: false } };
		const { task } = await engine.call('backup', how);
		expect(await ended(engine, task)).toMatchObject({ status: 'complete' });
	}
	const { jobs } = await engine.call('jobs', {});
	driver = driveApp(engine, engine, root, { jobs, job: 'tree' });
});
afterAll(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

const modal = () => driver.store.state.modal;

test('without rules nothing is planned', () => {
	driver.press('P');
	expect(driver.store.state.flash?.text).toContain('keeps all snapshots: e sets rules');
});

test('what goes is shown with its numbers, and goes once that number is typed', async () => {
	await engine.call('saveJob', { name: 'tree', cwd: root, options: { keep: { last: 1 } } });
	driver.store.dispatch({ type: 'jobs', jobs: (await engine.call('jobs', {})).jobs });
	driver.press('P');
	await driver.when('a question', ({ modal: now }) => now?.kind === 'confirm');
	expect(modal()).toMatchObject({ title: 'Prune tree?', phrase: 'prune 2' });
	expect((modal() as { lines: string[] }).lines.join('\n')).toMatch(
		/Of 3 snapshots, 2 would be dropped\.\n1 archive that no other snapshot needs.*snapshot 1 /s,
	);
	driver.press('enter');
	expect(archives()).toHaveLength(3);
	driver.type('prune 2');
	driver.press('enter');
	await driver.when('the run screen', ({ screen }) => screen === 'run');
	// The first archive holds the folder, which has not changed since.
	await driver.when('the end', () => archives().length === 2);
});

test('a plan that drops nothing says so and asks nothing', async () => {
	await driver.when('rest', ({ tasks }) => Object.values(tasks).every(({ summary }) => summary !== undefined));
	driver.store.dispatch({ type: 'open', screen: 'jobs' });
	driver.press('P');
	await driver.when('word of it', ({ flash }) => flash?.text.includes('the rules keep all there is') === true);
	expect(modal()).toBeUndefined();
});
