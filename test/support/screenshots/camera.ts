/** Opens the app in a home of somebody's, drives it, and takes pictures of what it shows. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { png } from '../picture.ts';
import { svg } from '../svg.ts';
import { BUILT } from '../terminal/start.ts';
import { TestTerminal, type Wanted } from '../terminal/terminal.ts';

const FOLDER = fileURLToPath(new URL('../../../screenshots/', import.meta.url));

export interface Camera {
	/** The person's home folder. */
	home: string;
	env: Record<string, string | undefined>;
	/** Runs a command line to its end. @throws with what it said when it fails */
	firn: (...args: string[]) => Promise<string>;
	open: (options?: { cols?: number; rows?: number; args?: string[]; env?: Record<string, string> }) => TestTerminal;
	close: () => Promise<void>;
}

/** A home with a name that looks well in a picture, if it is free. */
function makeHome(): string {
	try {
		mkdirSync('/home/ada');
		return '/home/ada';
	} catch {
		return mkdtempSync(join(tmpdir(), 'ada-'));
	}
}

export function camera(extra: Record<string, string>): Camera {
	const home = makeHome();
	const none = ['FIRN_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR'];
	const env = { ...Object.fromEntries(none.map((name) => [name, undefined])), HOME: home, ...extra };
	const open: Camera['open'] = ({ args = [], env: more, ...size } = {}) =>
		new TestTerminal({
			command: process.execPath,
			args: [BUILT, ...args],
			...{ cols: 100, rows: 30, cwd: home },
			...size,
			env: { ...env, ...more },
		});
	const firn = async (...args: string[]) => {
		const terminal = open({ args, cols: 200, rows: 200 });
		const { code } = await terminal.ended;
		await terminal.settle(50);
		const said = terminal.text().trim();
		await terminal.close();
		if (code !== 0) throw new Error(`firn ${args.join(' ')} ended with ${code}: ${said}`);
		return said;
	};
	const close = async () => {
		await firn('engine', 'stop').catch(() => {});
		rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
	};
	return { home, env, firn, open, close };
}

/** Waits for what is to be seen and writes it down as an SVG and a PNG. */
export async function shoot(app: TestTerminal, name: string, wanted: Wanted, ms?: number): Promise<void> {
	await app.waitFor(wanted, ms);
	const drawn = svg(app.emulator, `Firn: ${name}`);
	writeFileSync(`${FOLDER}${name}.svg`, drawn);
	writeFileSync(`${FOLDER}${name}.png`, png(drawn));
	console.log(name);
}
