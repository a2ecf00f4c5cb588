import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from './make-folders.ts';

/**
 * Writes a file so that after a crash there is either the old content or the new, whole: a temporary name, fsync,
 * rename, fsync of the folder. Mode 0600; folders that are missing are made with 0700.
 * @throws the system's error; the old content is untouched then
 */
export function writeDurably(file: string, content: string | Uint8Array): void {
	const folder = dirname(file);
	makeFolder(folder);
	const temporary = `${file}.${randomBytes(4).toString('hex')}.new`;
	try {
		const fd = openSync(temporary, 'wx', 0o600);
		try {
			// Not writeSync(): a disk that is nearly full takes a part of it and calls that no error.
			writeFileSync(fd, content);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		renameSync(temporary, file);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
	syncFolder(folder);
}

/** Makes a folder with those above it, 0700, so that their names are on disk. */
function makeFolder(folder: string): void {
	const first = makeFolders(folder, 0o700);
	if (first === undefined) return;
	for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
}

/** Puts the names in a folder on disk. */
export function syncFolder(folder: string): void {
	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
