/** One file with all secrets under a passphrase: what age makes of it, and what can go wrong with it. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateIdentity, recipientOf } from '../../src/archive/age/identity.ts';
import { openWithPassphrase, sealWithPassphrase } from '../../src/archive/age/passphrase.ts';
import { identityName } from '../../src/secrets/store.ts';
import { formatContents, parseContents } from '../../src/secrets/vault/contents.ts';
import { Vault } from '../../src/secrets/vault/vault.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

/** Of the scrypt that takes no time; the real one is tried against age itself. */
const QUICK = 4;

let root: string;
let file: string;
beforeEach(() => {
	root = scratchFolder('vault');
	file = join(root, 'secrets', 'vault.age');
});
afterEach(() => removeTree(root));

const phrase = (text: string, source = 'the test') => ({ text, source });
const named = (identity: string): [string, string] => [identityName(recipientOf(identity)), identity];
const code = (wanted: string) => expect.objectContaining({ code: wanted });

async function opened(text: string): Promise<Vault> {
	const vault = new Vault(file, QUICK);
	await vault.unlock(phrase(text));
	return vault;
}

describe('a file under a passphrase', () => {
	/** Types the passphrase as a person would: age takes it from nowhere else. */
	const age = (passphrase: string, ...args: string[]) =>
		new Promise<number>((resolve) => {
			const process_ = spawn('age', args, { cwd: root });
			process_.onData((data) => {
				if (/passphrase.*: $/s.test(data)) process_.write(`${passphrase}\r`);
			});
			process_.onExit(({ exitCode }) => resolve(exitCode));
		});

	test('is opened by age, and opens archives there as an identity file', async () => {
		const { identity, recipient } = generateIdentity();
		const vault = new Vault(file);
		await vault.unlock(phrase('korrekt pferd ß'));
		await vault.set(new Map([named(identity), ['s3/main', 'line 1\nline 2']]));
		expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
		expect(await age('korrekt pferd ß', '-d', '-o', 'plain', file)).toBe(0);
		expect(readFileSync(join(root, 'plain'), 'utf8')).toContain(`# public key: ${recipient}\n${identity}\n`);
		expect(await age('wrong', '-d', '-o', 'none', file)).toBe(1);
		writeFileSync(join(root, 'content'), 'of an archive');
		execFileSync('age', ['-r', recipient, '-o', 'archive.age', 'content'], { cwd: root });
		expect(await age('korrekt pferd ß', '-d', '-i', file, '-o', 'back', 'archive.age')).toBe(0);
		expect(readFileSync(join(root, 'back'), 'utf8')).toBe('of an archive');
	});

	test('that age has made is opened', async () => {
		writeFileSync(join(root, 'content'), 'made by age');
		expect(await age('a b', '-p', '-o', 'made', 'content')).toBe(0);
		const made = readFileSync(join(root, 'made'));
		expect((await openWithPassphrase('a b', made)).toString()).toBe('made by age');
		await expect(openWithPassphrase('a  b', made)).rejects.toThrow(code('WRONG_PASSPHRASE'));
	});

	test('comes back whatever it holds, and with any byte changed it does not', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.string({ minLength: 1, unit: 'binary' }),
				fc.uint8Array({ maxLength: 300 }),
				fc.nat(),
				async (pass, plain, at) => {
					const sealed = await sealWithPassphrase(pass, plain, 1);
					expect([...(await openWithPassphrase(pass, sealed))]).toEqual([...plain]);
					sealed[at % sealed.length]! ^= 1;
					await expect(openWithPassphrase(pass, sealed)).rejects.toThrow();
					await expect(openWithPassphrase(pass, sealed.subarray(0, at % sealed.length))).rejects.toThrow();
				},
			),
			{ numRuns: 60 },
		);
	});

	test.each(['0', '01', '23', '99', '-1', '1e1', ''])('of work factor %j is refused at once', async (work) => {
		const sealed = (await sealWithPassphrase('x', Buffer.alloc(1), 1)).toString('latin1');
		const changed = Buffer.from(sealed.replace(/(-> scrypt \S+) 1\n/, `$1 ${work}\n`), 'latin1');
		await expect(openWithPassphrase('x', changed)).rejects.toThrow(code('BAD_AGE_HEADER'));
	});
});

test('contents come back in their order, whatever the secrets are', () => {
	const identity = fc.constant(null).map(() => named(generateIdentity().identity));
	const other = fc.tuple(
		fc.string({ unit: 'binary' }).filter((name) => !name.startsWith('identity/')),
		fc.string({ unit: 'binary' }),
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(identity, other), { maxLength: 8 }), (pairs) => {
			const secrets = new Map(pairs);
			expect([...parseContents(formatContents(secrets))]).toEqual([...secrets]);
		}),
		{ numRuns: 50 },
	);
});

