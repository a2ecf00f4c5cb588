/**
 * Names of files that are not complete yet. They tell the process that writes them, so that a later restore can remove
 * what a killed one has left without touching the work of one that is still going on.
 */

import { randomBytes } from 'node:crypto';
import { opendirSync, unlinkSync } from 'node:fs';
import { errnoCode } from '../core/errors.ts';
import { fsPath } from '../core/path-bytes.ts';

const PATTERN = /^\.firn-([0-9a-z]+)-[0-9a-f]{16}-[0-9a-z]+\.partial$/;

/** Gives name after name; unique among threads. */
export class PartialNames {
	readonly #prefix = `.firn-${process.pid.toString(36)}-${randomBytes(8).toString('hex')}-`;
	#count = 0;

	next(): string {
		this.#count += 1;
		return `${this.#prefix}${this.#count.toString(36)}.partial`;
	}
}

/** Whether a name is one of a file that is not complete yet. */
export function isPartialName(name: string): boolean {
	return PATTERN.test(name);
}

/** Removes what processes that live no more have left in a folder. */
export function sweepFolder(folder: string): void {
	const entries = opendirSync(fsPath(folder) as string, { bufferSize: 1024 });
	try {
		for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
			const match = PATTERN.exec(entry.name);
			if (match && !entry.isDirectory() && !isAlive(Number.parseInt(match[1]!, 36)))
				unlinkSync(fsPath(`${folder}/${entry.name}`));
		}
	} finally {
		entries.closeSync();
	}
}

/** Whether a process of this number is running, anybody's. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errnoCode(error) === 'EPERM';
	}
}
