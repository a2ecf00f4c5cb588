/** Paths that are dropped onto the screen Jobs, or typed there, by keys alone, with a real engine and a folder as the store. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import { type AppDriver, driveApp } from '../../../support/app-driver.ts';
import { ended } from '../../../support/ended.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-jobs-paths-'));
const [tree, outside] = [join(root, 'tree'), join(root, 'out side')];
let engine: Channel;
let driver: AppDriver;

beforeAll(async () => {
	for (const folder of [tree, outside]) mkdirSync(folder);
	writeFileSync(join(tree, 'file'), 'one');
	writeFileSync(join(outside, 'o'), 'outside');
	engine = hostEngine(pathsFor(join(root, 'home')), 'test');
	const how = { sources: [tree], job: 'tree', to: join(root, 'disk'), cwd: root, options: { encrypt: false } };
	const { task } = await engine.call('backup', how);
	expect(await ended(engine, task)).toMatchObject({ status: 'complete' });
	driver = driveApp(engine, engine, root, { jobs: (await engine.call('jobs', {})).jobs, job: 'tree' });
});
afterAll(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

const snapshots = async () => (await engine.call('overview', { job: 'tree' })).runs.length;
const modal = () => driver.store.state.modal;

test('what is dropped is shown with the job, and backed up after enter', async () => {
	driver.store.paste(`'${outside}' ${join(tree, 'file')} `);
	await driver.when('a question', ({ modal: now }) => now?.kind === 'confirm');
	expect(modal()).toMatchObject({ title: 'Back up 2 paths now with job tree?' });
	const { lines } = modal() as { lines: string[] };
	expect(lines.slice(0, 2)).toEqual([`${outside} (it lies in no source)`, join(tree, 'file')]);
	expect(lines.at(-1)).toContain('--forget');
	driver.press('esc');
	expect(await snapshots()).toBe(1);
	driver.store.paste(outside.replace(' ', '\\ '));
	await driver.when('a question', ({ modal: now }) => now?.kind === 'confirm');
	driver.press('enter');
	await driver.when('the run screen', ({ screen }) => screen === 'run');
	const { tasks } = await engine.call('status', {});
	for (const { id } of tasks) expect(await ended(engine, id)).toMatchObject({ status: 'complete' });
	expect((await engine.call('jobs', {})).jobs[0]!.extras).toEqual([outside]);
	expect(await snapshots()).toBe(2);
});

test('paths can be typed, and what is not there is said', async () => {
	driver.store.dispatch({ type: 'open', screen: 'jobs' });
	driver.press('b');
	expect(modal()).toMatchObject({ kind: 'prompt', title: 'Back up paths now with job tree' });
	driver.type('tree/file nix');
	driver.press('enter');
	await driver.when('word of it', ({ flash }) => flash?.text.includes('nix') === true);
	expect(modal()).toBeUndefined();
	driver.press('b');
	driver.type('tree/file');
	driver.press('enter');
	await driver.when('a question', ({ modal: now }) => now?.kind === 'confirm');
	driver.press('esc');
});