describe('a vault', () => {
	test('keeps, gives out and forgets; another process sees the same', async () => {
		const vault = await opened('one');
		expect(vault.exists()).toBe(false);
		const [a, b] = [generateIdentity().identity, generateIdentity().identity].map(named) as [
			[string, string],
			[string, string],
		];
		await vault.set(new Map([a]));
		await vault.set(new Map([b, ['s3/x', 'y']]));
		const other = await opened('one');
		expect(await other.names()).toEqual([a[0], b[0], 's3/x']);
		expect(await other.get([b[0], a[0]])).toEqual(new Map([b, a]));
		await other.remove([a[0], 'never there']);
		expect(await vault.names()).toEqual([b[0], 's3/x']);
		await expect(vault.get([a[0]])).rejects.toThrow(code('SECRET_MISSING'));
		expect(readdirSync(join(root, 'secrets'))).toEqual(['vault.age']);
	});

	test('is not made without a passphrase, and not opened with a wrong one, whose source is told', async () => {
		await expect(new Vault(file, QUICK).set(new Map([['a', 'b']]))).rejects.toThrow(code('PASSPHRASE_NEEDED'));
		await (await opened('one')).set(new Map([['a', 'b']]));
		const locked = new Vault(file, QUICK);
		expect(locked.isLocked()).toBe(true);
		await expect(locked.get(['a'])).rejects.toThrow(code('VAULT_LOCKED'));
		await expect(locked.unlock(phrase('two', 'FIRN_PASSPHRASE'))).rejects.toThrow(
			`The passphrase from FIRN_PASSPHRASE does not open the vault ${file}.`,
		);
		await expect(locked.set(new Map([['c', 'd']]))).rejects.toThrow(code('VAULT_LOCKED'));
	});

	test('has another passphrase from then on', async () => {
		const vault = await opened('one');
		await vault.set(new Map([['a', 'b']]));
		const other = await opened('one');
		await vault.changePassphrase(phrase('two'));
		expect((await vault.get(['a'])).get('a')).toBe('b');
		// Whoever held the old one has to ask again.
		await expect(other.get(['a'])).rejects.toThrow(code('VAULT_LOCKED'));
		await expect(opened('one')).rejects.toThrow(code('VAULT_WRONG_PASSPHRASE'));
		expect(await (await opened('two')).names()).toEqual(['a']);
	});

	test.each([
		['cut off', (sealed: Buffer) => sealed.subarray(0, sealed.length - 1)],
		['cut off in its header', (sealed: Buffer) => sealed.subarray(0, 60)],
		['empty', () => Buffer.alloc(0)],
		['something else', () => Buffer.from('AGE-SECRET-KEY-1 of nobody\n')],
		['for a recipient', () => execFileSync('age', ['-r', generateIdentity().recipient], { input: 'x' })],
	])('that is %s is told as damaged, and never replaced', async (_what, damage) => {
		const vault = await opened('one');
		await vault.set(new Map([['a', 'b']]));
		const damaged = damage(readFileSync(file));
		writeFileSync(file, damaged);
		for (const attempt of [() => opened('one'), () => vault.get(['a']), () => vault.set(new Map([['c', 'd']]))]) {
			await expect(attempt()).rejects.toThrow(code('VAULT_DAMAGED'));
		}
		await expect(opened('one')).rejects.toThrow(`The vault ${file} is damaged: `);
		expect(readFileSync(file).equals(damaged)).toBe(true);
	});

	test('that vanished is not taken for an empty one', async () => {
		const vault = await opened('one');
		await vault.set(new Map([['a', 'b']]));
		vault.discard();
		await expect(vault.get(['a'])).rejects.toThrow(code('VAULT_MISSING'));
	});

	test('that somebody else changes meanwhile keeps what they wrote', async () => {
		await (await opened('one')).set(new Map([['a', 'b']]));
		const other = await opened('one');
		const vault = new Vault(file, 15);
		await vault.unlock(phrase('one'));
		const slow = vault.set(new Map([['mine', '1']])).catch((error) => error);
		await other.set(new Map([['theirs', '2']]));
		expect(await slow).toMatchObject({ code: 'VAULT_CHANGED' });
		expect(await (await opened('one')).names()).toEqual(['a', 'theirs']);
	});

	test('clears away what a process that was killed has left', async () => {
		mkdirSync(join(root, 'secrets'));
		writeFileSync(`${file}.0badcafe.new`, 'half');
		await (await opened('one')).set(new Map([['a', 'b']]));
		expect(existsSync(`${file}.0badcafe.new`)).toBe(false);
	});
});
