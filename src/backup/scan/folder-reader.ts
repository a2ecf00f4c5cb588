/**
 * Reads one folder: lists its names, leaves out what is not wanted and looks at the rest. This is the hot loop of a scan,
 * a million rounds of lstat; nothing in it makes a string or an object that the result does not need.
 */

import { type BigIntStats, fstatSync, lstatSync, readlinkSync } from 'node:fs';
import { CACHEDIR_SIGNATURE, CACHEDIR_TAG, DEVELOPER_CLUTTER, SYSTEM_CLUTTER } from '../../core/clutter.ts';
import { errnoCode } from '../../core/errors.ts';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { typeOfMode } from '../../core/stat-facts.ts';
import { Boundaries } from './boundaries.ts';
import { type ChildStat, keepStat } from './child-stat.ts';
import { type ExcludeRules, IGNORE_FILE } from './exclude-rules.ts';
import { listNames } from './list-names.ts';
import { type Reached, reachFolder, withOpenablePath } from './long-path.ts';
import { compareNames } from './name-order.ts';
import { scanProblem } from './problem.ts';
import { readSmallFile } from './small-file.ts';
import type { Child, Folder, ScanItem, ScanOptions, SkipReason } from './types.ts';

const BIGINT = { bigint: true, throwIfNoEntry: false } as const;
const IGNORE_FILE_LIMIT = 1024 * 1024;

/** What holds for a folder because of where it is. */
export interface FolderContext {
	rules: ExcludeRules;
	/** Device of the source it belongs to. */
	sourceDev: bigint;
	/** The source itself: named by a person, so being tagged as a cache does not matter. */
	top: boolean;
}

export interface FolderReading {
	/** Problems and skips, to be told before the folder. */
	notes: ScanItem[];
	folder: Folder;
	/** The rules for its sub-folders. */
	rules: ExcludeRules;
	/** Names of sub-folders that must not be entered. */
	closed: Set<string> | undefined;
}

export class FolderReader {
	readonly #clutter: ReadonlySet<string>;
	readonly #cacheTags: boolean;
	readonly #boundaries: Boundaries;

