/** A server that holds recipients only backs up without being able to read; who can read changes with the next run. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity } from '../../src/archive/age/identity.ts';
import { collect, type FirnHome, firnHome, PROGRAM } from '../support/firn.ts';

let server: FirnHome;
let source: string;
let store: string;
beforeEach(() => {
	server = firnHome();
	source = join(server.root, 'data');
	store = join(server.root, 'store');
	mkdirSync(source);
	mkdirSync(store);
	writeFileSync(join(source, 'a.txt'), 'first');
});
afterEach(() => server.close());

const owner = generateIdentity();
const second = generateIdentity();

/** Runs a command with something on its stdin. */
function piped(text: string, ...args: string[]) {
	const child = spawn(process.execPath, [PROGRAM, ...args], { env: server.env, cwd: server.root });
	child.stdin.end(text);
	return collect(child).ended;
}

const restored = (folder: string, name: string) => readFileSync(join(server.root, folder, source, name), 'utf8');

test('it makes no identity, restores with one that is given, and says who can read', async () => {
	const made = await server.run('backup', source, '--to', store, '--job', 'srv', '--recipient', owner.recipient);
	expect([made.code, made.out]).toEqual([0, expect.stringContaining('This machine cannot read what job srv writes')]);
	expect(existsSync(join(server.home, 'secrets', 'identity.txt'))).toBe(false);

	const refused = await server.run('restore', 'srv', '--target', 'back');
	expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(owner.recipient)]);
	const wrong = await piped(second.identity, 'restore', 'srv', '--target', 'back', '--identity', '-');
	expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining(owner.recipient)]);
	expect(wrong.err).not.toContain('AGE-SECRET');
	const right = await piped(`${owner.identity}\n`, 'restore', 'srv', '--target', 'back', '--identity', '-');
	expect([right.code, restored('back', 'a.txt')]).toEqual([0, 'first']);
	const opened = await piped(owner.identity, 'decrypt', store, '--identity', '-', '--extract', '--out', 'plain');
	expect([opened.code, restored('plain', 'a.txt')]).toEqual([0, 'first']);

	// Another owner from now on: new archives are for both, the old one stays as it is.
	const added = await server.run('jobs', 'edit', 'srv', '--add-recipient', second.recipient);
	expect(added.out).toContain(`New archives of job srv are for ${owner.recipient}, ${second.recipient}.`);
	expect(added.out).toContain(`1 archive of run 1 was written for ${owner.recipient}: keep its identity.`);
	writeFileSync(join(source, 'b.txt'), 'second');
	expect((await server.run('backup', 'srv')).code).toBe(0);
	const removed = await server.run('jobs', 'edit', 'srv', '--remove-recipient', owner.recipient);
	expect([removed.code, removed.out]).toEqual([0, expect.stringContaining(`are for ${second.recipient}.`)]);
	const last = await server.run('jobs', 'edit', 'srv', '--remove-recipient', second.recipient);
	expect([last.code, last.err]).toEqual([2, expect.stringContaining('nobody could open')]);

	const { records } = await server.run('--json', 'key', 'list');
	const needs = Object.fromEntries(records.map((key) => [key.recipient, key.needed]));
	expect(needs[owner.recipient]).toEqual([{ job: 'srv', archives: 2, alone: 2, firstRun: 1, lastRun: 2 }]);
	expect(needs[second.recipient]).toEqual([{ job: 'srv', archives: 1, alone: 1, firstRun: 2, lastRun: 2 }]);
	const partly = await piped(second.identity, 'restore', 'srv', '--target', 'part', '--identity', '-');
	expect([partly.code, partly.err]).toEqual([2, expect.stringContaining(`It is for ${owner.recipient}.`)]);

	// The owner's identity, taken in, opens everything and is not forgotten by a mere yes.
	expect((await piped(owner.identity, 'key', 'import', '-', '--name', 'owner')).out).toContain('opens 2 archives');
	expect((await server.run('restore', 'srv', '--target', 'all')).code).toBe(0);
	const kept = await server.run('--yes', 'key', 'remove', 'owner');
	expect([kept.code, kept.err]).toEqual([2, expect.stringContaining('--losing 2')]);
	expect((await server.run('key', 'remove', 'owner', '--losing', '1')).code).toBe(2);
	expect((await server.run('key', 'remove', 'owner', '--losing', '2')).code).toBe(0);
	expect((await server.run('restore', 'srv', '--target', 'none')).code).toBe(2);
});

test('what age has made itself is welcome; SSH keys, plugins and secrets are refused with a sentence', async () => {
	const backup = (recipient: string) =>
		server.run('backup', source, '--to', store, '--job', 'x', '--recipient', recipient);
	const said = async (recipient: string) => {
		const { code, err } = await backup(recipient);
		return [code, err] as const;
	};
	expect(await said('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me')).toEqual([2, expect.stringContaining('SSH keys')]);
	expect(await said('age1yubikey1q2w3e4r5t6y7')).toEqual([2, expect.stringContaining('plugins')]);
	const [code, err] = await said(owner.identity);
	expect([code, err]).toEqual([2, expect.stringContaining('is secret')]);
	expect(err).not.toContain(owner.identity);
	expect(existsSync(join(server.home, 'config.json'))).toBe(false);
	const keyFile = join(server.root, 'foreign.txt');
	execFileSync('age-keygen', ['-o', keyFile], { stdio: 'ignore' });
	const foreign = execFileSync('age-keygen', ['-y', keyFile], { encoding: 'utf8' }).trim();
	expect((await backup(foreign)).code).toBe(0);
	expect((await server.run('restore', 'x', '--target', 'back', '--identity', keyFile)).code).toBe(0);
});
