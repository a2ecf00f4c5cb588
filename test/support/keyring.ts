/** D-Bus sessions with a real gnome-keyring, each with a home of its own (Debian: dbus-x11, gnome-keyring). */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Step } from './keychain-steps.ts';

export interface Outcome {
	result: unknown;
	ms: number;
}

/** Why nothing of this can be tried here, or undefined. */
export function noKeyring(): string | undefined {
	if (process.platform !== 'linux') return 'gnome-keyring is on Linux only';
	const missing = ['/usr/bin/dbus-run-session', '/usr/bin/gnome-keyring-daemon'].find((file) => !existsSync(file));
	if (missing !== undefined) return `there is no ${missing}: apt-get install dbus-x11 gnome-keyring`;
	try {
		createRequire(import.meta.url)('keytar');
		return undefined;
	} catch {
		return 'keytar is not installed: apt-get install libsecret-1-dev, then npm ci';
	}
}

/** The environment of somebody who has logged in, without a bus yet. */
export function loginEnv(home: string): Record<string, string> {
	const env = { HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: join(home, 'run') };
	for (const folder of Object.values(env)) mkdirSync(folder, { recursive: true, mode: 0o700 });
	return { PATH: process.env.PATH!, ...env };
}

/** `open`: the login keyring is unlocked; `locked`: nobody unlocks it; `none`: a bus without any keyring. */
export type Session = 'open' | 'locked' | 'none';

const START: Record<Session, string> = {
	open: 'printf %s pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1',
	locked: 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1',
	none: 'true',
};

/** Runs a shell script in a session of its own. @returns what it printed */
export function inSession(
	session: Session,
	env: Record<string, string>,
	script: string,
	...args: string[]
): Promise<string> {
	const command = `${START[session]}; ${script}`;
	const bus = session === 'none' ? ['--config-file', bareBus(env.HOME!)] : [];
	return run('dbus-run-session', [...bus, '--', 'bash', '-c', command, '_', ...args], env);
}

/** The configuration of a bus that starts no services by itself. */
function bareBus(folder: string): string {
	const file = join(folder, 'bus.conf');
	const all = '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>';
	const policy = `<policy context="default">${all}</policy>`;
	writeFileSync(
		file,
		`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig><type>session</type><listen>unix:tmpdir=${folder}</listen>${policy}</busconfig>`,
	);
	return file;
}

/** Steps with the keychain, in a session or on whatever bus the environment names. */
export async function steps(list: Step[], env: Record<string, string>, session?: Session): Promise<Outcome[]> {
	const driver = fileURLToPath(new URL('./keychain-steps.ts', import.meta.url));
	const args = [driver, JSON.stringify(list)];
	const out =
		session === undefined
			? await run(process.execPath, args, env)
			: await inSession(session, env, 'exec "$@"', process.execPath, ...args);
	return out
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Outcome);
}

function run(command: string, args: string[], env: Record<string, string>): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile(command, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
			if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
			else resolve(stdout);
		});
	});
}
