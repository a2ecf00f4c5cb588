import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './durable-file.ts';
import { errnoCode } from './errors.ts';
import { makeFolders } from './make-folders.ts';

/**
 * Makes a file that must not be there yet, whole and on disk or not at all; mode 0600, missing folders 0700.
 * @returns whether it was made; false when there is one already, which stays as it is
 * @throws the system's error
 */
export function createDurably(file: string, content: string | Uint8Array): boolean {
	const folder = dirname(file);
	makeFolders(folder, 0o700);
	const temporary = `${file}.${randomBytes(4).toString('hex')}.new`;
	try {
		writeNew(temporary, content);
		// Unlike rename(2), link(2) never takes the place of another file.
		linkSync(temporary, file);
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'EEXIST') return false;
		// File systems without hard links.
		if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
		if (!createInPlace(file, content)) return false;
	} finally {
		rmSync(temporary, { force: true });
	}
	syncFolder(folder);
	return true;
}

function createInPlace(file: string, content: string | Uint8Array): boolean {
	try {
		writeNew(file, content);
		return true;
	} catch (error) {
		if (errnoCode(error) === 'EEXIST') return false;
		throw error;
	}
}

function writeNew(file: string, content: string | Uint8Array): void {
	const fd = openSync(file, 'wx', 0o600);
	try {
		writeFileSync(fd, content);
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
