/** Identities are never lost by accident: made, named, taken in, given out and forgotten. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity, recipientOf } from '../../src/archive/age/identity.ts';
import { pathsFor } from '../../src/config/paths.ts';
import { needsOf } from '../../src/engine/key-needs.ts';
import { KeyRing } from '../../src/engine/key-ring.ts';
import { Keys } from '../../src/engine/keys.ts';
import { identityFile, listIdentities } from '../../src/secrets/identities.ts';
import { Secrets } from '../../src/secrets/secrets.ts';

let root: string;
let keys: Keys;
let secrets: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'firn-keys-'));
	const paths = pathsFor(root);
	secrets = paths.secretsDir;
	const ring = new KeyRing({
		paths,
		secrets: new Secrets({ secretsDir: paths.secretsDir }),
		jobs: () => [],
		stateFiles: () => [],
	});
	keys = new Keys(ring);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const held = () => listIdentities(secrets).map(recipientOf);

test('identities are made, shown, given out, forgotten and taken in again', async () => {
	const { key: laptop } = await keys.create({ name: 'laptop' });
	const { key: second } = await keys.create({});
	expect([laptop.isDefault, second.isDefault]).toEqual([true, false]);
	expect(await keys.show({ key: 'laptop', reveal: false })).toEqual({ key: laptop });
	const { identity } = await keys.show({ key: laptop.recipient.slice(0, 20), reveal: true });
	expect(recipientOf(identity!)).toBe(laptop.recipient);
	const all = await keys.export({});
	expect(all.recipients).toEqual([laptop.recipient, second.recipient]);
	expect(all.content).toContain('# name: laptop\n');
	await keys.remove({ key: 'laptop' });
	expect(held()).toEqual([second.recipient]);
	expect(readFileSync(identityFile(secrets), 'utf8')).not.toContain(identity);
	const { added, known } = await keys.import({ content: all.content });
	expect([added.map(({ recipient }) => recipient), known]).toEqual([[laptop.recipient], [second.recipient]]);
	await keys.remove({ key: laptop.recipient });
	await keys.remove({ key: second.recipient });
	expect(held()).toEqual([]);
	await expect(keys.export({})).rejects.toThrow(expect.objectContaining({ code: 'NO_IDENTITY' }));
});

test('forgetting one of many leaves all others, however the file was written', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(4), fc.boolean(), async (count, at, isLower) => {
			rmSync(secrets, { recursive: true, force: true });
			const identities = Array.from({ length: count }, () => generateIdentity().identity);
			const lines = identities.map((one) => `# of mine\n\n  ${isLower ? one.toLowerCase() : one} \r\n`);
			await keys.import({ content: lines.join('') });
			const gone = recipientOf(identities[at % count]!);
			await keys.remove({ key: gone });
			expect(held()).toEqual(identities.map(recipientOf).filter((one) => one !== gone));
		}),
		{ numRuns: 20 },
	);
});

test.each(['', ' a', 'a\x1b[31mb', 'a\u202eb', 'a\nb', 'age1abc', 'AGE-SECRET-KEY-1', '--yes', 'x'.repeat(65)])(
	'a key is not called %j',
	async (name) => {
		await expect(keys.create({ name })).rejects.toThrow(
			expect.objectContaining({ code: 'BAD_KEY_NAME', kind: 'usage' }),
		);
		expect(held()).toEqual([]);
	},
);

test('a name is given once, and to one key', async () => {
	await keys.create({ name: 'büro 🗝' });
	await expect(keys.create({ name: 'büro 🗝' })).rejects.toThrow(expect.objectContaining({ code: 'BAD_KEY_NAME' }));
	const content = `${generateIdentity().identity}\n${generateIdentity().identity}\n`;
	await expect(keys.import({ content, name: 'two' })).rejects.toThrow(
		expect.objectContaining({ code: 'BAD_KEY_NAME' }),
	);
});

test.each([
	['nothing', '# no identity\n'],
	['encrypted with a passphrase', '-----BEGIN AGE ENCRYPTED FILE-----\nabc\n'],
	['of a plugin', 'AGE-PLUGIN-YUBIKEY-1XXXX\n'],
	['of SSH', '-----BEGIN OPENSSH PRIVATE KEY-----\n'],
])('what is %s is not taken in, and not repeated in the error', async (_what, content) => {
	await expect(keys.import({ content })).rejects.toThrow(
		expect.objectContaining({ code: 'BAD_IDENTITY', message: expect.not.stringContaining('XXXX') }),
	);
});

test('archives count for each recipient, and as lost only where nothing else opens them', () => {
	const groups = [
		{ recipients: ['a'], archives: 3, firstRun: 1, lastRun: 2 },
		{ recipients: ['a', 'b'], archives: 2, firstRun: 3, lastRun: 3 },
	];
	const needs = needsOf([{ job: 'j', groups }], new Set(['a', 'b']));
	expect(needs.get('a')).toEqual([{ job: 'j', archives: 5, alone: 3, firstRun: 1, lastRun: 3 }]);
	expect(needs.get('b')).toEqual([{ job: 'j', archives: 2, alone: 0, firstRun: 3, lastRun: 3 }]);
	expect(needsOf([{ job: 'j', groups }], new Set(['b'])).get('b')![0]!.alone).toBe(2);
});
