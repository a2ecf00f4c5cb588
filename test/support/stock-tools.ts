/** The programs that everybody has: Firn's archives must be theirs too. */

import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';

/** Whether the program is here, and is what its name says. */
export function haveTool(name: string, says: RegExp = /./): boolean {
	const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
	return status === 0 && says.test(stdout);
}

export const gnuTar: boolean = haveTool('tar', /GNU tar/);
export const bsdtar: boolean = haveTool('bsdtar');
export const age: boolean = haveTool('age');
export const zstd: boolean = haveTool('zstd');
export const gzip: boolean = haveTool('gzip');

/** Runs a program with bytes on its standard input. @returns what it prints */
export function run(program: string, args: string[], options: ExecFileSyncOptions = {}): Buffer {
	return execFileSync(program, args, {
		maxBuffer: 1024 ** 3,
		// Warnings about old times and unknown records; they are in the error if it fails.
		stdio: ['pipe', 'pipe', 'pipe'],
		// bsdtar converts names to the character set of the locale.
		env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
		...options,
	}) as Buffer;
}
