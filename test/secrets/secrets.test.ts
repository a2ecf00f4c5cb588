/** What holds wherever the secrets are kept. */

import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { Secrets } from '../../src/secrets/secrets.ts';
import { removeTree, scratchFolder } from '../support/trees.ts';

let secretsDir: string;
beforeEach(() => {
	secretsDir = scratchFolder('secrets');
});
afterEach(() => removeTree(secretsDir));

const begun = () => new Secrets({ secretsDir, env: { FIRN_KEYCHAIN: 'off' }, workFactor: 4 });
const phrase = (text: string) => ({ text, source: 'the test' });
const code = (wanted: string) => expect.objectContaining({ code: wanted });

test('a vault that vanished is told, and no new one takes its place', async () => {
	const secrets = begun();
	await secrets.unlock(phrase('one'));
	const recipient = await secrets.newIdentity();
	const vault = join(secretsDir, 'vault.age');
	renameSync(vault, `${vault}.away`);
	await expect(secrets.newIdentity()).rejects.toThrow(code('VAULT_MISSING'));
	await expect(secrets.keep('s3/main', 'x')).rejects.toThrow(code('VAULT_MISSING'));
	expect(await secrets.place()).toMatchObject({ why: 'there is no such file any more' });
	renameSync(`${vault}.away`, vault);
	expect(await secrets.identityOf(recipient)).toMatch(/^AGE-SECRET-KEY-1/);
});

test('a vault is made with the passphrase that was given for it, not with one before', async () => {
	const secrets = begun();
	await secrets.unlock(phrase('one'));
	await secrets.newIdentity();
	await secrets.move('file');
	await expect(secrets.move('vault')).rejects.toThrow(code('PASSPHRASE_NEEDED'));
	await secrets.unlock(phrase('two'));
	await secrets.move('vault');
	await expect(begun().unlock(phrase('one'))).rejects.toThrow(code('VAULT_WRONG_PASSPHRASE'));
	await begun().unlock(phrase('two'));
});

test('a vault that is lost for good can be left', async () => {
	const secrets = begun();
	await secrets.unlock(phrase('one'));
	await secrets.newIdentity();
	rmSync(join(secretsDir, 'vault.age'));
	expect(await begun().move('file')).toBe(0);
	expect(begun().recipients()).toEqual([]);
});

test('an identity that a vault has lost can be taken in again', async () => {
	const secrets = begun();
	await secrets.unlock(phrase('one'));
	await secrets.newIdentity();
	const vault = join(secretsDir, 'vault.age');
	copyFileSync(vault, `${vault}.old`);
	const { identity, recipient } = generateIdentity();
	expect(await secrets.addIdentities([identity])).toEqual([recipient]);
	renameSync(`${vault}.old`, vault);
	await expect(secrets.identityOf(recipient)).rejects.toThrow(code('SECRET_MISSING'));
	expect(await secrets.addIdentities([identity])).toEqual([]);
	expect(await secrets.identityOf(recipient)).toBe(identity);
});
