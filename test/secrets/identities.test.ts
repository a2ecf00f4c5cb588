import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateIdentity, recipientOf } from '../../src/archive/age/identity.ts';
import {
	addIdentities,
	defaultRecipient,
	identityFile,
	listIdentities,
	readIdentities,
} from '../../src/secrets/identities.ts';
import { createRunKey, deleteRunKey, readRunKey } from '../../src/secrets/run-key.ts';

let root: string;
let secrets: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-secrets-'));
	secrets = join(root, 'secrets');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const NOW = new Date('2026-11-21T04:56:53Z');
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('identities', () => {
	test('the first call makes one, 0600 in a 0700 folder, and later ones find it', () => {
		expect(listIdentities(secrets)).toEqual([]);
		const recipient = defaultRecipient(secrets, NOW);
		expect(recipient).toMatch(/^age1[a-z0-9]{58}$/);
		expect([mode(secrets), mode(identityFile(secrets))]).toEqual(['700', '600']);
		expect(readdirSync(secrets)).toEqual(['identity.txt']);
		expect(defaultRecipient(secrets, NOW)).toBe(recipient);
		expect(listIdentities(secrets).map(recipientOf)).toEqual([recipient]);
	});

	test('the file is as age-keygen writes it', () => {
		const recipient = defaultRecipient(secrets, NOW);
		expect(readFileSync(identityFile(secrets), 'utf8')).toMatch(
			new RegExp(`^# created: 2026-11-21T04:56:53.000Z\n# public key: ${recipient}\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$`),
		);
	});

	test('those of another machine are added once, the own one stays the first', () => {
		const own = defaultRecipient(secrets, NOW);
		const others = [generateIdentity(), generateIdentity()];
		const given = [...others, others[0]!].map(({ identity }) => identity);
		expect(addIdentities(secrets, given, NOW)).toEqual(others.map(({ recipient }) => recipient));
		expect(addIdentities(secrets, given, NOW)).toEqual([]);
		expect(listIdentities(secrets).map(recipientOf)).toEqual([own, ...others.map(({ recipient }) => recipient)]);
		expect(defaultRecipient(secrets, NOW)).toBe(own);
		expect(mode(identityFile(secrets))).toBe('600');
	});

	test.each([
		['empty', ''],
		['comments only', '# created\n\n'],
		['a recipient', `${generateIdentity().recipient}\n`],
		['half an identity', generateIdentity().identity.slice(0, 40)],
		['binary', '\0\x01\x02'],
	])('a file with %s is refused with its name, never replaced', (_what, content) => {
		mkdirSync(secrets);
		writeFileSync(identityFile(secrets), content);
		for (const attempt of [() => listIdentities(secrets), () => defaultRecipient(secrets, NOW)]) {
			expect(attempt).toThrow(`The identity file ${identityFile(secrets)} is not right: `);
		}
		expect(readFileSync(identityFile(secrets), 'utf8')).toBe(content);
	});

	test('no secret is in the error of a file that is not right', () => {
		const { identity } = generateIdentity();
		const file = join(root, 'key.txt');
		writeFileSync(file, `${identity.slice(0, -1)}\n`);
		expect(() => readIdentities(file)).toThrow();
		try {
			readIdentities(file);
		} catch (error) {
			expect(JSON.stringify(error) + (error as Error).message).not.toContain(identity.slice(20, 40));
		}
	});

	test('a missing file is named', () => {
		expect(() => readIdentities(join(root, 'none'))).toThrow(
			`The identity file ${join(root, 'none')} cannot be read (ENOENT).`,
		);
	});
});

describe('run keys', () => {
	test('are on disk, 0600, until they are deleted', () => {
		expect(readRunKey(secrets, 'run-1')).toBeUndefined();
		const key = createRunKey(secrets, 'run-1');
		expect(key).toHaveLength(32);
		expect(readRunKey(secrets, 'run-1')).toEqual(key);
		expect(mode(join(secrets, 'runs', 'run-1'))).toBe('600');
		expect(mode(join(secrets, 'runs'))).toBe('700');
		expect(createRunKey(secrets, 'run-2')).not.toEqual(key);
		deleteRunKey(secrets, 'run-1');
		deleteRunKey(secrets, 'run-1');
		expect(readdirSync(join(secrets, 'runs'))).toEqual(['run-2']);
	});

	test('what a killed process has left of one goes with it', () => {
		createRunKey(secrets, 'run-1');
		writeFileSync(join(secrets, 'runs', 'run-1.0badcafe.new'), 'half');
		deleteRunKey(secrets, 'run-1');
		expect(readdirSync(join(secrets, 'runs'))).toEqual([]);
	});

	test('a damaged one is refused', () => {
		createRunKey(secrets, 'run-1');
		writeFileSync(join(secrets, 'runs', 'run-1'), 'short');
		expect(() => readRunKey(secrets, 'run-1')).toThrow(/is damaged\.$/);
		chmodSync(join(secrets, 'runs', 'run-1'), 0o600);
	});
});