	constructor(options: ScanOptions) {
		this.#clutter = new Set([
			...(options.excludeSystem ? SYSTEM_CLUTTER : []),
			...(options.excludeDeveloper ? DEVELOPER_CLUTTER : []),
		]);
		this.#cacheTags = options.excludeSystem;
		this.#boundaries = new Boundaries(options);
	}

	/** Reads the folder `path` (in the archive). One that has vanished is empty and complete. Never throws for it. */
	read(path: string, context: FolderContext): FolderReading {
		const folder = emptyFolder(path);
		const reading: FolderReading = { notes: [], folder, rules: context.rules, closed: undefined };
		let place: Reached | undefined;
		try {
			place = reachFolder(path);
			const stat =
				place.fd === undefined ? lstatSync(fsPath(place.path), BIGINT) : fstatSync(place.fd, { bigint: true });
			// It was a folder when its parent was read; a symlink that took its place is not followed.
			if (stat?.isDirectory()) this.#list(place.path, stat.dev, context, reading);
		} catch (error) {
			const code = errnoCode(error);
			if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') {
				folder.complete = false;
				reading.notes.push({ problem: scanProblem(path, 'The folder cannot be listed', error) });
			}
		} finally {
			place?.close();
		}
		return reading;
	}

	/**
	 * Looks at a source. Its reason is set where it is no part of the backup (or, a folder, must not be entered).
	 * @throws the system's error, ENOENT included
	 */
	readSource(path: string): { child: Child | undefined; reason: SkipReason | undefined } {
		const name = path.slice(path.lastIndexOf('/') + 1);
		const stat = withOpenablePath(path, (openable) => lstatSync(openable, { bigint: true }));
		const type = typeOfMode(stat.mode);
		if (type === undefined) return { child: undefined, reason: 'socket' };
		const reason = this.#boundaries.reasonToSkipSource(path, stat);
		if (reason && type !== 'dir') return { child: undefined, reason };
		const link = type === 'symlink' ? withOpenablePath(path, readLink) : '';
		return { child: { name, type, stat: keepStat(stat, undefined), link }, reason };
	}

	#list(place: string, dev: bigint, context: FolderContext, reading: FolderReading): void {
		const { folder } = reading;
		let names = listNames(place);
		if (names.includes(IGNORE_FILE)) reading.rules = this.#withIgnoreFile(place, reading);
		if (this.#cacheTags && !context.top && names.includes(CACHEDIR_TAG) && isCacheTag(`${place}/${CACHEDIR_TAG}`)) {
			folder.excluded += names.length - 1;
			names = [CACHEDIR_TAG];
		}
		const gone = this.#look(names, place, dev, context, reading);
		if (gone.length === 0) return;
		// Replaced by a rename while we looked: there again. Listed but never there: a damaged file system must not look
		// like a deleted file.
		const now = new Set(listNames(place));
		const listed = gone.filter((name) => now.has(name));
		const lost = this.#look(listed, place, dev, context, reading);
		for (const name of lost) {
			this.#fail(name, Object.assign(new Error('listed, but not there'), { code: 'ENOENT' }), reading);
		}
		folder.children.sort((a, b) => compareNames(a.name, b.name));
		folder.unseen.sort(compareNames);
	}

	/** Adds what is to be backed up of `names` to the folder; gives those that were not there. */
	#look(names: string[], place: string, dev: bigint, context: FolderContext, reading: FolderReading): string[] {
		const { folder, rules } = reading;
		const { children } = folder;
		const clutter = this.#clutter;
		const askRules = !rules.empty;
		const prefix = folder.path === '' ? '' : `${folder.path}/`;
		const base = `${place}/`;
		const skip = this.#boundaries.skip.in(folder.path);
		const gone: string[] = [];
		let kept: ChildStat | undefined;
		for (const name of names) {
			const isClutter = clutter.has(name);
			if (isClutter && !askRules) {
				folder.excluded += 1;
				continue;
			}
			let stat: BigIntStats | undefined;
			let link = '';
			let type: Child['type'] | undefined;
			try {
				stat = lstatSync(fsPath(base + name), BIGINT);
				if (stat === undefined) {
					gone.push(name);
					continue;
				}
				type = typeOfMode(stat.mode);
				if (type === 'symlink') link = readLink(fsPath(base + name));
			} catch (error) {
				this.#refused(name, error, reading, gone);
				continue;
			}
			if (askRules) {
				const answer = rules.excludes(prefix, name, type === 'dir');
				if (answer ?? isClutter) {
					folder.excluded += 1;
					continue;
				}
			}
			if (type === undefined) {
				reading.notes.push({ skipped: { path: prefix + name, reason: 'socket' } });
				continue;
			}
			// Only where it is needed at all; a device other than the folder's is a mount point.
			if (type === 'dir' || stat.dev !== dev || skip !== undefined || this.#boundaries.skip.has(stat)) {
				const reason = this.#boundaries.reasonToSkip(
					prefix + name,
					type,
					stat,
					dev,
					context.sourceDev,
					skip?.has(name) === true,
				);
				if (reason !== undefined) {
					reading.notes.push({ skipped: { path: prefix + name, reason } });
					if (type !== 'dir') continue;
					reading.closed ??= new Set();
					reading.closed.add(name);
				}
			}
			kept = keepStat(stat, kept);
			children.push({ name, type, stat: kept, link });
		}
		return gone;
	}

	/** lstat or readlink threw. */
	#refused(name: string, error: unknown, reading: FolderReading, gone: string[]): void {
		const { path } = reading.folder;
		const code = errnoCode(error);
		// readlink of what has just become something else (EINVAL) or nothing.
		if (code === 'ENOENT' || code === 'EINVAL') {
			gone.push(name);
			return;
		}
		const full = path === '' ? name : `${path}/${name}`;
		if (this.#boundaries.pseudo.isMountPoint(full))
			reading.notes.push({ skipped: { path: full, reason: 'pseudo-fs' } });
		else this.#fail(name, error, reading);
	}

	#fail(name: string, error: unknown, { folder, notes }: FolderReading): void {
		folder.complete = false;
		folder.unseen.push(name);
		const path = folder.path === '' ? name : `${folder.path}/${name}`;
		notes.push({ problem: scanProblem(path, 'Its metadata cannot be read', error) });
	}

	#withIgnoreFile(place: string, reading: FolderReading): ExcludeRules {
		const { folder, rules, notes } = reading;
		const path = folder.path === '' ? IGNORE_FILE : `${folder.path}/${IGNORE_FILE}`;
		try {
			const content = readIgnoreFile(place);
			if (content === undefined) return rules;
			if (content !== 'too long') return rules.withFile(folder.path, content);
			const message = 'The file is over 1 MiB long, so its patterns were not used.';
			notes.push({ problem: { path, code: 'EFBIG', message } });
		} catch (error) {
			notes.push({ problem: scanProblem(path, 'Its patterns cannot be read and were not used', error) });
		}
		return rules;
	}
}

/** The patterns that a folder has for itself, if there are any. @throws the system's error */
export function readIgnoreFile(place: string): Buffer | 'too long' | undefined {
	const content = readSmallFile(fsPath(`${place}/${IGNORE_FILE}`), IGNORE_FILE_LIMIT + 1);
	return content !== undefined && content.length > IGNORE_FILE_LIMIT ? 'too long' : content;
}

/** A folder of which nothing is to be told. */
export function emptyFolder(path: string): Folder {
	return { path, virtual: false, complete: true, children: [], unseen: [], passed: [], excluded: 0 };
}

function readLink(path: string | Buffer): string {
	const target = readlinkSync(path, 'utf8');
	return target.includes('\ufffd') ? decodePath(readlinkSync(path, 'buffer')) : target;
}

/** Whether the tag is what the cache directory specification asks for: its first 43 bytes are the signature. */
export function isCacheTag(path: string): boolean {
	try {
		const start = readSmallFile(fsPath(path), CACHEDIR_SIGNATURE.length);
		return start?.toString('latin1') === CACHEDIR_SIGNATURE;
	} catch {
		// One that cannot be read proves nothing, and the file itself will be reported when it is packed.
		return false;
	}
}
