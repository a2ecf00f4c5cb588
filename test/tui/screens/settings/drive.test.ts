/** The section Google Drive of Settings over a real engine and an emulator: sign in, account and room, sign out. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pathsFor } from '../../../../src/config/paths.ts';
import { hostEngine } from '../../../../src/engine/host.ts';
import type { Channel } from '../../../../src/protocol/channel.ts';
import type { SettingsState } from '../../../../src/tui/screens/settings/state.ts';
import { openSignIn } from '../../../../src/tui/sign-in/effect.ts';
import { type AppDriver, drawn, driveApp } from '../../../support/app-driver.ts';
import { type DriveEmulator, startDriveEmulator } from '../../../support/drive-emulator/emulator.ts';

let root: string;
let drive: DriveEmulator;
let engine: Channel;
let app: AppDriver;
let ticker: NodeJS.Timeout;
beforeEach(async () => {
	root = mkdtempSync(join(tmpdir(), 'firn-settings-drive-'));
	mkdirSync(join(root, 'home'));
	vi.stubEnv('FIRN_KEYCHAIN', 'off');
	drive = await startDriveEmulator({ pollSeconds: 0.2 });
	engine = await hostEngine(pathsFor(join(root, 'home')), '0.1.0');
	await engine.call('unlock', { passphrase: 'correct horse', source: 'test' } as never);
	app = driveApp(engine, engine, root, { screen: 'settings' });
	ticker = setInterval(() => app.store.dispatch({ type: 'tick', now: Date.now() }), 100);
});
afterEach(async () => {
	clearInterval(ticker);
	engine.close();
	await drive.close();
	vi.unstubAllEnvs();
	rmSync(root, { recursive: true, force: true });
});

const own = () => app.screen<SettingsState>('settings');
const text = () => drawn(app.store.state, 'settings', 100, 27).join('\n');

test('whoever signs in sees account and room, and signs out after a question', async () => {
	app.store.dispatch({ type: 'open', screen: 'settings', arg: { section: 'drive' } });
	await app.when('it is known', () => own().drive !== undefined);
	expect(text()).toContain('Nobody is signed in');
	openSignIn({ tag: 'settings.signedIn', name: 'gdrive', endpoint: drive.endpoint }, app.context);
	await app.when('the client is asked for', ({ signIn }) => signIn?.phase === 'client');
	const { tv } = drive.clients;
	app.press('down');
	app.type(tv.id);
	app.press('down');
	app.type(tv.secret);
	app.press('enter');
	await app.when('there is a code', ({ signIn }) => signIn?.view?.code !== undefined);
	drive.approve(app.store.state.signIn!.view!.code!);
	await app.when('it is done', ({ signIn }) => signIn?.view?.state === 'done');
	app.press('enter');
	await app.when('the account is known', () => own().drive?.accounts.gdrive !== undefined);
	expect(app.store.state.signIn).toBeUndefined();
	expect(text()).toMatch(/signed in +gdrive +erika@example\.com/);
	expect(text()).toContain('15.0 GiB free of 15.0 GiB');
	expect(JSON.stringify(app.store.state)).not.toContain(tv.secret);

	drive.revoke();
	app.press('R');
	await app.when('it is dead', () => 'error' in (own().drive?.accounts.gdrive ?? {}));
	expect(text()).toContain('s signs in again');

	app.press('D');
	expect(app.store.state.modal).toMatchObject({ kind: 'confirm', title: 'Sign out gdrive?' });
	app.press('y');
	await app.when('nobody is signed in', () => own().drive?.signIns.length === 0);
});
