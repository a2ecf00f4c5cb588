/** The keychain as it is on real machines: open, locked, without a service, on a bus that is dead or mute. */

import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inSession, loginEnv, noKeyring, steps } from '../support/keyring.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let home: string;
beforeEach(() => {
	home = scratchFolder('keychain');
});
afterEach(() => removeTree(home));

const failure = (code: string, message: string) => ({ code, message: expect.stringContaining(message) });
const hard = `{"ü":"${'x'.repeat(5000)}"}\n'"$`;

describe.skipIf(noKeyring() !== undefined)(`a real gnome-keyring (${noKeyring() ?? 'it is here'})`, () => {
	test('keeps, overwrites, gives out and forgets', async () => {
		const outcomes = await steps(
			[
				{ whyNot: true },
				{
					set: [
						['a', 'first'],
						['b', hard],
					],
				},
				{ set: [['a', 'second']] },
				{ get: ['b', 'a'] },
				{ remove: ['a', 'never there'] },
				{ get: ['a'] },
				{ get: ['b'] },
				{ get: ['a', 'b'] },
			],
			loginEnv(home),
			'open',
		);
		expect(outcomes.map(({ result }) => result)).toEqual([
			'it works',
			null,
			null,
			[
				['b', hard],
				['a', 'second'],
			],
			null,
			failure('KEYCHAIN_LOCKED', 'the secret a was removed from it'),
			[['b', hard]],
			failure('SECRET_MISSING', 'does not hold the secret a'),
		]);
	});

	test('that is locked is told, and nothing in it counts as gone', async () => {
		const env = loginEnv(home);
		await steps([{ set: [['a', 'kept']] }], env, 'open');
		const locked = await steps(
			[{ whyNot: true }, { get: ['a'] }, { set: [['b', 'c']] }, { remove: ['a'] }],
			env,
			'locked',
		);
		const [why, ...others] = locked.map(({ result }) => result);
		expect(why).toBe('Cannot create an item in a locked collection');
		expect(others[0]).toEqual(failure('KEYCHAIN_LOCKED', 'The keychain is locked'));
		for (const other of others.slice(1)) expect(other).toMatchObject({ code: expect.stringMatching(/^KEYCHAIN_/) });
		expect((await steps([{ get: ['a'] }], env, 'open'))[0]!.result).toEqual([['a', 'kept']]);
	});

	test('shows its entries to other programs under the service firn, and firn alone finds its own', async () => {
		const env = loginEnv(home);
		const script = `"$@" >/dev/null; secret-tool search --all service firn 2>&1`;
		const driver = join(import.meta.dirname, '../support/keychain-steps.ts');
		const out = await inSession(
			'open',
			env,
			script,
			process.execPath,
			driver,
			JSON.stringify([{ set: [['s3/x', 'y']] }]),
		);
		expect(out).toContain('attribute.account = s3/x (0badcafe)');
	});
});

describe('without a keyring', () => {
	test('there is no D-Bus session: told at once, without a process', async () => {
		const env = loginEnv(home);
		const [why, get] = await steps([{ whyNot: true }, { get: ['a'] }], env);
		expect(why!.result).toBe('there is no D-Bus session');
		expect(get!.result).toEqual(failure('KEYCHAIN_FAILED', 'there is no D-Bus session'));
		expect(why!.ms).toBeLessThan(50);
	});

	test.skipIf(noKeyring() !== undefined)('the bus has no such service', async () => {
		const [why, set] = await steps([{ whyNot: true }, { set: [['a', 'b']] }], loginEnv(home), 'none');
		expect(why!.result).toContain('org.freedesktop.secrets');
		expect(set!.result).toEqual(failure('KEYCHAIN_FAILED', 'The keychain cannot be used: '));
	});

	test.skipIf(noKeyring() !== undefined)('the bus is dead', async () => {
		const env = { ...loginEnv(home), DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/none` };
		const [get] = await steps([{ get: ['a'] }], env);
		expect(get!.result).toEqual(failure('KEYCHAIN_FAILED', 'Could not connect'));
	});

	test.skipIf(noKeyring() !== undefined)(
		'the bus never answers: no longer than four seconds, and the process is gone',
		async () => {
			const socket = join(home, 'bus');
			const clients: { destroy: () => void }[] = [];
			const mute = createServer((client) => {
				client.on('error', () => {});
				clients.push(client);
			});
			await new Promise<void>((listening) => mute.listen(socket, listening));
			try {
				const [get] = await steps([{ get: ['a'] }], {
					...loginEnv(home),
					DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
				});
				expect(get!.result).toEqual(failure('KEYCHAIN_FAILED', 'it does not answer'));
				expect(get!.ms).toBeGreaterThan(3900);
				expect(get!.ms).toBeLessThan(6000);
				expect(clients).toHaveLength(1);
			} finally {
				for (const client of clients) client.destroy();
				mute.close();
			}
		},
	);

	test('keytar is not installed: the process says so', () => {
		const alone = join(home, 'child.ts');
		copyFileSync(join(import.meta.dirname, '../../src/secrets/keychain/child.ts'), alone);
		const out = execFileSync(process.execPath, [alone], { input: JSON.stringify({ service: 'firn', steps: [] }) });
		expect(JSON.parse(out.toString())).toEqual({ missing: 'MODULE_NOT_FOUND' });
	});

	test('it is switched off', async () => {
		const env = { ...loginEnv(home), FIRN_KEYCHAIN: 'off', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/none' };
		expect((await steps([{ whyNot: true }], env))[0]!.result).toBe('FIRN_KEYCHAIN is off');
	});
});
