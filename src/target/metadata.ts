/** Owner, permissions and times of what was restored. */

import {
	chmodSync,
	chownSync,
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fstatSync,
	futimesSync,
	lchownSync,
	lstatSync,
	lutimesSync,
	openSync,
	type Stats,
	utimesSync,
} from 'node:fs';
import { errnoCode, FirnError } from '../core/errors.ts';
import type { Metadata } from '../state/restore-plan.ts';
import { hasProc, O_PATH } from './descriptors.ts';

const SETUID = 0o4000;
const SETGID = 0o2000;
const NS = 1_000_000_000n;

/**
 * Sets metadata in the one order that works: changing the owner takes setuid bits away, so the mode comes after it.
 *
 * Node hands times to the system as a double of seconds, so they come out up to 238 ns off (whole seconds exactly, and
 * never in another second).
 */
export class MetadataSetter {
	readonly #uid = process.geteuid?.() ?? -1;
	readonly #gid = process.getegid?.() ?? -1;
	/** Told once, when owners cannot be set. */
	readonly #onOwnersLost: () => void;
	#ownersLost = false;

	constructor(onOwnersLost: () => void) {
		this.#onOwnersLost = onOwnersLost;
	}

	/** Of an open file that was made just now. @param folderGid group of its folder, where it is known */
	file(fd: number, { uid, gid, mode, mtimeNs }: Metadata, folderGid?: number): void {
		// It has our group or that of its folder: where both are the one wanted, there is nothing to change.
		const isMadeSo = uid === this.#uid && gid === this.#gid && gid === folderGid;
		const isOwned = isMadeSo || this.#own(uid, gid, () => fchownSync(fd, uid, gid));
		fchmodSync(fd, this.#mode(mode, uid, gid, isOwned));
		const time = utime(mtimeNs);
		futimesSync(fd, time, time);
	}

	/** Of a folder, or of anything that is no link; links in `path` are followed. */
	path(path: string | Buffer, { uid, gid, mode, mtimeNs }: Metadata): void {
		const isOwned = this.#own(uid, gid, () => chownSync(path, uid, gid));
		chmodSync(path, this.#mode(mode, uid, gid, isOwned));
		const time = utime(mtimeNs);
		utimesSync(path, time, time);
	}

	/**
	 * Of something that was made under this name just now, if that is what is there: who may write in the folder could have
	 * put a link to another file in its place.
	 * @throws FirnError TARGET_CHANGED
	 */
	made(place: string | Buffer, metadata: Metadata, isIt: (stat: Stats) => boolean): void {
		if (!hasProc) {
			this.#unpinned(place, metadata, isIt);
			return;
		}
		const fd = openSync(place, O_PATH | constants.O_NOFOLLOW);
		try {
			const stat = fstatSync(fd);
			if (!isIt(stat)) throw changed();
			// The descriptor leads to the very thing, also when it is a symlink: that is not followed further.
			const path = `/proc/self/fd/${fd}`;
			if (stat.isSymbolicLink()) this.#ownerAndTime(path, metadata);
			else this.path(path, metadata);
		} finally {
			closeSync(fd);
		}
	}

	#ownerAndTime(path: string, { uid, gid, mtimeNs }: Metadata): void {
		this.#own(uid, gid, () => chownSync(path, uid, gid));
		const time = utime(mtimeNs);
		utimesSync(path, time, time);
	}

	#unpinned(place: string | Buffer, metadata: Metadata, isIt: (stat: Stats) => boolean): void {
		const stat = lstatSync(place);
		if (!isIt(stat)) throw changed();
		if (!stat.isSymbolicLink()) {
			this.path(place, metadata);
			return;
		}
		const { uid, gid, mtimeNs } = metadata;
		this.#own(uid, gid, () => lchownSync(place, uid, gid));
		const time = utime(mtimeNs);
		lutimesSync(place, time, time);
	}

	#own(uid: number, gid: number, change: () => void): boolean {
		// Only root can give files away; on some mounts not even root can.
		if (this.#uid === 0) {
			try {
				change();
				return true;
			} catch (error) {
				const code = errnoCode(error);
				if (code !== 'EPERM' && code !== 'EINVAL' && code !== 'ENOSYS' && code !== 'ENOTSUP') throw error;
			}
		}
		if (uid === this.#uid && gid === this.#gid) return true;
		if (!this.#ownersLost) this.#onOwnersLost();
		this.#ownersLost = true;
		return false;
	}

	/** A program must not get the rights of whoever happens to restore it. */
	#mode(mode: number, uid: number, gid: number, isOwned: boolean): number {
		if (isOwned) return mode;
		const kept = uid === this.#uid ? mode : mode & ~SETUID;
		return gid === this.#gid ? kept : kept & ~SETGID;
	}
}

function changed(): FirnError {
	return new FirnError('TARGET_CHANGED', 'Somebody else has put something in its place while it was restored.');
}

/** Seconds for the `utimes` calls of node:fs. */
export function utime(ns: bigint): number | string {
	const seconds = ns >= 0n || ns % NS === 0n ? ns / NS : ns / NS - 1n;
	const whole = Number(seconds);
	let time = whole + Number(ns - seconds * NS) / 1e9;
	// 0.999999999 s may round up into the next second, which tools take for another time.
	for (let step = 2 ** -22; Math.floor(time) !== whole; step *= 2) time = whole + (1 - step);
	// Node takes a negative number for "now", but not a string of one. Digits below a nanosecond are cut off towards 1970.
	return time < 0 ? String(time - 0.5e-9) : time;
}
