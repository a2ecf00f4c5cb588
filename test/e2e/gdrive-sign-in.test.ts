/** Signing in to Google Drive with the real program and engine, against an emulator that has no mercy for clients. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DriveEmulator, startDriveEmulator } from '../support/drive-emulator/emulator.ts';
import type { OAuthClient } from '../support/drive-emulator/oauth/accounts.ts';
import { type FirnHome, firnHome, type Going, until } from '../support/firn.ts';
import { filesWith, watchProcesses } from '../support/leaks.ts';

const MiB = 1024 * 1024;
const NO_BUS = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };

describe('firn gdrive', () => {
	let drive: DriveEmulator;
	let firn: FirnHome;
	beforeAll(async () => {
		drive = await startDriveEmulator({ pollSeconds: 0.2 });
		firn = firnHome({ ...NO_BUS, FIRN_PASSPHRASE: 'correct horse' });
	});
	afterAll(async () => {
		await firn?.close();
		await drive?.close();
	});
	beforeEach(() => drive.faults.clear());

	/** Begins to sign in; the secret comes over stdin. */
	async function begin(client: OAuthClient, ...more: string[]) {
		const args = ['gdrive', 'sign-in', '--endpoint', drive.endpoint, ...more];
		if (more.includes('--browser')) {
			const file = join(firn.root, 'client.json');
			writeFileSync(file, JSON.stringify({ installed: { client_id: client.id, client_secret: client.secret } }));
			return firn.begin([...args, '--client-file', file]);
		}
		const going = firn.begin([...args, '--client-id', client.id]);
		going.child.stdin!.end(`${client.secret}\n`);
		return going;
	}

	const codeOf = async (going: Going) => {
		await going.said('It holds for');
		return /\b[A-Z]{4}-[A-Z]{4}\b/.exec(going.out)![0];
	};
	const addressOf = async (going: Going) => {
		await going.said('It holds for');
		return /http:\S+\/auth\?\S+/.exec(going.out)![0];
	};

	test('signs in with a code, tells whose account it is, and leaves secrets nowhere', async () => {
		drive.faults.add({ operation: 'Token', fault: { kind: 'cut', when: 'before' } });
		const slow = { kind: 'error', status: 403, reason: 'slow_down' } as const;
		drive.faults.add({ operation: 'Token', skip: 1, fault: slow });
		const { tv } = drive.clients;
		const watching = watchProcesses(firn.root, [tv.secret, '1//', 'ya29.']);
		const going = await begin(tv);
		const code = await codeOf(going);
		const polls = () => drive.log.entries.filter((one) => one.operation === 'Token');
		await until('three polls', () => polls().length === 3);
		drive.approve(code);
		const ended = await going.ended;
		expect([ended.code, ended.err, ended.out]).toEqual([0, '', expect.stringContaining('Signed in as erika@')]);
		const answers = polls().map((one) => one.reason ?? one.fault);
		expect(answers.slice(0, 4)).toEqual(['cut', 'authorization_pending', 'slow_down', undefined]);
		// The last one, five seconds later than before.
		expect(polls()[3]!.at - polls()[2]!.at).toBeGreaterThan(5000);

		const status = await firn.run('--json', 'gdrive', 'status');
		expect(status.records).toEqual([expect.objectContaining({ name: 'gdrive', limit: 15 * 1024 ** 3, jobs: [] })]);
		const { seen, leaks } = watching();
		expect(seen).toContain('gdrive\0sign-in');
		expect(leaks).toEqual([]);
		expect(filesWith(firn.home, [tv.secret, '1//', 'ya29.', code])).toEqual([]);
	});

	test('a run that waits for a dead sign-in goes on with the next one, but not in a Drive where it is a stranger', async () => {
		const source = join(firn.root, 'data');
		mkdirSync(source);
		writeFileSync(join(source, 'big'), randomBytes(12 * MiB));
		const to = ['backup', source, '--job', 'j', '--to', 'gdrive:backup/j'];
		const astray = await firn.run(...to);
		expect([astray.code, astray.err]).toEqual([2, expect.stringContaining(`Add --endpoint ${drive.endpoint}`)]);
		const slowly = ['--endpoint', drive.endpoint, '--part-size', '1MiB', '--limit-upload', '4MiB', '--detach'];
		expect(await firn.run(...to, ...slowly)).toMatchObject({ code: 0, err: '' });
		const sent = (task: Record<string, unknown>) =>
			Number((task.progress as { uploadedBytes?: number })?.uploadedBytes);
		await firn.task('j', (task) => sent(task) > 0);
		drive.revoke();
		const { reason } = await firn.task('j', ({ state }) => state === 'waiting');
		expect(reason).toContain('has expired or was revoked');

		const dead = await firn.run('gdrive', 'status');
		expect([dead.code, dead.err]).toEqual([1, expect.stringContaining('Sign in with firn gdrive sign-in')]);
		const stranger = await begin(drive.clients.other);
		drive.approve(await codeOf(stranger));
		const refused = await stranger.ended;
		expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('client of another project')]);
		// The client is remembered from the sign-in before.
		const renewed = firn.begin(['gdrive', 'sign-in', '--endpoint', drive.endpoint]);
		drive.approve(await codeOf(renewed));
		expect(await renewed.ended).toMatchObject({ code: 0, out: expect.stringContaining('j uses it from now on') });
		const { summary } = await firn.task('j', ({ state }) => state === 'done');
		expect(summary).toMatchObject({ status: 'complete' });
		expect((await firn.run('restore', 'j', '--target', 'back')).code).toBe(0);
		expect(filesWith(firn.home, [drive.clients.tv.secret, '1//', 'ya29.'])).toEqual([]);
		const edited = await firn.run('jobs', 'edit', 'j', '--credentials', 'nobody');
		expect([edited.code, edited.err]).toEqual([2, expect.stringContaining('sign-in --name nobody')]);
		expect((await firn.run('--json', 'credentials')).records).toEqual([]);
	});

	test('tells why it came to nothing, and keeps what was there', async () => {
		const denied = await begin(drive.clients.tv);
		drive.deny(await codeOf(denied));
		expect(await denied.ended).toMatchObject({ code: 2, err: expect.stringContaining('refused on the page') });

		const expired = await begin(drive.clients.tv);
		await codeOf(expired);
		drive.clock.advance(31 * 60_000);
		expect(await expired.ended).toMatchObject({ code: 2, err: expect.stringContaining('in time') });

		const desktop = await (await begin(drive.clients.desktop)).ended;
		expect([desktop.code, desktop.err]).toEqual([2, expect.stringContaining('is of type Desktop')]);
		expect(desktop.err).toContain('--browser');

		const unknown = await (await begin({ ...drive.clients.tv, id: 'nobody' })).ended;
		expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('does not know the client nobody')]);

		const off = { kind: 'error', status: 403, reason: 'accessNotConfigured' } as const;
		drive.faults.add({ operation: 'About', fault: off });
		const notEnabled = await begin(drive.clients.tv);
		drive.approve(await codeOf(notEnabled));
		expect(await notEnabled.ended).toMatchObject({
			code: 1,
			err: expect.stringContaining('Enable the Google Drive API'),
		});

		expect((await firn.run('gdrive', 'status')).code).toBe(0);
	});

	test('ctrl-c gives it up', async () => {
		const going = await begin(drive.clients.tv, '--name', 'second');
		await codeOf(going);
		going.child.kill('SIGINT');
		expect(await going.ended).toMatchObject({ code: 130, out: expect.stringContaining('nothing was changed') });
		const { records } = await firn.run('--json', 'gdrive', 'status');
		expect(records.map((one) => one.name)).toEqual(['gdrive']);
	});

	test('signs in with a browser that leads back here, whatever others send there', async () => {
		const going = await begin(drive.clients.desktop, '--browser', '--name', 'local');
		const address = await addressOf(going);
		const back = new URL(address).searchParams.get('redirect_uri')!;
		expect((await fetch(`${back}/?state=guessed&code=4/0stolen`)).status).toBe(404);
		expect((await fetch(`${back}/?error=access_denied`)).status).toBe(404);
		expect((await fetch(`${back}/favicon.ico`)).status).toBe(404);
		const page = await fetch(`${address}&decision=allow`);
		expect([page.url.startsWith(back), await page.text()]).toEqual([
			true,
			expect.stringContaining('can close this page'),
		]);
		expect(await going.ended).toMatchObject({ code: 0, err: '' });
		await expect(fetch(back)).rejects.toThrow();
	});

	test('takes the address of a page that a browser elsewhere could not reach', async () => {
		const going = await begin(drive.clients.desktop, '--browser', '--name', 'local');
		const answered = await fetch(`${await addressOf(going)}&decision=allow`, { redirect: 'manual' });
		going.child.stdin!.write('http://127.0.0.1:1/?state=x&code=y\n');
		going.child.stdin!.write(`${answered.headers.get('location')}\n`);
		const ended = await going.ended;
		expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('not the address that the sign-in ends on')]);

		const denied = await begin(drive.clients.desktop, '--browser', '--name', 'local');
		await fetch(`${await addressOf(denied)}&decision=deny`);
		expect((await denied.ended).code).toBe(2);
	});

	test('signs out: Google takes it no longer', async () => {
		// Both are of one account and project to Google, but not by their clients’ ids here.
		const out = await firn.run('--json', 'gdrive', 'sign-out', '--name', 'local');
		expect([out.code, out.records]).toEqual([0, [expect.objectContaining({ name: 'local', revoked: true })]]);
		expect(drive.log.entries.at(-1)).toMatchObject({ operation: 'Revoke', status: 200 });
		const again = await firn.run('gdrive', 'sign-out', '--name', 'local');
		expect([again.code, again.err]).toEqual([2, expect.stringContaining('firn gdrive sign-in --name local')]);

		await drive.goDown();
		const cut = await firn.run('gdrive', 'sign-out');
		await drive.comeBack();
		expect([cut.code, cut.out]).toEqual([3, expect.stringContaining('myaccount.google.com')]);
		const gone = await firn.run('gdrive');
		// On stderr where a job goes by it.
		expect(gone.out + gone.err).toContain('Nobody is signed in');
	});

	test('refuses what cannot be right before anybody is sent to Google', async () => {
		const from = drive.log.entries.length;
		const wrong = async (...args: string[]) => {
			const { code, err } = await firn.run('gdrive', 'sign-in', ...args);
			return [code, err];
		};
		const file = join(firn.root, 'client.json');
		expect(await wrong()).toEqual([2, expect.stringContaining('--client-file')]);
		expect(await wrong('--name', '../x')).toEqual([2, expect.stringContaining('cannot be called')]);
		expect(await wrong('--client-file', file, '--endpoint', 'http://google.example')).toEqual([
			2,
			expect.stringContaining('https://'),
		]);
		expect(await wrong('--client-file', '/nonexistent')).toEqual([2, expect.stringContaining('ENOENT')]);
		expect(await wrong('--client-file', file, '--client-id', 'x')).toEqual([
			2,
			expect.stringContaining('--client-file'),
		]);
		expect(await wrong('--client-secret-file', file)).toEqual([2, expect.stringContaining('--client-id')]);

		const plain = firnHome(NO_BUS);
		try {
			const refused = await plain.run('gdrive', 'sign-in', '--client-file', file, '--endpoint', drive.endpoint);
			expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('firn key move --to vault')]);
		} finally {
			await plain.close();
		}
		expect(drive.log.entries.length).toBe(from);
	});
});
