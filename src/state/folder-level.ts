/**
 * The children of one folder in a snapshot, held in columns so that any page can be given in any order at once. Read a
 * chunk at a time: the first page of a folder with a million names does not wait for the last name.
 */

import type { DatabaseSync } from 'node:sqlite';
import type { BrowseRow, BrowseSort } from '../core/browse.ts';
import { FILE_STATUSES, type FileFilter, type FileStatus } from '../core/file-filter.ts';
import { archiveStatuses } from './archive-list.ts';
import { DIR, type Found, passes, toBrowseRow } from './browse-rows.ts';
import { type Child, ChildrenReader } from './folder-children.ts';
import type { FolderTotals } from './folder-totals.ts';
import { join } from './snapshot-walk.ts';
import type { Snapshot } from './snapshots.ts';

/** Names read between two pauses. */
const SLICE = 2000;

export interface LevelOrder {
	sort: BrowseSort;
	descending: boolean;
	/** As it was typed: tells one from another. */
	filterText: string;
	filter: FileFilter | undefined;
}

export class FolderLevel {
	readonly path: string;
	/** All names are there. */
	isComplete = false;
	readonly #names: string[] = [];
	readonly #types: number[] = [];
	readonly #sizes: number[] = [];
	readonly #times: (number | undefined)[] = [];
	readonly #archives: number[] = [];
	readonly #statuses: number[] = [];
	readonly #dirs: number[] = [];
	/** The last orders asked for. */
	readonly #orders = new Map<string, Uint32Array>();

	constructor(path: string) {
		this.path = path;
	}

	get length(): number {
		return this.#names.length;
	}

	/** Reads the folder with this id. */
	*read(db: DatabaseSync, snapshot: Snapshot, dir: number): Generator<undefined, void> {
		const reader = new ChildrenReader(db, snapshot.number);
		const statuses = archiveStatuses(db);
		const leads = leadsToAny(db, snapshot.number);
		const levels = [{ prefix: '', children: reader.children(dir) }];
		while (levels.length > 0) {
			const { prefix, children } = levels.at(-1)!;
			const { value: child } = children.next();
			if (!child) {
				levels.pop();
				continue;
			}
			const name = prefix + child.name;
			const status = child.version && statuses.get(child.version.archive);
			if (child.version && status !== undefined) {
				const isYoung = !snapshot.finished && child.version.first === snapshot.number;
				this.#add(name, child, isYoung && status === 'stored' ? 'running' : (status as FileStatus));
			} else if (child.dir !== undefined && leads(child.dir)) {
				// The folders on the way to a source are not backed up themselves: its line says them all.
				if (!child.version) levels.push({ prefix: `${name}/`, children: reader.children(child.dir) });
				else this.#add(name, { ...child, version: undefined }, 'stored');
			}
			if (this.length % SLICE === 0) yield undefined;
		}
		this.isComplete = true;
	}

	/** A level that holds one object: a file that was asked for by its path. */
	static single(child: Child, path: string, status: FileStatus): FolderLevel {
		const level = new FolderLevel(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
		level.#add(child.name, child, status);
		level.isComplete = true;
		return level;
	}

	/** Rows [from, from + limit) in the order of names, as far as they have been read. */
	rows(from: number, limit: number, totals: FolderTotals | undefined): BrowseRow[] {
		const end = Math.min(this.length, from + limit);
		return range(from, end).map((at) => toBrowseRow(this.#found(at), totals));
	}

	/** The same in another order; all has to be read and counted for that. */
	ordered(order: LevelOrder, from: number, limit: number, totals: FolderTotals): { rows: BrowseRow[]; total: number } {
		const all = this.#order(order, totals);
		const rows = [...all.subarray(from, from + limit)].map((at) => toBrowseRow(this.#found(at), totals));
		return { rows, total: all.length };
	}

	/**
	 * Place of the child that is this path, or a folder on the way to it.
	 * @param order as given for `ordered`; undefined for the order of names
	 */
	place(path: string, order: LevelOrder | undefined, totals: FolderTotals | undefined): number | undefined {
		const below = this.path === '' ? path : path.slice(this.path.length + 1);
		const at = this.#names.findIndex((name) => below === name || below.startsWith(`${name}/`));
		const place = at < 0 || !order || !totals ? at : this.#order(order, totals).indexOf(at);
		return place < 0 ? undefined : place;
	}

	#order(order: LevelOrder, totals: FolderTotals): Uint32Array {
		const key = JSON.stringify([order.sort, order.descending, order.filterText]);
		const known = this.#orders.get(key);
		if (known) return known;
		const made = this.#sorted(order, totals);
		if (this.#orders.size >= 3) this.#orders.delete(this.#orders.keys().next().value!);
		this.#orders.set(key, made);
		return made;
	}

	#sorted({ sort, descending, filter }: LevelOrder, totals: FolderTotals): Uint32Array {
		const all = Uint32Array.from({ length: this.length }, (_, at) => at);
		const shown = filter ? all.filter((at) => passes(filter, toBrowseRow(this.#found(at), totals))) : all;
		if (sort === 'name') return descending ? shown.reverse() : shown;
		const values = new Float64Array(this.length);
		for (const at of shown) values[at] = this.#value(at, sort, totals);
		const sign = descending ? -1 : 1;
		return shown.sort((a, b) => sign * (values[a]! - values[b]!) || a - b);
	}

	#value(at: number, sort: BrowseSort, totals: FolderTotals): number {
		const below = this.#dirs[at]! > 0 ? totals.of(this.#dirs[at]!) : undefined;
		if (sort === 'time') return below?.newest || (this.#times[at] ?? 0);
		if (below) return sort === 'size' ? below.bytes : below.files;
		return sort === 'size' ? this.#sizes[at]! : Number(this.#types[at] !== DIR);
	}

	#add(name: string, { version, dir }: Pick<Child, 'version' | 'dir'>, status: FileStatus): void {
		this.#names.push(name);
		this.#types.push(version?.type ?? DIR);
		this.#sizes.push(version?.size ?? 0);
		this.#times.push(version && version.seconds * 1000 + Math.trunc(version.nanoseconds / 1e6));
		this.#archives.push(version?.archive ?? 0);
		this.#statuses.push(FILE_STATUSES.indexOf(status));
		// What was a folder once may be a file now.
		this.#dirs.push((version?.type ?? DIR) === DIR ? (dir ?? 0) : 0);
	}

	#found(at: number): Found {
		const name = this.#names[at]!;
		return {
			name,
			path: join(this.path, name),
			type: this.#types[at]!,
			size: this.#sizes[at]!,
			time: this.#times[at],
			archive: this.#archives[at]!,
			status: FILE_STATUSES[this.#statuses[at]!]!,
			dir: this.#dirs[at]!,
		};
	}
}

/** Whether the snapshot has anything below a folder. */
function leadsToAny(db: DatabaseSync, snapshot: number): (dir: number) => boolean {
	const statement = db.prepare(
		`WITH RECURSIVE below (dir) AS (VALUES (?2) UNION ALL SELECT dirs.dir FROM below JOIN dirs ON dirs.parent = below.dir)
		SELECT 1 FROM below WHERE EXISTS (
			SELECT 1 FROM entries LEFT JOIN archives USING (archive)
			WHERE entries.dir = below.dir AND first <= ?1 AND last >= ?1
				AND (entries.archive = 0 OR archives.status NOT IN ('open', 'abandoned'))) LIMIT 1`,
	);
	return (dir) => statement.get(snapshot, dir) !== undefined;
}

function range(from: number, end: number): number[] {
	return Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
}
