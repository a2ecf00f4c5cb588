/** What happens to the unfolded folders: rows arrive, folders are folded and unfolded. Pure. */

import type { BrowsePage, BrowseRow } from '../../../core/browse.ts';
import { type Folder, type Folders, newFolder, PAGE, TOP } from './state.ts';
import type { TreeRow } from './tree.ts';
import { positionOf, rowAt, rowOf, rowsBetween } from './tree.ts';

/** Pages of one folder that are kept; those far from the newest go first. */
const KEPT_PAGES = 40;

/** The same folders open, but nothing read of them. */
export function emptied(folders: Folders): Folders {
	return Object.fromEntries(
		Object.values(folders).map((folder): [string, Folder] => {
			const at = undefined;
			return [folder.path, { ...folder, at, total: undefined, counting: false, totals: undefined, pages: {} }];
		}),
	);
}

/** With a page of a folder that was asked for. */
export function withRows(folders: Folders, path: string, answer: BrowsePage): Folders {
	const folder = folders[path];
	if (!folder) return folders;
	const { rows, from, total, counting, totals } = answer;
	const page = Math.floor(from / PAGE);
	const changed: Record<string, Folder> = {
		...folders,
		[path]: { ...folder, total, counting, totals, pages: pruned({ ...folder.pages, [page]: rows }, page) },
	};
	const places = new Map(rows.map((row, index) => [row.path, from + index]));
	for (const child of Object.values(folders)) {
		if (child.parent !== path) continue;
		const isHere = child.at !== undefined && child.at >= from && child.at < from + PAGE;
		const at = places.get(child.path) ?? (isHere ? undefined : child.at);
		if (at !== child.at) changed[child.path] = { ...child, at };
	}
	return changed;
}

function pruned(pages: Record<number, readonly BrowseRow[]>, newest: number): Record<number, readonly BrowseRow[]> {
	const numbers = Object.keys(pages).map(Number);
	if (numbers.length <= KEPT_PAGES) return pages;
	const near = numbers.sort((a, b) => Math.abs(a - newest) - Math.abs(b - newest)).slice(0, KEPT_PAGES / 2);
	return Object.fromEntries(near.map((number) => [number, pages[number]!]));
}

/** Whether there is anything to unfold in a row. */
export function canUnfold({ type, totals }: BrowseRow): boolean {
	return type === 'dir' && totals?.entries !== 0;
}

/** With the folder in a row unfolded, all of it. */
export function unfolded(folders: Folders, path: string, parent: string, at: number | undefined): Folders {
	const known = folders[path];
	const folder = known ? { ...known, at: at ?? known.at } : newFolder(path, parent, at, false);
	return { ...folders, [path]: { ...folder, open: true, short: false } };
}

export function folded(folders: Folders, path: string): Folders {
	const folder = folders[path];
	return folder ? { ...folders, [path]: { ...folder, open: false } } : folders;
}

/** With all of a folder of which only the first rows are shown. */
export function lengthened(folders: Folders, path: string): Folders {
	return { ...folders, [path]: { ...folders[path]!, short: false } };
}

/** With the folders above the depth unfolded, of the rows that are seen; those folded by hand stay so. */
export function unfoldSeen(folders: Folders, from: number, to: number, depth: number): Folders {
	const added: Record<string, Folder> = {};
	for (const row of rowsBetween(folders, from, to)) {
		if (row.kind !== 'row' || row.level >= depth || folders[row.row.path] || !canUnfold(row.row)) continue;
		// When there is one source only, it is what people want to see.
		const isOnly = row.folder === TOP && folders[TOP]!.total === 1;
		added[row.row.path] = newFolder(row.row.path, row.folder, row.index, !isOnly);
	}
	return Object.keys(added).length === 0 ? folders : { ...folders, ...added };
}

/** Without what was folded or unfolded at and below a level: the depth alone decides there. */
export function forgetBelow(folders: Folders, level: number): Folders {
	const levelOf = ({ parent }: Folder): number => (parent === undefined ? 0 : 1 + levelOf(folders[parent]!));
	return Object.fromEntries(Object.entries(folders).filter(([, folder]) => levelOf(folder) < level));
}

/** Without the folders at a level that were folded by hand. */
export function forgetFolded(folders: Folders): Folders {
	return Object.fromEntries(Object.entries(folders).filter(([, { open }]) => open));
}

/** Where what stood in a row stands after the folders have changed; undefined when it is gone. */
export function followRow(before: TreeRow | undefined, folders: Folders): number | undefined {
	if (!before) return undefined;
	const folder = folders[before.folder];
	if (!folder) return undefined;
	const index = before.kind === 'row' ? placeOf(folder, before.row.path, before.index) : before.index;
	const position = positionOf(folders, before.folder, index);
	return position !== undefined && rowAt(folders, position) ? position : rowOfFolder(folders, before.folder);
}

/** The row that a folder itself stands in; of one that is hidden, that of the folder above. */
export function rowOfFolder(folders: Folders, path: string): number | undefined {
	for (let folder = folders[path]; folder?.parent !== undefined; folder = folders[folder.parent]) {
		const position = folder.at === undefined ? undefined : positionOf(folders, folder.parent, folder.at);
		if (position !== undefined) return position;
	}
	return undefined;
}

/** The row of a path, if it has been read and is shown. */
export function rowOfPath(folders: Folders, path: string): number | undefined {
	for (const folder of Object.values(folders)) {
		if (folder.path !== TOP && !path.startsWith(`${folder.path}/`)) continue;
		const index = placeOf(folder, path, -1);
		if (index >= 0) return positionOf(folders, folder.path, index);
	}
	return undefined;
}

/** The place of a path in a folder: where it was, else where it is now among what has been read. */
function placeOf(folder: Folder, path: string, was: number): number {
	if (was >= 0 && rowOf(folder, was)?.path === path) return was;
	for (const [page, rows] of Object.entries(folder.pages)) {
		const at = rows.findIndex((row) => row.path === path);
		if (at >= 0) return Number(page) * PAGE + at;
	}
	return was;
}
