/** Gives a complete file its final name. */

import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { errnoCode } from '../core/errors.ts';
import { type Folder, inFolder } from './folders.ts';

/** File systems without hard links (FAT, some network mounts) and files that may not be linked. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EACCES', 'EXDEV']);

/**
 * Renames `temporary` to `name` in a folder.
 * @param isFree nothing can have the name: nobody else can write in the folder, and it was empty
 * @param replace whether something else may be lost that has this name
 * @returns false when something has the name and is to be kept; `temporary` is still there then
 * @throws the system's error, such as EISDIR
 */
export function place(folder: Folder, temporary: string, name: string, replace: boolean, isFree: boolean): boolean {
	const from = inFolder(folder, temporary);
	const to = inFolder(folder, name);
	if (replace || isFree) {
		renameSync(from, to);
		return true;
	}
	try {
		// rename(2) would replace what somebody has put there meanwhile; link(2) never does.
		linkSync(from, to);
	} catch (error) {
		const code = errnoCode(error) ?? '';
		if (code === 'EEXIST') return false;
		if (!NO_LINKS.has(code)) throw error;
		if (lstatSync(to, { throwIfNoEntry: false })) return false;
		renameSync(from, to);
		return true;
	}
	unlinkSync(from);
	return true;
}
