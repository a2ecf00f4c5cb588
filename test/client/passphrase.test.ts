/** Where a passphrase comes from when nobody is asked: the order of the sources, and that each is named. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineEnvironment } from '../../src/client/environment.ts';
import { unattendedPassphrase } from '../../src/client/passphrase.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
beforeEach(() => {
	root = scratchFolder('passphrase');
	for (const name of ['option', 'env', 'firn-passphrase']) writeFileSync(join(root, name), `${name}\n`);
});
afterEach(() => removeTree(root));

const all = () => ({
	FIRN_PASSPHRASE_FILE: join(root, 'env'),
	FIRN_PASSPHRASE_COMMAND: 'echo command',
	CREDENTIALS_DIRECTORY: root,
	FIRN_PASSPHRASE: 'variable',
});

test('the first source that is set counts', async () => {
	const env: NodeJS.ProcessEnv = all();
	const found = [await unattendedPassphrase(join(root, 'option'), false, env)];
	for (const name of Object.keys(env)) {
		found.push(await unattendedPassphrase(undefined, false, env));
		delete env[name];
	}
	expect(found).toEqual([
		{ text: 'option', source: `the file ${join(root, 'option')} (--passphrase-file)` },
		{ text: 'env', source: `the file ${join(root, 'env')} (FIRN_PASSPHRASE_FILE)` },
		{ text: 'command', source: 'FIRN_PASSPHRASE_COMMAND' },
		{ text: 'firn-passphrase', source: 'the systemd credential firn-passphrase' },
		{ text: 'variable', source: 'FIRN_PASSPHRASE' },
	]);
	expect(await unattendedPassphrase(undefined, false, {})).toBeUndefined();
	// Of another service.
	expect(await unattendedPassphrase(undefined, false, { CREDENTIALS_DIRECTORY: '/' })).toBeUndefined();
});

test.each([
	[
		'a file that is not there',
		{ FIRN_PASSPHRASE_FILE: '/none/at/all' },
		'the file /none/at/all (FIRN_PASSPHRASE_FILE), which cannot be read (ENOENT)',
	],
	[
		'a command that fails',
		{ FIRN_PASSPHRASE_COMMAND: 'echo secret; exit 3' },
		'FIRN_PASSPHRASE_COMMAND, which ended with code 3',
	],
	[
		'a command that is killed',
		{ FIRN_PASSPHRASE_COMMAND: 'kill -9 $$' },
		'FIRN_PASSPHRASE_COMMAND, which ended with SIGKILL',
	],
	[
		'a command that prints nothing',
		{ FIRN_PASSPHRASE_COMMAND: 'true' },
		'The passphrase from FIRN_PASSPHRASE_COMMAND is empty',
	],
	['an empty file', { FIRN_PASSPHRASE_FILE: '/dev/null' }, 'the file /dev/null (FIRN_PASSPHRASE_FILE) is empty'],
])('%s is named, and the others are not tried', async (_what, env, message) => {
	const given = unattendedPassphrase(undefined, false, { ...env, FIRN_PASSPHRASE: 'variable' });
	await expect(given).rejects.toThrow(message);
	await expect(given).rejects.toMatchObject({ kind: 'usage', message: expect.not.stringContaining('secret') });
});

test('one line feed at the end is none of it; spaces and umlauts are', async () => {
	const given = async (content: string) => {
		writeFileSync(join(root, 'option'), content);
		return (await unattendedPassphrase(join(root, 'option'), false, {}))!.text;
	};
	expect(await given(' ä b \n')).toBe(' ä b ');
	expect(await given('x\r\n')).toBe('x');
	expect(await given('x\n\n')).toBe('x\n');
});

test('none of it is in the environment of the engine', () => {
	const env = engineEnvironment({
		...all(),
		FIRN_HOME: '/h',
		FIRN_KEYCHAIN: 'off',
		DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
	});
	expect(env).toMatchObject({ FIRN_HOME: '/h', FIRN_KEYCHAIN: 'off', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' });
	expect(Object.keys(env).filter((name) => /PASSPHRASE|CREDENTIALS/.test(name))).toEqual([]);
});
