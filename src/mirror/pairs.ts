/** Which folder of a mirror belongs to which source: `/home/me/photos` to DESTINATION/photos. Pure. */

import { basename } from 'node:path';
import { usageError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';

/** Folder in the destination for what was deleted or stood in the way. */
export const DELETED_FOLDER = '.firn-deleted';
/** Folder on a store for the lists of what mirrors hold. */
export const LISTS_FOLDER = '.firn';

/** Name of the folder for what one run takes out: a time that every file system allows as a name. */
export function deletedFolder(now: Date): string {
	return `${DELETED_FOLDER}/${now.toISOString().replaceAll(':', '')}`;
}

export interface Pair {
	/** Absolute path. */
	source: string;
	/** Its name in the destination. */
	name: string;
}

const OWN_NAMES: Record<string, string> = {
	[DELETED_FOLDER]: 'what was deleted',
	[LISTS_FOLDER]: "Firn's list of the mirror",
};

/**
 * @param sources absolute, none inside another
 * @throws FirnError (usage) MIRROR_OF_ROOT, MIRROR_NAMES_CLASH
 */
export function pairsOf(sources: readonly string[]): Pair[] {
	const pairs = sources.map((source) => ({ source, name: basename(source) }));
	const taken = new Map<string, string>();
	for (const { source, name } of pairs) {
		if (name === '') {
			throw usageError('MIRROR_OF_ROOT', 'The folder / cannot be mirrored.', 'Name the folders in it that matter.');
		}
		const other = OWN_NAMES[name] ?? taken.get(name);
		if (other !== undefined) {
			throw usageError(
				'MIRROR_NAMES_CLASH',
				`${safePrint(source)} and ${safePrint(other)} would both be mirrored to the folder ${safePrint(name)}.`,
				'Make a job with another destination for one of them.',
			);
		}
		taken.set(name, source);
	}
	return pairs;
}

/**
 * Refuses a mirror of a folder into itself: a source and the destination must lie outside of each other.
 * @param places the destination, as it is written and as it really is
 * @throws FirnError (usage) MIRROR_NESTED
 */
export function refuseNested(sources: readonly string[], places: readonly string[]): void {
	for (const source of sources) {
		const place = places.find((path) => isWithin(source, path) || isWithin(path, source));
		if (place === undefined) continue;
		throw usageError(
			'MIRROR_NESTED',
			`The source ${safePrint(source)} and the destination ${safePrint(place)} lie in each other.`,
			'Choose a destination outside of the sources, and sources outside of the destination.',
		);
	}
}

/** Where a path in a source (as scans give it, without leading slash) lies below the destination. */
export function mirroredPath(pairs: readonly Pair[], path: string): { pair: Pair; to: string } | undefined {
	const absolute = `/${path}`;
	const pair = pairs.find(({ source }) => isWithin(absolute, source));
	return pair && { pair, to: pair.name + absolute.slice(pair.source.length) };
}

/** Where a path of the mirror comes from, as scans give paths; the way back of mirroredPath(). */
export function sourcePath(pair: Pair, mirrored: string): string {
	return (pair.source + mirrored.slice(pair.name.length)).slice(1);
}

/** Whether a mirror is plain files in a folder; all else is objects in a store, which may be a folder too. */
export function isPlainFolder({ destination, encrypt }: { destination: { url: string }; encrypt: boolean }): boolean {
	return destination.url.startsWith('/') && !encrypt;
}

/** Whether a path is a folder or lies in it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
	return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
