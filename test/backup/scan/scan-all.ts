/** Runs a scan to its end and collects what it tells. */

import { type Child, type Folder, type ScanItem, type ScanOptions, scan } from '../../../src/backup/scan/scan.ts';
import type { FileProblem } from '../../../src/core/task.ts';

export interface Scanned {
	folders: Map<string, Folder>;
	/** All children by path, without the leading slash. */
	children: Map<string, Child>;
	problems: FileProblem[];
	skipped: { path: string; reason: string }[];
	items: ScanItem[];
}

export const DEFAULTS: ScanOptions = {
	sources: [],
	excludes: [],
	excludeSystem: true,
	excludeDeveloper: false,
	oneFileSystem: false,
	skipPaths: [],
};

/** @param meanwhile called for each item as it comes */
export function scanAll(
	sources: string[],
	options: Partial<ScanOptions> = {},
	meanwhile?: (item: ScanItem) => void,
): Scanned {
	const result: Scanned = { folders: new Map(), children: new Map(), problems: [], skipped: [], items: [] };
	for (const item of scan({ ...DEFAULTS, sources, ...options })) {
		meanwhile?.(item);
		result.items.push(item);
		if ('problem' in item) result.problems.push(item.problem);
		else if ('skipped' in item) result.skipped.push(item.skipped);
		else {
			const { folder } = item;
			if (result.folders.has(folder.path)) throw new Error(`${folder.path} came twice`);
			result.folders.set(folder.path, folder);
			for (const child of folder.children) {
				result.children.set(folder.path === '' ? child.name : `${folder.path}/${child.name}`, child);
			}
		}
	}
	return result;
}

/** The paths below one source, relative to it, sorted as strings. */
export function scanPaths(
	source: string,
	options: Partial<ScanOptions> = {},
	wanted: (child: Child) => boolean = () => true,
) {
	const below = `${source.slice(1)}/`;
	const { children } = scanAll([source], options);
	return [...children]
		.filter(([path, child]) => path.startsWith(below) && wanted(child))
		.map(([path]) => path.slice(below.length))
		.sort();
}
