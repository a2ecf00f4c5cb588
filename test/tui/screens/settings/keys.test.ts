/** Keys and credentials in Settings, with an engine and without a terminal. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { SettingsState } from '../../../../src/tui/screens/settings/state.ts';
import { type AppDriver, driveApp } from '../../../support/app-driver.ts';
import { jobView } from '../../../support/app-state.ts';

let root: string;
let engine: Channel;
let driver: AppDriver;
beforeEach(async () => {
	root = mkdtempSync(join(tmpdir(), 'firn-settings-keys-'));
	mkdirSync(join(root, 'docs'));
	writeFileSync(join(root, 'docs', 'a'), 'a');
	engine = await hostEngine(pathsFor(join(root, 'home')), '0.1.0');
	driver = driveApp(engine, engine, root, { screen: 'settings', jobs: [jobView('one')] });
});
afterEach(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

const own = () => driver.screen<SettingsState>('settings');
const held = () => own().keys?.keys.keys.filter((key) => key.held) ?? [];
const modal = () => driver.store.state.modal;

async function backedUp(): Promise<void> {
	const { task } = await engine.call('backup', {
		job: 'one',
		sources: [join(root, 'docs')],
		to: root,
		cwd: '/',
		options: {},
	});
	await new Promise<void>((done) => {
		void engine.follow(task, { progress: () => {}, event: () => {}, done: () => done() });
	});
}

async function opened(): Promise<void> {
	driver.store.dispatch({ type: 'open', screen: 'settings', arg: { section: 'keys' } });
	await driver.when('the keys are there', () => own().keys !== undefined);
}

test('a key is made, checked, and forgotten when no archive needs it', async () => {
	await opened();
	driver.press('n');
	driver.type('laptop');
	driver.press('enter');
	await driver.when('it is made', () => held().length === 1);
	expect(held()[0]).toMatchObject({ name: 'laptop', isDefault: true });
	driver.press('D');
	expect(modal()).toMatchObject({ kind: 'confirm', lines: [held()[0]!.recipient, 'No archive needs it.'] });
	driver.press('y');
	await driver.when('it is gone', () => held().length === 0);
});

test('one that archives need takes their number, typed', async () => {
	await backedUp();
	await opened();
	driver.press('c');
	await driver.when('it is checked', () => modal()?.kind === 'text');
	expect(modal()).toMatchObject({ lines: [expect.stringMatching(/^one: ok, age1/)] });
	driver.press('esc', 'D');
	expect(modal()).toMatchObject({ kind: 'confirm', phrase: 'lose 1' });
	driver.press('y', 'enter');
	expect(held()).toHaveLength(1);
	driver.press('backspace');
	driver.type('lose 1');
	driver.press('enter');
	await driver.when('it is gone', () => held().length === 0);
});

test('keys for S3 are asked for unseen, and refused where there is no place for them', async () => {
	await opened();
	driver.press('s');
	driver.type('work');
	driver.press('enter');
	driver.type('AKIA');
	driver.press('enter');
	expect(modal()).toMatchObject({ kind: 'prompt', secret: true });
	driver.type('hidden');
	driver.press('enter');
	await driver.when('it is refused or kept', () => driver.store.state.flash !== undefined);
	expect(JSON.stringify(driver.store.state)).not.toContain('hidden');
});

test('the secrets move, and their vault gets another passphrase, typed twice', async () => {
	await engine.call('newKey', {});
	await engine.call('unlock', { passphrase: 'one', source: 'the test' });
	await opened();
	const choose = async (value: string) => {
		driver.press('m');
		expect(modal()).toMatchObject({ kind: 'menu' });
		driver.store.dispatch({ type: 'modal', modal: undefined });
		driver.store.dispatch({ type: 'reply', tag: 'settings.moveSecrets', value });
	};
	await choose('vault');
	await driver.when('they are there', () => own().keys?.keys.secrets.store === 'vault');
	const retyped = async (second: string) => {
		await choose('passphrase');
		await driver.when('it is asked for', () => modal()?.kind === 'prompt');
		driver.type('two');
		driver.press('enter');
		expect(modal()).toMatchObject({ kind: 'prompt', secret: true });
		driver.type(second);
		driver.press('enter');
	};
	const isSaid = (part: string) => () => driver.store.state.flash?.text.includes(part) === true;
	await retyped('tow');
	await driver.when('that they differ', isSaid('not the same'));
	await retyped('two');
	await driver.when('it is changed', isSaid('was changed'));
	const wrong = engine.call('unlock', { passphrase: 'one', source: 'the test' });
	await expect(wrong).rejects.toMatchObject({ code: 'VAULT_WRONG_PASSPHRASE' });
	await choose('file');
	await driver.when('they are back', () => own().keys?.keys.secrets.store === 'file');
	expect(held()).toHaveLength(1);
});
