/** The recovery sheet in the app: offered with the first key, shown, written, confirmed. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathsFor } from '../../src/config/paths.ts';
import { hostEngine } from '../../src/engine/host.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import { offerNewSheet, sheetEffect } from '../../src/tui/sheet-effect.ts';
import { type AppDriver, driveApp } from '../support/app-driver.ts';

let root: string;
let engine: Channel;
let driver: AppDriver;
beforeEach(async () => {
	root = mkdtempSync(join(tmpdir(), 'firn-sheet-'));
	mkdirSync(join(root, 'docs'));
	writeFileSync(join(root, 'docs', 'a'), 'a');
	engine = await hostEngine(pathsFor(join(root, 'home')), '0.1.0');
	driver = driveApp(engine, engine, root, { screen: 'jobs', jobs: [] });
	driver.store.connect(driver.context, sheetEffect);
});
afterEach(() => {
	engine.close();
	rmSync(root, { recursive: true, force: true });
});

const modal = () => driver.store.state.modal;
const flash = () => driver.store.state.flash?.text ?? '';
const choose = (value: string) => {
	driver.store.dispatch({ type: 'modal', modal: undefined });
	driver.store.dispatch({ type: 'reply', tag: 'sheet.menu', value });
};

test('there is none without a key, and it is offered once a day with one', async () => {
	driver.press('K');
	await driver.when('that is said', () => flash().includes('no key on this machine'));
	await engine.call('newKey', {});
	await offerNewSheet(driver.context);
	expect(modal()).toMatchObject({ kind: 'menu', tag: 'sheet.menu' });
	choose('later');
	await offerNewSheet(driver.context);
	expect(modal()).toBeUndefined();
});

test('it is shown, written once, and confirmed', async () => {
	await engine.call('newKey', {});
	const { content } = await engine.call('exportKeys', {});
	const identity = /AGE-SECRET-KEY-1\S+/.exec(content)![0];
	driver.press('K');
	await driver.when('it is offered', () => modal()?.kind === 'menu');
	choose('show');
	await driver.when('it is shown', () => modal()?.kind === 'text');
	expect((modal() as { lines: string[] }).lines.join('')).toContain(identity);
	driver.press('esc');

	choose('write');
	await driver.when('the file is asked for', () => modal()?.kind === 'prompt');
	const file = join(root, 'sheet.txt');
	driver.press('ctrl+u');
	driver.type(file);
	driver.press('enter');
	await driver.when('it is written', () => flash().includes('print it'));
	expect([readFileSync(file, 'utf8').includes(identity), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
	driver.store.dispatch({ type: 'reply', tag: 'sheet.file', value: file });
	await driver.when('it is not overwritten', () => flash().includes('already'));

	choose('stored');
	await driver.when('it is noted', () => flash().includes('stored'));
	expect((await engine.call('sheetReminder', {})).recipients).toEqual([]);
});
