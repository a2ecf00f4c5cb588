/** Opens an address in the browser of this machine, where somebody sits at it. */

import { spawn } from 'node:child_process';

/** What opens addresses here; undefined over SSH and where there is no display, whose browser nobody would see. */
function opener(env: NodeJS.ProcessEnv): string | undefined {
	if (env.SSH_CONNECTION || env.SSH_TTY) return undefined;
	if (process.platform === 'darwin') return 'open';
	return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}

/** @returns whether something was found that opens it; only addresses of the web are opened */
export function openLink(url: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
	const command = opener(env);
	if (command === undefined || !/^https?:\/\//i.test(url)) return Promise.resolve(false);
	return new Promise((resolve) => {
		const child = spawn(command, [url], { stdio: 'ignore', detached: true });
		child.once('error', () => resolve(false));
		child.once('spawn', () => resolve(true));
		child.unref();
	});
}
