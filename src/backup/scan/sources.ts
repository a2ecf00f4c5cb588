/** What a person names as sources, made absolute and free of overlaps, and the folders that lead to them. */

import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { errnoCode, usageError } from '../../core/errors.ts';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { safePrint } from '../../core/safe-print.ts';
import { systemReason } from './problem.ts';

/**
 * Sources as absolute paths without duplicates, in the order they were given.
 *
 * - A source that lies inside another one, by whatever name, disappears.
 * - A symlink stands for itself, as with tar and restic; with a slash behind it, for the folder it leads to, under that
 *   folder's real path.
 * - Symlinks among the folders above a source stay as they were typed, unless the path goes back through one by `..`.
 *
 * @param sources as typed, at least one
 * @param cwd absolute folder that relative ones start from
 * @throws FirnError (usage) SOURCE_MISSING, SOURCE_UNREADABLE
 */
export function normalizeSources(sources: string[], cwd: string): string[] {
	if (sources.length === 0) throw usageError('SOURCE_MISSING', 'No source was given.', 'Name a folder or file.');
	const located = sources.map((source) => locate(source, cwd));
	return located
		.filter(({ real }, index) =>
			located.every((other, otherIndex) => {
				if (other.real === real) return otherIndex >= index;
				return !real.startsWith(other.real === '/' ? '/' : `${other.real}/`);
			}),
		)
		.map(({ path }) => path);
}

interface Located {
	path: string;
	/** The same without symlinks on the way; the last name may be one. */
	real: string;
}

function locate(source: string, cwd: string): Located {
	if (source === '' || source.includes('\0')) throw missing(source);
	const typed = source.startsWith('/') ? source : `${cwd}/${source}`;
	try {
		const stat = lstatSync(fsPath(typed), { bigint: true });
		if (stat.isDirectory()) accessSync(fsPath(typed), constants.R_OK | constants.X_OK);
		else if (stat.isFile()) accessSync(fsPath(typed), constants.R_OK);
		// resolve() takes `..` and a trailing slash away by their letters; symlinks can make that another object.
		const lexical = resolve(cwd, source);
		const same = lstatSync(fsPath(lexical), { bigint: true, throwIfNoEntry: false });
		const path = same?.ino === stat.ino && same.dev === stat.dev ? lexical : realPath(typed);
		return { path, real: stat.isSymbolicLink() ? realPath(path) : resolveLinks(path) };
	} catch (error) {
		const code = errnoCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') throw missing(source);
		throw usageError(
			'SOURCE_UNREADABLE',
			`The source "${safePrint(source)}" cannot be read: ${systemReason(error)}.`,
			'Run Firn as a user who may read it, or leave it out.',
		);
	}
}

function missing(source: string): Error {
	return usageError('SOURCE_MISSING', `The source "${safePrint(source)}" does not exist.`, 'Check how it is spelled.');
}

/** Resolves the folders on the way, not the last name. @throws the system's error */
export function realPath(path: string): string {
	const slash = path.lastIndexOf('/');
	const last = path.slice(slash + 1);
	// A last name that is no name of its own means the object that the rest leads to.
	if (last === '' || last === '.' || last === '..') return resolveLinks(path);
	const folder = resolveLinks(path.slice(0, slash) || '/');
	return folder === '/' ? `/${last}` : `${folder}/${last}`;
}

/** realpath(3), which unlike realpathSync() takes `..` after a symlink as the kernel does. */
function resolveLinks(path: string): string {
	return decodePath(realpathSync.native(fsPath(path), 'buffer'));
}

/** A name on the way to sources, or a source itself (then without further names). */
export interface SourceNode {
	source: boolean;
	below: Map<string, SourceNode>;
}

/** The sources as a tree from the root; one that lies in another is dropped. */
export function sourceTree(sources: string[]): SourceNode {
	const root: SourceNode = { source: false, below: new Map() };
	for (const path of sources) {
		let node = root;
		for (const name of path.split('/')) {
			if (name === '') continue;
			if (node.source) break;
			let next = node.below.get(name);
			if (!next) {
				next = { source: false, below: new Map() };
				node.below.set(name, next);
			}
			node = next;
		}
		node.source = true;
		node.below.clear();
	}
	return root;
}
