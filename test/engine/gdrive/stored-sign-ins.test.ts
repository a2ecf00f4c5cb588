import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SessionBook } from '../../../src/destinations/gdrive/session-book.ts';
import { newSessionKey } from '../../../src/engine/gdrive/kept.ts';
import { StoredSignIns, type StoredSignInsOptions } from '../../../src/engine/gdrive/stored-sign-ins.ts';
import { startDriveEmulator } from '../../support/drive-emulator/emulator.ts';

test('what is kept damaged can be forgotten, and is not repeated', async () => {
	const kept = new Map([['gdrive/gdrive', '{"refreshToken":"SECRET"']]);
	const secrets = {
		names: () => [...kept.keys()],
		secret: async (name: string) => kept.get(name),
		forget: async (name: string) => void kept.delete(name),
	};
	const rest = { config: { jobs: () => [] }, tasks: {}, stateDir: '/nonexistent', log: () => {} };
	const signIns = new StoredSignIns({ secrets, ...rest } as unknown as StoredSignInsOptions);
	await expect(signIns.account({ name: 'gdrive' })).rejects.toMatchObject({
		code: 'CREDENTIALS_DAMAGED',
		message: expect.not.stringContaining('SECRET'),
	});
	const out = await signIns.signOut({ name: 'gdrive' });
	expect(out).toMatchObject({ revoked: false, problem: { code: 'CREDENTIALS_DAMAGED' } });
	await expect(signIns.signOut({ name: 'gdrive' })).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
});

test('a sign-in outlives a network that is away for a moment, and takes its sessions with it when it goes', async () => {
	const drive = await startDriveEmulator();
	const stateDir = await mkdtemp(join(tmpdir(), 'firn-sign-in-'));
	const kept = new Map<string, string>();
	const secrets = {
		names: () => [...kept.keys()],
		secret: async (name: string) => kept.get(name),
		keep: async (name: string, text: string) => void kept.set(name, text),
		forget: async (name: string) => void kept.delete(name),
		where: () => 'here',
	};
	const rest = { config: { jobs: () => [] }, tasks: {}, stateDir, log: () => {} };
	const signIns = new StoredSignIns({ secrets, ...rest } as unknown as StoredSignInsOptions);
	try {
		const { clientId, clientSecret, refreshToken } = drive.signIn();
		const signIn = { clientId, clientSecret, refreshToken, sessionKey: newSessionKey(), endpoint: drive.endpoint };
		const left = drive.faults.add({ operation: 'About', fault: { kind: 'cut', when: 'before' } });
		const taken = await signIns.take('gdrive', signIn, new AbortController().signal);
		expect([left(), taken.account.email]).toEqual([0, 'erika@example.com']);
		new SessionBook(() => ({ ...signIn, sessionsFolder: join(stateDir, 'gdrive') })).write('a'.repeat(20), {
			url: 'gdrive:x',
			key: 'k',
			file: 'f',
			address: 'http://127.0.0.1/secret',
			begun: 0,
			parts: [],
			isEnded: false,
		});
		await writeFile(join(stateDir, 'gdrive', 'b'.repeat(20)), 'of another sign-in');
		expect(await signIns.signOut({ name: 'gdrive' })).toMatchObject({ revoked: true });
		expect(await readdir(join(stateDir, 'gdrive'))).toEqual(['b'.repeat(20)]);
	} finally {
		await drive.close();
		await rm(stateDir, { recursive: true });
	}
});
