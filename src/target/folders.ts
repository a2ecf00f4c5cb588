/**
 * The folders of a target, entered without ever following a link: each is opened by its name in its parent with
 * O_NOFOLLOW, and what is written into it is named below its descriptor (`/proc/self/fd/N`), so that nobody can put a
 * link in the way afterwards, and paths can be longer than PATH_MAX. Where nobody else could do so anyway, because the
 * whole chain belongs to us and only we may write there, the plain path is used: it is a quarter faster.
 */

import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoCode, FirnError } from '../core/errors.ts';
import { makeFolders } from '../core/make-folders.ts';
import { fsPath, pathByteLength } from '../core/path-bytes.ts';
import { safePrint } from '../core/safe-print.ts';
import { hasProc, O_PATH } from './descriptors.ts';
import { sweepFolder } from './partial-name.ts';

/** Folders that are held open or remembered. */
const HELD = 256;
/** A plain path leaves room for a slash, a name and the NUL below PATH_MAX (macOS: 1024). */
const LONGEST_PLAIN = (process.platform === 'linux' ? 4096 : 1024) - 258;

/** A folder of the target. Use it at once: opening further folders may close it. */
export interface Folder {
	/** Path of the folder itself. */
	base: string;
	/** Whether it was made by this restore, through this object. */
	isNew: boolean;
	/** Nobody else can change what is in it. */
	isPrivate: boolean;
	/** Its group, which some file systems give to what is made in it. */
	gid: number;
	fd: number | undefined;
	pins: number;
}

/** A name in a folder, as `fs` takes it. */
export function inFolder(folder: Folder, name: string): string | Buffer {
	return fsPath(`${folder.base}/${name}`);
}

export class TargetFolders {
	readonly #root: Folder;
	/** By path below the target; the least recently opened first. */
	readonly #held = new Map<string, Folder>();
	#last: { path: string; folder: Folder };
	readonly #sweep: boolean;

	/**
	 * Opens the target folder, making it if need be.
	 * @param sweep whether to remove what killed restores have left in folders that are there already
	 * @throws FirnError TARGET_UNUSABLE; the system's error
	 */
	constructor(target: string, sweep: boolean) {
		makeTarget(target);
		const root = realpathSync(target);
		const stat = lstatSync(root);
		const isPrivate = isOurs(stat) && areTrusted(dirname(root));
		const needsFd = hasProc && (!isPrivate || root.length > LONGEST_PLAIN);
		const fd = needsFd ? openSync(root, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW) : undefined;
		const base = fd === undefined ? root : `/proc/self/fd/${fd}`;
		this.#root = { base, isNew: false, isPrivate, gid: stat.gid, fd, pins: 1 };
		this.#last = { path: '', folder: this.#root };
		this.#sweep = sweep;
		if (sweep) sweepFolder(root);
	}

	/**
	 * The folder at `path` below the target, made with all above it where missing.
	 * @throws FirnError TARGET_NOT_FOLDER where a link or a file stands in the way; the system's error
	 */
	open(path: string): Folder {
		return this.#open(path, true)!;
	}

	/** The same, or undefined where it is missing. */
	find(path: string): Folder | undefined {
		return this.#open(path, false);
	}

	/**
	 * Forgets a folder that was removed, and what was below it. Whatever takes its name may be a link, and would be followed
	 * by those who still held the folder for one.
	 */
	forget(path: string): void {
		for (const [held, folder] of this.#held) {
			if (held !== path && !held.startsWith(`${path}/`)) continue;
			this.#held.delete(held);
			closeFolder(folder);
		}
		this.#last = { path: '', folder: this.#root };
	}

	/** Keeps a folder usable while others are opened. */
	pinned<T>(folder: Folder, use: () => T): T {
		folder.pins += 1;
		try {
			return use();
		} finally {
			folder.pins -= 1;
		}
	}

