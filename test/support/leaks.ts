/** Looks for secrets where none may be: in files, and in what the system shows of processes. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files below a folder that hold any of the secrets. */
export function filesWith(folder: string, secrets: string[]): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => join(folder, name))
		.filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile())
		.filter((file) => holds(readFileSync(file), secrets));
}

/**
 * Watches the processes that have to do with a folder until it is stopped; gives what they were, and which showed a
 * secret to anybody. `givenBy`: those whose environment a user has made.
 */
export function watchProcesses(
	folder: string,
	secrets: string[],
	givenBy: ReadonlySet<number> = new Set(),
): () => { seen: string; leaks: string[] } {
	const leaks = new Set<string>();
	const seen = new Set<string>();
	/** Command lines of those whose environment a user has made: a child that has not begun its own yet shows the same. */
	const given = new Set<string>();
	const look = () => {
		for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
			const [cmdline, environ] = ['cmdline', 'environ'].map((name) => read(join('/proc', pid, name)));
			if (!cmdline || !environ || !(cmdline.includes(folder) || environ.includes(folder))) continue;
			seen.add(String(cmdline));
			if (holds(cmdline, secrets)) leaks.add(`cmdline of ${cmdline}`);
			if (givenBy.has(Number(pid))) given.add(String(cmdline));
			else if (!given.has(String(cmdline)) && holds(environ, secrets)) leaks.add(`environ of ${cmdline}`);
		}
	};
	const timer = setInterval(look, 15);
	return () => {
		look();
		clearInterval(timer);
		return { seen: [...seen].join('\n'), leaks: [...leaks] };
	};
}

function read(file: string): Buffer | undefined {
	try {
		return readFileSync(file);
	} catch {
		// It has ended.
		return undefined;
	}
}

function holds(bytes: Buffer, secrets: string[]): boolean {
	return secrets.some((secret) => bytes.includes(secret));
}
