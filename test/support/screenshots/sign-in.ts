/** The sign-in to Google Drive, as somebody sees it who makes a first job over SSH; Google is the emulator. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDriveEmulator } from '../drive-emulator/emulator.ts';
import { camera, shoot } from './camera.ts';
import { makeDocuments } from './data.ts';

export async function shootSignIn(): Promise<void> {
	const drive = await startDriveEmulator();
	const env = { FIRN_KEYCHAIN: 'off', FIRN_PASSPHRASE: 'correct horse', SSH_TTY: '/dev/pts/0' };
	const { home, open, close } = camera(env);
	try {
		makeDocuments(join(home, 'Documents'));
		const { id, secret } = drive.clients.tv;
		const client = join(home, 'client.json');
		writeFileSync(client, JSON.stringify({ installed: { client_id: id, client_secret: secret } }));

		const app = open();
		await app.waitFor(/another folder/);
		await app.press('a', ...join(home, 'Documents'), 'enter');
		await app.waitFor(/1 folder chosen/);
		await app.press('enter');
		await app.waitFor(/2 Where to ●/);
		await app.press('up', 'right', 'right');
		await app.waitFor(/Account +nobody/);
		await app.press('down', 'down', 'down', 'down', ...drive.endpoint, 'enter');
		await app.waitFor(/Which client signs in/);
		await app.press(...client, 'enter');
		await shoot(app, 'sign-in', /Waiting for you to approve it/, 30_000);
		await app.press('esc', 'q');
		await app.close();
	} finally {
		await close();
		await drive.close();
	}
}
