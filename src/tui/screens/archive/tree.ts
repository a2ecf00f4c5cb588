/**
 * The unfolded folders as one list of rows. Nothing is written out: how many rows each folder takes is enough to find
 * what stands in any row, so a folder with a million names costs no more than its pages that have been read.
 */

import type { BrowseRow } from '../../../core/browse.ts';
import { type Folder, type Folders, PAGE, TOP } from './state.ts';

/** A folder that takes rows, with the unfolded ones in it. */
interface Node {
	folder: Folder;
	/** Rows below the top are of level 1. */
	level: number;
	/** Own rows that are shown. */
	shown: number;
	/** A last row says how many are not. */
	more: boolean;
	/** Rows of all: its own, those of the folders in it, and the last one. */
	count: number;
	/** In the order of their places. */
	kids: Node[];
}

/** What stands in a row. `index` counts the rows of the folder. */
export type TreeRow =
	| { kind: 'row'; level: number; folder: string; index: number; row: BrowseRow; open: boolean }
	| { kind: 'wait'; level: number; folder: string; index: number }
	| { kind: 'more'; level: number; folder: string; index: number; hidden: number; files: number; bytes: number };

/** Rows of a folder that unfolds by itself, when it has more than a few above that. */
const SHORT = 10;
const FEW = 3;

const trees = new WeakMap<Folders, Node>();

function treeOf(folders: Folders): Node {
	const known = trees.get(folders);
	if (known) return known;
	const byParent = new Map<string, Folder[]>();
	for (const folder of Object.values(folders)) {
		if (folder.parent === undefined || !folder.open || folder.at === undefined) continue;
		const siblings = byParent.get(folder.parent);
		if (siblings) siblings.push(folder);
		else byParent.set(folder.parent, [folder]);
	}
	const tree = nodeOf(folders[TOP]!, 1, byParent);
	trees.set(folders, tree);
	return tree;
}

function nodeOf(folder: Folder, level: number, byParent: Map<string, Folder[]>): Node {
	const { total, short } = folder;
	const more = short && total !== undefined && total > SHORT + FEW;
	// Until it is read, one row says so.
	const shown = total === undefined ? 1 : more ? SHORT : total;
	const kids = (byParent.get(folder.path) ?? [])
		.filter(({ at }) => at! < shown && total !== undefined)
		.sort((a, b) => a.at! - b.at!)
		.map((kid) => nodeOf(kid, level + 1, byParent));
	const count = shown + kids.reduce((sum, kid) => sum + kid.count, 0) + (more ? 1 : 0);
	return { folder, level, shown, more, count, kids };
}

/** Rows of the whole list. */
export function rowCount(folders: Folders): number {
	return treeOf(folders).count;
}

/** What stands in a row; undefined behind the last. */
export function rowAt(folders: Folders, position: number): TreeRow | undefined {
	let node = treeOf(folders);
	if (position < 0 || position >= node.count) return undefined;
	let left = position;
	descend: for (;;) {
		let index = left;
		for (const kid of node.kids) {
			const at = kid.folder.at!;
			if (index <= at) break;
			if (index <= at + kid.count) {
				left = index - at - 1;
				node = kid;
				continue descend;
			}
			index -= kid.count;
		}
		return index < node.shown ? ownRow(folders, node, index) : moreRow(node, index);
	}
}

function ownRow(folders: Folders, { folder, level }: Node, index: number): TreeRow {
	const row = rowOf(folder, index);
	if (!row) return { kind: 'wait', level, folder: folder.path, index };
	const open = row.type === 'dir' && folders[row.path]?.open === true;
	return { kind: 'row', level, folder: folder.path, index, row, open };
}

function moreRow({ folder, level, shown }: Node, index: number): TreeRow {
	let files = folder.totals?.files ?? 0;
	let bytes = folder.totals?.bytes ?? 0;
	for (let at = 0; at < shown; at++) {
		const totals = rowOf(folder, at)?.totals;
		files -= totals?.files ?? 0;
		bytes -= totals?.bytes ?? 0;
	}
	return { kind: 'more', level, folder: folder.path, index, hidden: folder.total! - shown, files, bytes };
}

/** A row of a folder that has been read. */
export function rowOf({ pages }: Folder, index: number): BrowseRow | undefined {
	return pages[Math.floor(index / PAGE)]?.[index % PAGE];
}

/** The row of the whole list in which a row of a folder stands; undefined when it is not shown. */
export function positionOf(folders: Folders, path: string, index: number): number | undefined {
	const chain: number[] = [index];
	for (let folder = folders[path]; folder && folder.parent !== undefined; folder = folders[folder.parent]) {
		if (!folder.open || folder.at === undefined) return undefined;
		chain.unshift(folder.at);
	}
	let node = treeOf(folders);
	let position = 0;
	for (const [depth, at] of chain.entries()) {
		if (at > node.shown || (at === node.shown && !node.more)) return undefined;
		position += at;
		for (const kid of node.kids) if (kid.folder.at! < at) position += kid.count;
		if (depth === chain.length - 1) return position;
		const next = node.kids.find((kid) => kid.folder.at === at);
		if (!next) return undefined;
		node = next;
		position += 1;
	}
	return position;
}

/** Rows [from, to) of the whole list. */
export function rowsBetween(folders: Folders, from: number, to: number): TreeRow[] {
	const rows: TreeRow[] = [];
	for (let position = Math.max(0, from); position < to; position++) {
		const row = rowAt(folders, position);
		if (!row) break;
		rows.push(row);
	}
	return rows;
}

/** Which pages of which folders the rows [from, to) need, and whether they have been read. */
export function pagesBetween(
	folders: Folders,
	from: number,
	to: number,
): { folder: string; page: number; known: boolean }[] {
	const pages = new Map<string, { folder: string; page: number; known: boolean }>();
	for (const row of rowsBetween(folders, from, to)) {
		if (row.kind === 'more') continue;
		const page = Math.floor(row.index / PAGE);
		pages.set(`${page} ${row.folder}`, { folder: row.folder, page, known: row.kind === 'row' });
	}
	return [...pages.values()];
}
