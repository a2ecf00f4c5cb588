/** Finds the archives among what somebody has downloaded. */

import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { errnoCode, usageError } from '../../core/errors.ts';
import { type Compression, parseArchiveName, RECOVER_KEY } from '../../core/object-names.ts';

export interface FoundArchive {
	/** Absolute path. */
	path: string;
	/** Folder below the input folder, '' for what lies in it directly or was named itself. */
	folder: string;
	name: string;
	compression: Compression;
	encrypted: boolean;
	size: number;
}

export interface Found {
	/** In the order in which they were made: by run, then by number. */
	archives: FoundArchive[];
	/** Sidecars, manifests and notes: ours, but without files in them. */
	companions: string[];
	/** What was not made by Firn. */
	foreign: string[];
}

const COMPANION = /^(?:\d{6}\.idx|manifest)(?:\.age)?$|^\.firn-.*\.partial$/;

/** @throws FirnError usage INPUT_MISSING, INPUT_UNREADABLE, NO_ARCHIVES */
export function findArchives(inputs: readonly string[]): Found {
	const found: Found = { archives: [], companions: [], foreign: [] };
	const seen = new Set<string>();
	for (const input of inputs) {
		try {
			// The input itself may be a link; what lies below it is not followed.
			if (statSync(input).isDirectory()) walk(input, input, found, seen);
			else sort(dirname(input), input, found, seen);
		} catch (error) {
			const code = errnoCode(error);
			if (code === 'ENOENT') throw usageError('INPUT_MISSING', `There is no ${input}.`);
			throw usageError('INPUT_UNREADABLE', `${input} cannot be read (${code ?? String(error)}).`);
		}
	}
	if (found.archives.length === 0) {
		throw usageError(
			'NO_ARCHIVES',
			`There is no archive in ${inputs.join(', ')}.`,
			'Archives end in .tar, .tar.gz or .tar.zst, with .age behind it when they are encrypted.',
		);
	}
	// Run ids begin with the time of the run.
	const order = ({ path }: FoundArchive) => `${basename(dirname(path))}/${basename(path)}\0${path}`;
	found.archives.sort((a, b) => (order(a) < order(b) ? -1 : 1));
	return found;
}

function walk(root: string, folder: string, found: Found, seen: Set<string>): void {
	const children: Dirent[] = readdirSync(folder, { withFileTypes: true });
	for (const child of children) {
		const path = join(folder, child.name);
		if (child.isDirectory()) walk(root, path, found, seen);
		else if (child.isFile()) sort(root, path, found, seen);
		else found.foreign.push(path);
	}
}

function sort(root: string, path: string, found: Found, seen: Set<string>): void {
	// Inputs may overlap.
	if (seen.has(path)) return;
	seen.add(path);
	const name = basename(path);
	const archive = parseArchiveName(name);
	if (archive) {
		const folder = relative(root, dirname(path));
		found.archives.push({ path, folder, name, ...archive, size: lstatSync(path).size });
	} else if (COMPANION.test(name) || name === RECOVER_KEY) {
		found.companions.push(path);
	} else {
		found.foreign.push(path);
	}
}
