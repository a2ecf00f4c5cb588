import type { DatabaseSync } from 'node:sqlite';

/**
 * The tree of all folders in depth-first order, in typed arrays: what lies below a folder is one range of positions.
 * 16 bytes a folder, and 4 more for each id.
 */
export class FolderTree {
	/** Folder ids by position. */
	readonly dirs: Int32Array;
	/** Position of the parent; -1 of the root. */
	readonly parents: Int32Array;
	/** Position behind the last folder below. */
	readonly ends: Int32Array;
	readonly #positions: Int32Array;

	constructor(db: DatabaseSync) {
		const { nextSibling, firstChild } = readLinks(db);
		const size = firstChild.length;
		this.#positions = new Int32Array(size).fill(-1);
		const dirs = new Int32Array(size);
		const parents = new Int32Array(size);
		let count = 0;
		let dir = ROOT;
		let parent = -1;
		// Down to the first child, else on to the next sibling, here or higher up.
		for (;;) {
			dirs[count] = dir;
			parents[count] = parent;
			this.#positions[dir] = count;
			count += 1;
			if (firstChild[dir]! > 0) {
				parent = count - 1;
				dir = firstChild[dir]!;
				continue;
			}
			while (parent >= 0 && nextSibling[dir] === 0) {
				dir = dirs[parent]!;
				parent = parents[parent]!;
			}
			if (parent < 0) break;
			dir = nextSibling[dir]!;
		}
		this.dirs = dirs.slice(0, count);
		this.parents = parents.slice(0, count);
		this.ends = new Int32Array(count);
		for (let position = count - 1; position >= 0; position--) {
			const end = Math.max(this.ends[position]!, position + 1);
			this.ends[position] = end;
			const above = this.parents[position]!;
			if (above >= 0) this.ends[above] = Math.max(this.ends[above]!, end);
		}
	}

	get length(): number {
		return this.dirs.length;
	}

	/** Position of a folder; undefined for one that has come since. */
	position(dir: number): number | undefined {
		const position = this.#positions[dir];
		return position === undefined || position < 0 ? undefined : position;
	}
}

const ROOT = 1;

/** For each id the first child and the next sibling, in the order of names; 0 for none. */
function readLinks(db: DatabaseSync): { firstChild: Int32Array; nextSibling: Int32Array } {
	const size = Number(db.prepare('SELECT max(dir) AS n FROM dirs').get()!.n) + 1;
	const firstChild = new Int32Array(size);
	const nextSibling = new Int32Array(size);
	const statement = db.prepare('SELECT dir, parent FROM dirs WHERE parent > 0 ORDER BY parent, name');
	statement.setReturnArrays(true);
	let before = 0;
	let family = 0;
	for (const row of statement.iterate() as unknown as Iterable<[number, number]>) {
		const [dir, parent] = row;
		// A folder made since the size was asked for.
		if (dir >= size || parent >= size) continue;
		if (parent === family) nextSibling[before] = dir;
		else firstChild[parent] = dir;
		family = parent;
		before = dir;
	}
	return { firstChild, nextSibling };
}