	close(): void {
		for (const folder of [...this.#held.values(), this.#root]) closeFolder(folder);
		this.#held.clear();
	}

	#open(path: string, create: boolean): Folder | undefined {
		if (path === '') return this.#root;
		if (path === this.#last.path) return this.#last.folder;
		let folder = this.#held.get(path);
		if (folder) {
			this.#held.delete(path);
		} else {
			const slash = path.lastIndexOf('/');
			const parent = this.#open(slash === -1 ? '' : path.slice(0, slash), create);
			folder = parent && this.#enter(parent, path.slice(slash + 1), path, create);
			if (!folder) return undefined;
		}
		this.#held.set(path, folder);
		this.#last = { path, folder };
		this.#evict(folder);
		return folder;
	}

	#enter(parent: Folder, name: string, path: string, create: boolean): Folder | undefined {
		const place = inFolder(parent, name);
		const isNew = create && make(place);
		if (!hasProc) return enterPlain(parent, name, path, place, isNew);
		let fd: number;
		try {
			fd = openSync(place, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
		} catch (error) {
			if (errnoCode(error) === 'ENOENT' && !create) return undefined;
			throw errnoCode(error) === 'ENOTDIR' || errnoCode(error) === 'ELOOP' ? notFolder(path) : error;
		}
		const stat = fstatSync(fd);
		const isPrivate = parent.isPrivate && isOurs(stat);
		const base = `${parent.base}/${name}`;
		const isPlain = isPrivate && parent.fd === undefined && pathByteLength(base) <= LONGEST_PLAIN;
		if (isPlain) closeSync(fd);
		const own = isPlain ? { base, fd: undefined } : { base: `/proc/self/fd/${fd}`, fd };
		if (!isNew && this.#sweep) sweepIfAllowed(own.base);
		return { ...own, isNew, isPrivate, gid: stat.gid, pins: 0 };
	}

	#evict(newest: Folder): void {
		if (this.#held.size <= HELD) return;
		for (const [path, folder] of this.#held) {
			if (folder.pins > 0 || folder === newest) continue;
			this.#held.delete(path);
			closeFolder(folder);
			return;
		}
	}
}

function closeFolder(folder: Folder): void {
	if (folder.fd !== undefined) closeSync(folder.fd);
	folder.fd = undefined;
}

/** @returns whether it was missing */
function make(place: string | Buffer): boolean {
	try {
		// Closed to others until its real mode is set at the end.
		mkdirSync(place, 0o700);
		return true;
	} catch (error) {
		if (errnoCode(error) === 'EEXIST') return false;
		throw error;
	}
}

/** Without /proc the check is made once, and a link put there later by somebody else would be followed. */
function enterPlain(
	parent: Folder,
	name: string,
	path: string,
	place: string | Buffer,
	isNew: boolean,
): Folder | undefined {
	const stat = lstatSync(place, { throwIfNoEntry: false });
	if (!stat) return undefined;
	if (!stat.isDirectory()) throw notFolder(path);
	const isPrivate = parent.isPrivate && isOurs(stat);
	return { base: `${parent.base}/${name}`, isNew, isPrivate, gid: stat.gid, fd: undefined, pins: 0 };
}

/** A folder that may not be listed keeps its leftovers. */
function sweepIfAllowed(base: string): void {
	try {
		sweepFolder(base);
	} catch (error) {
		if (errnoCode(error) !== 'EACCES' && errnoCode(error) !== 'EPERM') throw error;
	}
}

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

function isOurs(stat: { uid: number; mode: number }): boolean {
	return stat.uid === process.geteuid?.() && (stat.mode & OTHERS_MAY_WRITE) === 0;
}

/** Whether nobody but us and root can rename what is in this folder or in one above it. */
function areTrusted(folder: string): boolean {
	const { uid, mode } = lstatSync(folder);
	if (uid !== 0 && uid !== process.geteuid?.()) return false;
	if ((mode & OTHERS_MAY_WRITE) !== 0 && (mode & STICKY) === 0) return false;
	return folder === '/' || areTrusted(dirname(folder));
}

function notFolder(path: string): FirnError {
	return new FirnError(
		'TARGET_NOT_FOLDER',
		`"${safePrint(path)}" in the target is a link or a file where a folder is needed; links are never followed.`,
	);
}

function makeTarget(target: string): void {
	try {
		makeFolders(target);
	} catch (error) {
		const code = errnoCode(error);
		const why = code === 'EEXIST' ? 'a file stands in its place' : code;
		throw new FirnError('TARGET_UNUSABLE', `The folder ${target} cannot be made (${why}).`, {
			guidance: 'Choose another folder to restore into.',
			kind: 'usage',
			cause: error,
		});
	}
}
