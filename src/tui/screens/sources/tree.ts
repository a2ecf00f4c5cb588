/** The folders of the engine's machine as far as they were opened, and the rows that come of them. Pure. */

import type { FolderPage, FolderRow, Measured } from '../../../core/selection.ts';

/** A name in the tree, with the state of the rules that its verdict was made with. */
export interface TreeItem extends FolderRow {
	path: string;
	epoch: number;
}

export interface TreeFolder {
	open: boolean;
	/** `wanted`: to be listed, or its next page. */
	state: 'wanted' | 'ready' | 'failed';
	items: readonly TreeItem[];
	/** Names in it, also those that were not listed yet. */
	total: number;
	/** There when more can be listed. */
	cursor?: string;
	problem?: string;
}

export type Tree = Readonly<Record<string, TreeFolder>>;

export type TreeRow = { path: string; depth: number } & (
	| { kind: 'item'; item: TreeItem; folder: TreeFolder | undefined }
	/** Names of a folder that were not listed yet. */
	| { kind: 'more'; of: string; count: number }
	/** In place of what is in a folder. */
	| { kind: 'note'; of: string; text: string }
);

export type Sort = 'name' | 'size';

export interface Order {
	sort: Sort;
	hidden: boolean;
	/** Counted so far, by path; decides the order by size. */
	sizes: Readonly<Record<string, Measured>>;
}

export const ROOT: TreeItem = {
	path: '/',
	name: '/',
	type: 'dir',
	bytes: 0,
	mark: 'outside',
	decided: { by: 'outside' },
	at: '/',
	epoch: -1,
};

const NEW_FOLDER: TreeFolder = { open: true, state: 'wanted', items: [], total: 0 };

/** The folder unfolded; it is listed when it was not yet, or could not be. */
export function unfold(tree: Tree, path: string): Tree {
	const folder = tree[path];
	if (!folder) return { ...tree, [path]: NEW_FOLDER };
	if (folder.open) return tree;
	return { ...tree, [path]: { ...folder, open: true, state: folder.state === 'failed' ? 'wanted' : folder.state } };
}

export function fold(tree: Tree, path: string): Tree {
	const folder = tree[path];
	return folder?.open ? { ...tree, [path]: { ...folder, open: false } } : tree;
}

/** All folders above a path unfolded. */
export function unfoldTo(tree: Tree, path: string): Tree {
	let next = unfold(tree, '/');
	for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
		next = unfold(next, path.slice(0, slash));
	}
	return next;
}

/** @param after the cursor that the page was asked with */
export function withPage(tree: Tree, path: string, page: FolderPage, after: string | undefined, epoch: number): Tree {
	const folder = tree[path];
	// A page that comes after the folder was read anew fits nowhere.
	if (!folder || (after !== undefined && folder.cursor !== after)) return tree;
	const prefix = path === '/' ? '/' : `${path}/`;
	const items = page.rows.map((row): TreeItem => ({ ...row, path: prefix + row.name, epoch }));
	const { cursor } = page;
	return {
		...tree,
		[path]: {
			open: folder.open,
			state: 'ready',
			items: after === undefined ? items : [...folder.items, ...items],
			total: page.total,
			...(cursor === undefined ? {} : { cursor }),
		},
	};
}

export function withProblem(tree: Tree, path: string, problem: string): Tree {
	const folder = tree[path];
	return folder ? { ...tree, [path]: { ...folder, state: 'failed', problem } } : tree;
}

/** All that is open to be listed anew; what is shown stays until then. */
export function readAnew(tree: Tree): Tree {
	const open = Object.entries(tree).filter(([, folder]) => folder.open);
	return Object.fromEntries(
		open.map(([path, { cursor: _, ...folder }]) => [path, { ...folder, state: 'wanted' as const }]),
	);
}

/** Bytes of an item as the order and the column of sizes take them; undefined while unknown. */
export function bytesOf({ type, bytes, path }: TreeItem, sizes: Order['sizes']): number | undefined {
	return type === 'dir' ? sizes[path]?.bytes : bytes;
}

interface Memo {
	order: Order;
	rows: TreeRow[];
}

/** Rows of the newest tree: a key that only moves the cursor does not make a hundred thousand rows anew. */
const memo = new WeakMap<Tree, Memo>();

/** The rows of all that is unfolded, the root first. */
export function treeRows(tree: Tree, order: Order): readonly TreeRow[] {
	const known = memo.get(tree);
	if (known && isSame(known.order, order)) return known.rows;
	const rows: TreeRow[] = [{ kind: 'item', path: '/', depth: 0, item: ROOT, folder: tree['/'] }];
	addFolder(rows, tree, '/', 1, order);
	memo.set(tree, { order, rows });
	return rows;
}

function isSame(a: Order, b: Order): boolean {
	return a.sort === b.sort && a.hidden === b.hidden && (a.sort === 'name' || a.sizes === b.sizes);
}

function addFolder(rows: TreeRow[], tree: Tree, path: string, depth: number, order: Order): void {
	const folder = tree[path];
	if (!folder?.open) return;
	const note = (text: string) => rows.push({ kind: 'note', of: path, path: `${path}\0note`, depth, text });
	if (folder.state === 'failed' && folder.items.length === 0) note(folder.problem ?? 'cannot be listed');
	if (folder.state === 'wanted' && folder.items.length === 0) note('reading');
	const shown = order.hidden ? folder.items : folder.items.filter(({ name }) => !name.startsWith('.'));
	for (const item of sorted(shown, order)) {
		rows.push({ kind: 'item', path: item.path, depth, item, folder: tree[item.path] });
		if (item.type === 'dir') addFolder(rows, tree, item.path, depth + 1, order);
	}
	if (folder.state === 'ready' && folder.total === 0) note('empty');
	const left = folder.total - folder.items.length;
	if (folder.cursor !== undefined) rows.push({ kind: 'more', of: path, path: `${path}\0more`, depth, count: left });
}

/** As the engine gives them, folders first and by name; or the largest first. */
function sorted(items: readonly TreeItem[], { sort, sizes }: Order): readonly TreeItem[] {
	if (sort === 'name') return items;
	// Stable: what is equal, or not counted yet, stays in the order of names.
	return items.toSorted((a, b) => (bytesOf(b, sizes) ?? -1) - (bytesOf(a, sizes) ?? -1));
}
