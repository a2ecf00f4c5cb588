/** Which folder of a mirror belongs to which source: `/home/me/photos` to DESTINATION/photos. Pure. */

import { basename } from 'node:path';
import { usageError } from '../../core/errors.ts';
import { safePrint } from '../../core/safe-print.ts';

/** Folder in the destination for what was deleted or stood in the way. */
export const DELETED_FOLDER = '.firn-deleted';

export interface Pair {
	/** Absolute path. */
	source: string;
	/** Its name in the destination. */
	name: string;
}

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
		const other = name === DELETED_FOLDER ? 'what was deleted' : taken.get(name);
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

/** Whether a path is a folder or lies in it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
	return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
