/** Runs the real program, each time as a process, with a home of its own. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../src/bin/firn.ts', import.meta.url));

export interface Run {
	code: number | null;
	out: string;
	err: string;
	/** The JSON lines on stdout. */
	records: Record<string, unknown>[];
}

export interface FirnHome {
	root: string;
	env: Record<string, string>;
	/** Runs a command line to its end. */
	run: (...args: string[]) => Promise<Run>;
	/** Starts one that a test follows itself. */
	start: (...args: string[]) => ReturnType<typeof spawn>;
	/** Stops the engine and removes everything. */
	close: () => Promise<void>;
}

/** A home in a new temporary folder. */
export function firnHome(extra: Record<string, string> = {}): FirnHome {
	const root = mkdtempSync(join(tmpdir(), 'firn-e2e-'));
	const env: Record<string, string> = {
		...(process.env as Record<string, string>),
		FIRN_HOME: join(root, 'home'),
		NO_COLOR: '1',
		...extra,
	};
	const start = (...args: string[]) => spawn(process.execPath, [PROGRAM, ...args], { env, cwd: root });
	const run = (...args: string[]) =>
		new Promise<Run>((resolve, reject) => {
			const child = start(...args);
			let out = '';
			let err = '';
			child.stdout?.on('data', (chunk) => {
				out += chunk;
			});
			child.stderr?.on('data', (chunk) => {
				err += chunk;
			});
			child.on('error', reject);
			child.on('close', (code) => {
				const records = out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
				resolve({ code, out, err, records });
			});
		});
	const close = async () => {
		await run('engine', 'stop');
		rmSync(root, { recursive: true, force: true });
	};
	return { root, env, run, start, close };
}
