/** Reading the side that is mirrored, and what its failures mean. */

import { constants, lstatSync } from 'node:fs';
import { errnoCode } from '../../core/errors.ts';
import type { FileProblem } from '../../core/task.ts';
import { openForReading, withOpenablePath } from '../scan/long-path.ts';
import { scanProblem } from '../scan/problem.ts';

/** A file that changes at every look is tried this often. */
export const ATTEMPTS = 3;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** An error of the side that is read, so that it is not taken for one of the mirror. */
export class SourceFault extends Error {}

/** @throws SourceFault */
export function asSourceFault<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw new SourceFault('the source cannot be read', { cause: error });
	}
}

/** @param path as scans give it @throws SourceFault */
export function openSource(path: string): number {
	return asSourceFault(() => openForReading(path, READ));
}

/** What a person is told of it; nothing of what was deleted meanwhile, as the next run takes that over. */
export function sourceProblem(path: string, { cause }: SourceFault): FileProblem | undefined {
	return errnoCode(cause) === 'ENOENT' ? undefined : scanProblem(path, 'The file cannot be read', cause);
}

export function changedWhileRead(path: string): FileProblem {
	const message = `The file changed each of the ${ATTEMPTS} times it was read.`;
	return { path, code: 'CHANGED_WHILE_READ', message };
}

/** Whether the source has something of this name after all: left out by a rule, or made this very moment. */
export function isAt(path: string): boolean {
	try {
		return withOpenablePath(path, (place) => lstatSync(place, { throwIfNoEntry: false }) !== undefined);
	} catch (error) {
		const code = errnoCode(error);
		// Its folder has gone. Whatever else hides it proves no deletion.
		return code !== 'ENOENT' && code !== 'ENOTDIR';
	}
}
