/** A home of Firn that is signed in to an emulated Google Drive. */

import { join } from 'node:path';
import { Secrets } from '../../src/secrets/secrets.ts';
import { signInName } from '../../src/secrets/store.ts';
import { type DriveEmulator, type EmulatorOptions, startDriveEmulator } from './drive-emulator/emulator.ts';
import { type FirnHome, firnHome } from './firn.ts';

export interface DriveHome {
	drive: DriveEmulator;
	firn: FirnHome;
	/** `--to gdrive:… --endpoint …` */
	to: (folder: string) => string[];
	/** Signs in as a person does, with the code of the device flow; in another home, too. */
	signIn: (at?: FirnHome) => Promise<void>;
	close: () => Promise<void>;
}

const ENV = { FIRN_PASSPHRASE: 'correct horse', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };

/** One hash: opening the vault takes an engine no second of CPU. */
const WORK_FACTOR = 1;

/** Keeps an identity and a sign-in as the program does once somebody has approved its code. */
async function keepSignIn(drive: DriveEmulator, { home }: FirnHome): Promise<void> {
	const env = { ...ENV, FIRN_KEYCHAIN: 'off' };
	const secrets = new Secrets({ secretsDir: join(home, 'secrets'), env, workFactor: WORK_FACTOR });
	await secrets.unlock({ text: ENV.FIRN_PASSPHRASE, source: 'FIRN_PASSPHRASE' });
	await secrets.newIdentity();
	const { sessionsFolder: _, ...signIn } = drive.signIn();
	const kept = { ...signIn, email: 'erika@example.com', endpoint: drive.endpoint };
	await secrets.keep(signInName('gdrive'), JSON.stringify(kept));
}

/** Starts both, and signs in. */
export async function driveHome(options: EmulatorOptions = {}): Promise<DriveHome> {
	const drive = await startDriveEmulator({ pollSeconds: 0.1, ...options });
	const firn = firnHome(ENV);
	const signIn = async (at = firn) => {
		const { id, secret } = drive.clients.tv;
		const going = at.begin(['gdrive', 'sign-in', '--endpoint', drive.endpoint, '--client-id', id]);
		going.child.stdin!.end(`${secret}\n`);
		await going.said('It holds for');
		drive.approve(/\b[A-Z]{4}-[A-Z]{4}\b/.exec(going.out)![0]);
		const { code, err } = await going.ended;
		if (code !== 0) throw new Error(`The sign-in ended with ${code}: ${err}`);
	};
	await keepSignIn(drive, firn);
	return {
		drive,
		firn,
		to: (folder) => ['--to', `gdrive:${folder}`, '--endpoint', drive.endpoint],
		signIn,
		close: async () => {
			await firn.close();
			await drive.close();
		},
	};
}

/** Another home, such as that of a new machine. */
export const otherHome = () => firnHome(ENV);
