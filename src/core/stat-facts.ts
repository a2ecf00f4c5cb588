/** What an entry keeps of `lstat`, in the numbers that books and archives have. Pure. */

import type { EntryType } from './entry.ts';

/** As Node gives it with `bigint: true`, or what was kept of it. */
export interface StatNumbers {
	mode: bigint;
	uid: bigint;
	gid: bigint;
	size: bigint;
	mtimeNs: bigint;
	ctimeNs: bigint;
	ino: bigint;
}

/** The file type bits of a mode: the same on all systems (POSIX names them, and all have these values). */
const TYPE_BITS = 0o170000;

const TYPES = new Map<number, Exclude<EntryType, 'hardlink'>>([
	[0o100000, 'file'],
	[0o040000, 'dir'],
	[0o120000, 'symlink'],
	[0o010000, 'fifo'],
	[0o020000, 'char'],
	[0o060000, 'block'],
]);

/** Undefined for sockets, and for whatever else a system may have. */
export function typeOfMode(mode: bigint): Exclude<EntryType, 'hardlink'> | undefined {
	return TYPES.get(Number(mode) & TYPE_BITS);
}

/** The fields of an entry that `lstat` gives; `size` is that of a file. */
export function statFacts({ mode, uid, gid, size, mtimeNs, ctimeNs, ino }: StatNumbers) {
	return {
		mode: Number(mode) & 0o7777,
		uid: Number(uid),
		gid: Number(gid),
		size: Number(size),
		mtimeNs,
		ctimeNs,
		ino: signedInode(ino),
	};
}

/** An inode number as the books have it: SQLite's integers have a sign. */
export function signedInode(ino: bigint): bigint {
	return BigInt.asIntN(64, ino);
}
