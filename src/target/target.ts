/** The folder that is restored into: everything that is made in it is made here. */

import { spawnSync } from 'node:child_process';
import {
	type BigIntStats,
	closeSync,
	constants,
	copyFileSync,
	linkSync,
	lstatSync,
	openSync,
	rmdirSync,
	type Stats,
	symlinkSync,
	unlinkSync,
} from 'node:fs';
import { errnoCode, FirnError } from '../core/errors.ts';
import { fsPath } from '../core/path-bytes.ts';
import type { Metadata } from '../state/restore-plan.ts';
import { hasProc } from './descriptors.ts';
import { entryPath } from './entry-path.ts';
import { isSameTime, lookAt, type Verdict, type Wanted } from './existing.ts';
import type { ExistingPolicy } from './existing-policy.ts';
import { type Folder, inFolder, TargetFolders } from './folders.ts';
import { MetadataSetter } from './metadata.ts';
import { PartialNames } from './partial-name.ts';
import { place } from './place.ts';

export interface TargetOptions {
	/** Absolute path; made if missing. */
	target: string;
	existing: ExistingPolicy;
	/** Nothing was in the target when the restore began, so nothing needs to be looked for. */
	isFresh: boolean;
	onOwnersLost: () => void;
}

/** A path below the target: its folder and its name in it. */
export interface Place {
	folder: string;
	name: string;
}

export class Target {
	readonly options: TargetOptions;
	readonly folders: TargetFolders;
	readonly metadata: MetadataSetter;
	readonly partials = new PartialNames();

	constructor(options: TargetOptions) {
		this.options = options;
		this.folders = new TargetFolders(options.target, !options.isFresh);
		this.metadata = new MetadataSetter(options.onOwnersLost);
	}

	/**
	 * Where an archive path comes to lie.
	 * @throws FirnError UNSAFE_PATH
	 */
	placeOf(path: string): Place {
		const safe = entryPath(path);
		const slash = safe.lastIndexOf('/');
		return { folder: slash === -1 ? '' : safe.slice(0, slash), name: safe.slice(slash + 1) };
	}

	/** What is to be done about the name, without making anything. @throws FirnError UNSAFE_PATH, TARGET_NOT_FOLDER */
	async lookAt(
		path: string,
		wanted: Wanted,
		breathe: () => Promise<void>,
		policy = this.options.existing,
	): Promise<Verdict> {
		if (this.options.isFresh) return 'free';
		const { folder, name } = this.placeOf(path);
		const found = this.folders.find(folder);
		return found ? lookAt(found, name, wanted, policy, breathe) : 'free';
	}

