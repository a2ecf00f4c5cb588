/** What a mirror does about one name: a pure decision from what is here (the source) and what is there (the mirror). */

import type { EntryType } from '../../../core/entry.ts';

export interface Facts {
	/** `other` is what no backup holds, such as a socket. */
	type: Exclude<EntryType, 'hardlink'> | 'other';
	size: bigint;
	mtimeNs: bigint;
	/** Permission bits. */
	mode: number;
	uid: number;
	gid: number;
	nlink: bigint;
	rdev: bigint;
	/** Target of a symlink, else ''. */
	link: string;
}

export interface How {
	/** Compare content even where size and time say that it is the same. */
	checksum: boolean;
	/** How far a time may be off that the mirror's file system has kept. */
	timeStep: bigint;
	/** Whether owners can be set there at all. */
	owners: boolean;
}

/**
 * - `make`: nothing is there. `replace`: something of the same type with other content is.
 * - `clear`: something of another type is in the way.
 * - `compare`: only a look at the content of both can tell.
 * - `metadata`: the content is right, owner, permissions or time are not.
 * - `delete`: it is not here any more; whether that is followed is the job's business.
 */
export type Action = 'nothing' | 'make' | 'replace' | 'clear' | 'compare' | 'metadata' | 'delete';

/** @param content what a comparison of the content has found, once it was made */
export function decide(
	here: Facts | undefined,
	there: Facts | undefined,
	how: How,
	content?: 'same' | 'other',
): Action {
	if (!here) return there ? 'delete' : 'nothing';
	if (!there) return 'make';
	if (here.type !== there.type) return 'clear';
	switch (here.type) {
		case 'file': {
			// A name too many shares the content of a file that is another one here.
			if (here.size !== there.size || there.nlink > here.nlink || content === 'other') return 'replace';
			const isSure = content === 'same' || (!how.checksum && isSameTime(here, there, how));
			if (!isSure) return 'compare';
			break;
		}
		case 'symlink':
			if (here.link !== there.link) return 'replace';
			break;
		case 'char':
		case 'block':
			if (here.rdev !== there.rdev) return 'replace';
	}
	return hasMetadata(here, there, how) ? 'nothing' : 'metadata';
}

/** Whether owner, permissions and time are right; a symlink has no permissions of its own. */
export function hasMetadata(here: Facts, there: Facts, how: How): boolean {
	const isOwned = !how.owners || (here.uid === there.uid && here.gid === there.gid);
	return isOwned && (here.type === 'symlink' || here.mode === there.mode) && isSameTime(here, there, how);
}

function isSameTime(here: Facts, there: Facts, { timeStep }: How): boolean {
	const apart = here.mtimeNs - there.mtimeNs;
	return apart < timeStep && apart > -timeStep;
}
