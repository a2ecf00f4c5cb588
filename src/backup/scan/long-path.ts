/**
 * Linux refuses a path of more than 4,095 bytes in one call, but a tree may well be deeper (it is made by relative steps).
 * Such a path is reached in hops: a folder on the way is opened and the rest is named below `/proc/self/fd/<fd>`.
 * Elsewhere, and where /proc is missing, the path is passed on as it is and the system's ENAMETOOLONG is the answer.
 */

import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { fsPath, pathByteLength } from '../../core/path-bytes.ts';

/** A folder's path leaves room for a slash, a name of 255 bytes and the NUL below PATH_MAX. */
const LONGEST_FOLDER = 4096 - 1 - 255 - 1;
const LONGEST = 4095;

/** O_PATH, which node:fs does not name: needs only search permission on the way, like the kernel's own path walk. */
const O_PATH = 0o10000000;

export interface Reached {
	/** For core/path-bytes.ts fsPath(), valid until close(). */
	path: string;
	/** Set where the folder had to be opened. */
	fd: number | undefined;
	close(): void;
}

/**
 * A path under which the folder, and any name in it, can be given to `fs`.
 * @param path in the archive, without leading slash
 * @throws the system's error where a folder on the way cannot be opened
 */
export function reachFolder(path: string): Reached {
	const absolute = `/${path}`;
	return fits(absolute, LONGEST_FOLDER) ? direct(absolute) : hop(path);
}

/**
 * Calls `use` with what `open`, `lstat` and their like take for this path, however long it is.
 * @param path in the archive, without leading slash
 * @throws what `use` throws, and the system's error where a folder on the way cannot be opened
 */
export function withOpenablePath<T>(path: string, use: (openable: string | Buffer) => T): T {
	if (fits(path, LONGEST - 1)) return use(fsPath(`/${path}`));
	const slash = path.lastIndexOf('/');
	const folder = reachFolder(path.slice(0, slash));
	try {
		return use(fsPath(`${folder.path}${path.slice(slash)}`));
	} finally {
		folder.close();
	}
}

/**
 * Opens the object at this path, however long it is.
 * @param path in the archive, without leading slash
 * @param flags for open(2), as in fs.constants
 * @throws the system's error
 */
export function openForReading(path: string, flags: number): number {
	return withOpenablePath(path, (openable) => openSync(openable, flags));
}

function fits(path: string, limit: number): boolean {
	// No UTF-16 unit takes more than three bytes, so most paths need no counting.
	return path.length * 3 <= limit || pathByteLength(path) <= limit;
}

function direct(path: string): Reached {
	return { path, fd: undefined, close: () => {} };
}

function hop(path: string): Reached {
	if (process.platform !== 'linux' || !existsSync('/proc/self/fd')) return direct(`/${path}`);
	let fd: number | undefined;
	let base = '';
	let rest = path;
	try {
		while (rest !== '') {
			const piece = firstPiece(rest);
			const next = openSync(
				fsPath(`${base}/${piece}`),
				O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_RDONLY,
			);
			if (fd !== undefined) closeSync(fd);
			fd = next;
			base = `/proc/self/fd/${fd}`;
			rest = rest.slice(piece.length + 1);
		}
	} catch (error) {
		if (fd !== undefined) closeSync(fd);
		throw error;
	}
	const opened = fd!;
	return { path: base, fd: opened, close: () => closeSync(opened) };
}

/** As many whole names from the front of `path` as one call can take. */
function firstPiece(path: string): string {
	// The prefix of a hop, /proc/self/fd/1234567/, is shorter than what LONGEST_FOLDER leaves free.
	if (fits(path, LONGEST_FOLDER)) return path;
	let end = path.indexOf('/');
	for (
		let slash = end;
		slash !== -1 && fits(path.slice(0, slash), LONGEST_FOLDER);
		slash = path.indexOf('/', slash + 1)
	) {
		end = slash;
	}
	return path.slice(0, end);
}