	/** Makes a symlink. @returns false when something has the name and is to be kept */
	symlink(path: string, link: string, metadata: Metadata, replace: boolean): boolean {
		if (link === '' || link.includes('\0')) throw new FirnError('BAD_LINK', 'The link has no usable target.');
		return this.#make(path, replace, (folder, temporary) => {
			const place = inFolder(folder, temporary);
			symlinkSync(fsPath(link), place);
			this.metadata.made(place, metadata, (stat) => stat.isSymbolicLink());
		});
	}

	/** Makes a FIFO or a device by the system's tools. @returns false when something has the name and is to be kept */
	special(path: string, node: Node, metadata: Metadata, replace: boolean): boolean {
		return this.#make(path, replace, (folder, temporary) => {
			makeNode(folder, temporary, node);
			this.metadata.made(inFolder(folder, temporary), metadata, (stat) => isNode(stat, node));
		});
	}

	/**
	 * Links `path` to the content of `first`, both archive paths; where the file system has no hard links it becomes a copy.
	 * @param mtimeNs what time the first name must have: one that was there before and was kept has another. Undefined where
	 * it is known to be right
	 * @returns false when something has the name and is to be kept
	 * @throws FirnError LINK_TARGET when the first name is not there
	 */
	hardLink(path: string, first: string, mtimeNs: bigint | undefined, metadata: Metadata, replace: boolean): boolean {
		const from = this.placeOf(first);
		const source = this.folders.find(from.folder);
		const stat = this.#stat(first);
		const isRight = stat?.isFile() && (mtimeNs === undefined || isSameTime(stat.mtimeNs, mtimeNs));
		if (!source || !isRight) {
			throw new FirnError('LINK_TARGET', `The file that it shares its content with (/${first}) was not restored.`);
		}
		return this.folders.pinned(source, () =>
			this.#make(path, replace, (folder, temporary) => {
				const content = inFolder(source, from.name);
				const name = inFolder(folder, temporary);
				try {
					linkSync(content, name);
				} catch (error) {
					if (!NO_LINKS.has(errnoCode(error) ?? '')) throw error;
					copy(content, name);
					this.metadata.made(name, metadata, (made) => made.isFile());
				}
			}),
		);
	}

	/** Whether two archive paths are names of one file in the target. */
	isLinked(path: string, first: string): boolean {
		if (this.options.isFresh) return false;
		const [a, b] = [this.#stat(path), this.#stat(first)];
		return a !== undefined && b !== undefined && a.isFile() && a.ino === b.ino && a.dev === b.dev;
	}

	/** Sets what a folder is to be like once all is in it, making it if it was empty. */
	finishFolder(path: string, metadata: Metadata): void {
		const safe = entryPath(path);
		if (safe === '') return;
		const folder = this.folders.open(safe);
		this.metadata.path(fsPath(folder.base), metadata);
	}

	/**
	 * Where something is to replace an empty folder the folder goes; one that holds something is left alone.
	 * @throws FirnError TARGET_IS_FOLDER
	 */
	clearFolder({ folder, name }: Place): void {
		const place = inFolder(this.folders.open(folder), name);
		if (!lstatSync(place, { throwIfNoEntry: false })?.isDirectory()) return;
		try {
			rmdirSync(place);
		} catch (error) {
			if (errnoCode(error) !== 'ENOTEMPTY' && errnoCode(error) !== 'EEXIST') throw error;
			throw new FirnError('TARGET_IS_FOLDER', 'A folder that is not empty stands in its place.');
		}
		this.folders.forget(folder === '' ? name : `${folder}/${name}`);
	}

	/** Whether no name in the folder can be taken by anything that this restore has not made. */
	isFree(folder: Folder): boolean {
		return folder.isPrivate && (folder.isNew || this.options.isFresh);
	}

	close(): void {
		this.folders.close();
	}

	#stat(path: string): BigIntStats | undefined {
		const { folder, name } = this.placeOf(path);
		const found = this.folders.find(folder);
		return found && lstatSync(inFolder(found, name), { bigint: true, throwIfNoEntry: false });
	}

	/** Makes something under a temporary name first, so that it is complete when it gets its own. */
	#make(path: string, replace: boolean, make: (folder: Folder, temporary: string) => void): boolean {
		const { folder: folderPath, name } = this.placeOf(path);
		if (replace) this.clearFolder({ folder: folderPath, name });
		const folder = this.folders.open(folderPath);
		const temporary = this.partials.next();
		let isPlaced = false;
		try {
			make(folder, temporary);
			isPlaced = place(folder, temporary, name, replace, this.isFree(folder));
			return isPlaced;
		} finally {
			// rename(2) of two names of one file does nothing, and the temporary one stays.
			if (!isPlaced || replace) removeIfThere(folder, temporary);
		}
	}
}

export type Node = { type: 'fifo' } | { type: 'char' | 'block'; major: number; minor: number };

const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV']);

/** Where /proc is missing a link that takes the place of the file in this moment is followed. */
function copy(from: string | Buffer, to: string | Buffer): void {
	const fd = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		copyFileSync(hasProc ? `/proc/self/fd/${fd}` : from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
	} finally {
		closeSync(fd);
	}
}

function isNode(stat: Stats, { type }: Node): boolean {
	if (type === 'fifo') return stat.isFIFO();
	return type === 'char' ? stat.isCharacterDevice() : stat.isBlockDevice();
}

/** Removes a name if it is there. */
export function removeIfThere(folder: Folder, name: string): void {
	try {
		unlinkSync(inFolder(folder, name));
	} catch (error) {
		if (errnoCode(error) !== 'ENOENT') throw error;
	}
}

/** Node cannot make FIFOs and devices. The tools see our folder through /proc, by a name that is plain ASCII. */
function makeNode(folder: Folder, name: string, node: Node): void {
	const base = folder.base.replace(/^\/proc\/self\//, `/proc/${process.pid}/`);
	const path = `${base}/${name}`;
	if (node.type !== 'fifo' && process.geteuid?.() !== 0) {
		throw new FirnError('NEEDS_ROOT', 'Only root can make devices.');
	}
	const [tool, ...args] =
		node.type === 'fifo'
			? ['mkfifo', '-m', '600', path]
			: ['mknod', '-m', '600', path, node.type === 'char' ? 'c' : 'b', String(node.major), String(node.minor)];
	const run = spawnSync(tool!, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
	if (run.error) throw run.error;
	if (run.status !== 0) {
		throw new FirnError('NODE_FAILED', `${tool} could not make it: ${run.stderr.trim().split('\n').at(-1)}.`);
	}
}
