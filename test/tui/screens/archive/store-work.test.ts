/** Sync, verify and delete from the screen Archive, by keys alone, with a real engine and a folder as the store. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import { type AppDriver, driveApp } from '../../../support/app-driver.ts';
import { ended } from '../../../support/ended.ts';

const root = mkdtempSync(join(tmpdir(), 'firn-store-work-'));
const store = join(root, 'disk');
let engine: Channel;
let driver: AppDriver;

const objects = () =>
	readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => /\/\d{6}\.tar/.test(name));

async function backUp(): Promise<void> {
	const how = { sources: [join(root, 'tree')], job: 'tree', to: store, cwd: root, options: { encrypt: false } };
	const { task } = await engine.call('backup', how);
	expect(await ended(engine, task)).toMatchObject({ status: 'complete' });
}

beforeAll(async () => {
	mkdirSync(join(root, 'tree'), { recursive: true });
	for (const name of ['a', 'b', 'c']) writeFileSync(join(root, 'tree', name), name.repeat(1000));
	engine = hostEngine(pathsFor(join(root, 'home')), 'test');
	await backUp();
	const { jobs } = await engine.call('jobs', {});
	driver = driveApp(engine, engine, root, { jobs, job: 'tree' });
});
afterAll(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

beforeEach(async () => {
	driver.store.dispatch({ type: 'open', screen: 'archive' });
	await driver.when('the tree', ({ screens }) => (screens.archive as { view?: unknown }).view !== undefined);
});

const modal = () => driver.store.state.modal;
const asked = (kind: string) => driver.when(`a ${kind}`, ({ modal: now }) => now?.kind === kind);

test('a sync that finds nothing says so and asks nothing', async () => {
	driver.press('S');
	await driver.when('word of it', ({ flash }) => flash?.text.includes('has what the books say') === true);
	expect(modal()).toBeUndefined();
});

test('verify reads what it was asked to read, once it is confirmed', async () => {
	driver.press('V');
	driver.store.dispatch({ type: 'modal', modal: undefined });
	driver.store.dispatch({ type: 'reply', tag: 'archive.verify', value: '100' });
	await asked('confirm');
	expect(modal()).toMatchObject({ title: 'Verify tree?', yes: 'Verify' });
	driver.press('y');
	await driver.when('the run screen', ({ screen }) => screen === 'run');
	await driver.when('proof', ({ tasks }) =>
		Object.values(tasks).some(({ kind, summary }) => kind === 'verify' && Number(summary?.details.proven) === 1),
	);
});

test('sync names what is gone and unknown, and deletes unknown objects only when its number is typed', async () => {
	const [first] = objects();
	const gone = join(store, first!);
	rmSync(gone);
	const foreign = join(gone, '..', '..', '20260101T000000Z-abcde', '000001.tar');
	mkdirSync(join(foreign, '..'));
	writeFileSync(foreign, 'foreign');
	driver.press('S');
	await asked('menu');
	driver.store.dispatch({ type: 'modal', modal: undefined });
	driver.store.dispatch({ type: 'reply', tag: 'archive.syncHow', value: 'unknown' });
	await asked('confirm');
	expect(modal()).toMatchObject({ title: 'Sync tree?', phrase: 'delete 1' });
	expect((modal() as { lines: string[] }).lines.join()).toMatch(/1 archive are not there.*1 object, 7 B.*DELETED/s);
	driver.press('enter', 'y');
	expect(modal()?.kind).toBe('confirm');
	driver.press('backspace');
	driver.type('delete 1');
	driver.press('enter');
	await driver.when('the run screen', ({ screen }) => screen === 'run');
	await driver.when('the end', () => !existsSync(foreign));
	await driver.when('rest', ({ tasks }) => Object.values(tasks).every(({ summary }) => summary !== undefined));
	await backUp();
	expect(objects()).toHaveLength(1);
});

test('delete shows what is lost, and deletes nothing before its number is typed', async () => {
	driver.press('D');
	driver.store.dispatch({ type: 'modal', modal: undefined });
	driver.store.dispatch({ type: 'reply', tag: 'archive.delete', value: 'all' });
	await asked('confirm');
	expect((modal() as { lines: string[] }).lines.join('\n')).toMatch(
		/2 archives, .* freed\.\n3 files, .* in no archive/,
	);
	driver.press('esc');
	expect(objects()).toHaveLength(1);
	// The one that the store has lost is in the books still.
	driver.store.dispatch({ type: 'reply', tag: 'archive.deleteNamed', value: '99' });
	await driver.when('a refusal', ({ flash }) => flash?.level === 'error');
	driver.store.dispatch({ type: 'reply', tag: 'archive.delete', value: 'all' });
	await asked('confirm');
	driver.type('delete 2');
	driver.press('enter');
	await driver.when('the end', () => objects().length === 0);
});

test('a plan that is ready while another question is open waits for it', async () => {
	driver.press('S');
	driver.store.dispatch({ type: 'modal', modal: { kind: 'text', title: 'Other', lines: [], top: 0 } });
	await new Promise((resolve) => setTimeout(resolve, 600));
	expect(modal()?.kind).toBe('text');
});
