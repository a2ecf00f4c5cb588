/** Runs the process that talks to the keychain, for no longer than four seconds. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { besideModule } from '../../core/beside.ts';

export type KeychainStep = { account: string } & ({ get: true } | { set: string } | { remove: true });

export interface KeychainRequest {
	service: string;
	steps: KeychainStep[];
}

/** `values`: what each `get` gave; null is absent, or locked. */
export type KeychainAnswer =
	| { values: (string | null)[] }
	/** keytar or its library is not installed. */
	| { missing: string }
	| { error: string }
	| { silent: true }
	/** How the process ended without an answer. */
	| { crashed: string };

const LIMIT_MS = 4000;
/** What it takes to find the bus and to ask the person; nothing of Firn's. */
const PASSED =
	/^(HOME|PATH|USER|LOGNAME|LANG|LC_[A-Z]+|XDG_[A-Z_]+|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|TMPDIR)$/;

/** Never rejects. */
export function runKeychainChild(
	request: KeychainRequest,
	env: NodeJS.ProcessEnv = process.env,
	limitMs: number = LIMIT_MS,
): Promise<KeychainAnswer> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [fileURLToPath(besideModule(import.meta.url, 'child'))], {
			stdio: ['pipe', 'pipe', 'ignore'],
			cwd: '/',
			env: Object.fromEntries(Object.entries(env).filter(([name]) => PASSED.test(name))),
		});
		let out = '';
		const finish = (answer: KeychainAnswer) => {
			clearTimeout(timer);
			// A thread of it that hangs keeps it from ending by itself.
			child.kill('SIGKILL');
			resolve(answer);
		};
		const timer = setTimeout(() => finish({ silent: true }), limitMs);
		child.stdout.setEncoding('utf8');
		child.stdout.on('data', (chunk: string) => {
			out += chunk;
			if (out.endsWith('\n')) finish(JSON.parse(out) as KeychainAnswer);
		});
		child.on('error', (error) => finish({ crashed: error.message }));
		child.on('close', (code, signal) => finish({ crashed: signal ?? `code ${code}` }));
		// It may be gone before it has read everything: close tells.
		child.stdin.on('error', () => {});
		child.stdin.end(JSON.stringify(request));
	});
}
