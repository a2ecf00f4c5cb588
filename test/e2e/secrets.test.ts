/** Keys in a vault and in a keychain, with the whole program: nothing secret is ever where it should not be. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FirnHome, firnHome, PROGRAM, until } from '../support/firn.ts';
import { inSession, loginEnv, noKeyring } from '../support/keyring.ts';
import { filesWith, watchProcesses } from '../support/leaks.ts';
import { put } from '../support/trees.ts';

const PASSPHRASE = 'correct horse battery staple';

let firn: FirnHome;
beforeEach(() => {
	firn = firnHome();
});
afterEach(() => firn.close());

const at = (name: string) => join(firn.root, name);
const plant = () => {
	for (let n = 0; n < 20; n++) put(at('photos'), `${n % 3}/${n}.jpg`);
};
const vaultFile = () => join(firn.home, 'secrets', 'vault.age');

describe('with a vault', () => {
	test('a backup and a restore show no secret to anybody', async () => {
		plant();
		firn.env.FIRN_PASSPHRASE = PASSPHRASE;
		// What the user has put into the environment of a command is there; it must not spread.
		const commands = new Set<number>();
		const begin = (...args: string[]) => {
			const going = firn.begin(args);
			commands.add(going.pid);
			return going.ended;
		};
		const watch = watchProcesses(firn.root, [PASSPHRASE, 'AGE-SECRET-KEY-1'], commands);
		const backup = await begin('backup', at('photos'), '--to', at('dest'));
		expect(backup).toMatchObject({ code: 0, err: '' });
		const restore = await begin('restore', 'photos', '--target', at('back'));
		expect(restore.code).toBe(0);
		const { seen, leaks } = watch();
		expect(seen).toContain('engine-main');
		expect(leaks).toEqual([]);
		const { out: identity } = await begin('key', 'export');
		const secret = identity.match(/AGE-SECRET-KEY-1\S+/)![0];
		expect((await begin('key', 'list')).out).toContain(
			`Secrets: vault, in ${vaultFile()}: there is no keychain that can be used (FIRN_KEYCHAIN is off), and a passphrase was given.`,
		);
		await firn.run('engine', 'stop');
		expect(filesWith(firn.root, [PASSPHRASE, secret, secret.slice(20)])).toEqual([]);
	});

	test('a backup needs no passphrase; a restore does, and names where a wrong one came from', async () => {
		plant();
		await firn.run('backup', at('photos'), '--to', at('dest'));
		writeFileSync(at('pass'), `${PASSPHRASE}\n`);
		const moved = await firn.run('--passphrase-file', at('pass'), 'key', 'move', '--to', 'vault', '--json');
		expect(moved.records).toMatchObject([{ count: 1, store: 'vault', locked: false, alsoIn: null }]);
		await firn.run('engine', 'stop');
		expect((await firn.run('backup', 'photos')).code).toBe(0);
		const locked = await firn.run('restore', 'photos', '--target', at('back'));
		expect([locked.code, locked.err]).toEqual([2, expect.stringContaining(`The vault ${vaultFile()} is locked.`)]);
		firn.env.FIRN_PASSPHRASE_COMMAND = 'echo wrong';
		const wrong = await firn.run('restore', 'photos', '--target', at('back'));
		expect([wrong.code, wrong.err]).toEqual([
			2,
			expect.stringContaining('The passphrase from FIRN_PASSPHRASE_COMMAND does not open the vault'),
		]);
		const right = await firn.run('--passphrase-file', at('pass'), 'restore', 'photos', '--target', at('back'));
		expect(right.code).toBe(0);
		// The engine has it now.
		expect((await firn.run('key', 'export')).code).toBe(0);
	});

	test('archives that are not encrypted are opened while it is locked', async () => {
		plant();
		firn.env.FIRN_PASSPHRASE = PASSPHRASE;
		await firn.run('key', 'new');
		firn.env.FIRN_PASSPHRASE = '';
		await firn.run('backup', at('photos'), '--to', at('dest'), '--no-encrypt');
		expect(await firn.run('decrypt', at('dest'), '--out', at('tars'))).toMatchObject({ code: 0, err: '' });
		await firn.run('engine', 'stop');
		expect(await firn.run('verify', 'photos')).toMatchObject({ code: 0, err: '' });
	});

	test('a person types the passphrase unseen, and may mistype it', async () => {
		firn.env.FIRN_PASSPHRASE = PASSPHRASE;
		await firn.run('key', 'new');
		const changed = await new Promise<{ screen: string; code: number }>((resolve) => {
			const env = { ...firn.env, FIRN_PASSPHRASE: '' };
			const answers = ['wrong\r', `${PASSPHRASE}\r`, 'a new one\r', 'a new one\r'];
			void firn.run('engine', 'stop').then(() => {
				const terminal = spawn(process.execPath, [PROGRAM, 'key', 'passphrase'], { env, cwd: firn.root, cols: 200 });
				let screen = '';
				terminal.onData((data) => {
					screen += data;
					if (/: $/.test(data)) terminal.write(answers.shift() ?? '\x03');
				});
				terminal.onExit(({ exitCode }) => resolve({ screen, code: exitCode }));
			});
		});
		expect(changed.screen).toContain('The passphrase from the terminal does not open the vault');
		expect(changed.screen).toContain(`The passphrase of ${vaultFile()} was changed.`);
		expect(changed.screen).not.toMatch(/wrong\r|battery|a new one/);
		expect(changed.code).toBe(0);
		await firn.run('engine', 'stop');
		expect((await firn.run('key', 'export')).err).toContain('The passphrase from FIRN_PASSPHRASE does not open');
		firn.env.FIRN_PASSPHRASE = 'a new one';
		expect((await firn.run('key', 'export')).out).toContain('AGE-SECRET-KEY-1');
	});

	test('an engine under systemd opens it by itself, and ends when it is told to', async () => {
		mkdirSync(at('credentials'));
		writeFileSync(at('credentials/firn-passphrase'), PASSPHRASE);
		const env = { ...firn.env, CREDENTIALS_DIRECTORY: at('credentials') };
		const first = firn.begin(['engine', 'start', '--foreground'], { env });
		await until('an engine', () => firn.enginePid());
		expect((await firn.run('key', 'new')).code).toBe(0);
		expect((await firn.run('engine', 'stop')).code).toBe(0);
		expect(await first.ended).toMatchObject({ code: 0, err: '' });
		const second = firn.begin(['engine', 'start', '--foreground'], { env });
		await until('an engine', () => firn.enginePid());
		expect((await firn.run('key', 'export')).out).toContain('AGE-SECRET-KEY-1');
		await firn.run('engine', 'stop');
		expect((await second.ended).code).toBe(0);
		expect((await firn.run('key', 'list')).out).toContain('Locked:');
	});

	test('half of a vault, or none, opens nothing and is not replaced', async () => {
		firn.env.FIRN_PASSPHRASE = PASSPHRASE;
		await firn.run('key', 'new');
		const whole = readFileSync(vaultFile());
		writeFileSync(vaultFile(), whole.subarray(0, whole.length / 2));
		const half = await firn.run('key', 'new');
		expect([half.code, half.err]).toEqual([1, expect.stringContaining(`The vault ${vaultFile()} is damaged`)]);
		expect(readFileSync(vaultFile())).toHaveLength(Math.floor(whole.length / 2));
		rmSync(vaultFile());
		expect((await firn.run('key', 'export')).err).toContain(`There is no vault ${vaultFile()} any more.`);
		writeFileSync(vaultFile(), whole);
		expect((await firn.run('key', 'export')).code).toBe(0);
	});
});

describe.skipIf(noKeyring() !== undefined)(`with a keychain (${noKeyring() ?? 'it is here'})`, () => {
	test('the first backup keeps its identity there, and later moves it to a vault', async () => {
		plant();
		const script = `
			set -e
			"$@" backup ${at('photos')} --to ${at('dest')}
			"$@" key list
			"$@" restore photos --target ${at('back')}
			"$@" key export --to ${at('copy.txt')}
			secret-tool search --all service firn 2>&1 | grep -v '^secret'
			FIRN_PASSPHRASE=${PASSPHRASE.split(' ')[0]} "$@" key move --to vault
			secret-tool search --all service firn 2>&1 || true
			"$@" engine stop`;
		const env = { ...loginEnv(at('login')), FIRN_HOME: firn.home, NO_COLOR: '1' };
		const watch = watchProcesses(firn.root, ['AGE-SECRET-KEY-1']);
		const out = await inSession('open', env, script, process.execPath, PROGRAM);
		const { seen, leaks } = watch();
		expect([seen.includes('engine-main'), seen.includes('keychain/child'), leaks]).toEqual([true, true, []]);
		expect(out).toContain('Secrets: keychain, in the keychain of your login (service firn): it can be used here.');
		expect(out).toMatch(/Restored \d+ files/);
		expect(out.match(/attribute.account = /g)).toHaveLength(1);
		expect(out).toContain(`1 secret in ${vaultFile()}, and nowhere else.`);
		const secret = readFileSync(at('copy.txt'), 'utf8').match(/AGE-SECRET-KEY-1\S+/)![0];
		expect(filesWith(firn.root, [secret])).toEqual([at('copy.txt')]);
	});
});
