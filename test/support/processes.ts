/** What the system shows of processes: which belong to a home, and whether they have something to do. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The processes that were begun with a variable of this name and value, such as all that work for one FIRN_HOME. */
export function processesWith(name: string, value: string): { pid: number; line: string }[] {
	const mark = `\0${name}=${value}\0`;
	return entries('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => `\0${read(join('/proc', pid, 'environ'))}`.includes(mark))
		.map((pid) => ({ pid: Number(pid), line: read(join('/proc', pid, 'cmdline')).replaceAll('\0', ' ') }));
}

/** True while any thread of a process runs, waits for a core or for a disk; false where the system does not say. */
export function isBusy(pid: number): boolean {
	const tasks = join('/proc', String(pid), 'task');
	return entries(tasks).some((task) => /\) [RD] [^)]*$/.test(read(join(tasks, task, 'stat'))));
}

/** True once a process is gone, or waits only for whoever began it to take notice. */
export function hasEnded(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return true;
	}
	return /\) Z [^)]*$/.test(read(join('/proc', String(pid), 'stat')));
}

function entries(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function read(file: string): string {
	try {
		return readFileSync(file, 'latin1');
	} catch {
		// It has ended, or is somebody else's.
		return '';
	}
}
