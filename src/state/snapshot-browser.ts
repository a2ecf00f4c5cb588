/**
 * One snapshot being browsed: its totals and the folders looked at last are kept, so that pages are answered out of
 * memory. What takes long is done in small steps between the answers (`work`).
 */

import type { DatabaseSync } from 'node:sqlite';
import type { BrowsePage, BrowseSort, FindPage, SnapshotView } from '../core/browse.ts';
import { type FileFilter, type FileStatus, isEmptyFilter, parseFilter } from '../core/file-filter.ts';
import { archiveStatuses } from './archive-list.ts';
import { toTotals } from './browse-rows.ts';
import { findFiles } from './find-files.ts';
import { ChildrenReader } from './folder-children.ts';
import { FolderLevel } from './folder-level.ts';
import { FolderTotals } from './folder-totals.ts';
import { dirId, split } from './snapshot-walk.ts';
import type { Snapshot } from './snapshots.ts';

export interface LevelQuery {
	/** Archive path, without a leading slash. */
	path: string;
	sort: BrowseSort;
	descending: boolean;
	filter: string;
	from: number;
	limit: number;
	/** Instead of `from`: the page, of this limit, that has this path or the folder on the way to it. */
	around?: string | undefined;
}

export interface SearchQuery {
	path: string;
	filter: string;
	cursor?: string | undefined;
	limit: number;
}

/** Rows of all kept folders together. */
const KEPT_ROWS = 1_500_000;
/** How long the first pages may take to be complete; what is not done by then is done between pages. */
const PAGE_MS = 40;
/** How long a search may take before it shows what it has. */
const SEARCH_MS = 60;

interface Kept {
	level: FolderLevel;
	/** Undefined when all has been read. */
	reading: Generator<undefined, void> | undefined;
	dir: number | undefined;
}

export class SnapshotBrowser {
	/** Tells pages of one state of the snapshot from those of another. */
	readonly revision: string;
	readonly #db: DatabaseSync;
	readonly #snapshot: Snapshot;
	readonly #counting: Generator<undefined, FolderTotals>;
	/** What is left of it. */
	#patience: number;
	/** By path; the one used last is the last. */
	readonly #levels = new Map<string, Kept>();
	#totals: FolderTotals | undefined;

	/** @param db is closed with the browser */
	constructor(db: DatabaseSync, snapshot: Snapshot, revision: string, patience = PAGE_MS) {
		this.#db = db;
		this.#snapshot = snapshot;
		this.#patience = patience;
		this.revision = revision;
		this.#counting = FolderTotals.count(db, snapshot);
	}

	/** One page of a folder. @throws FirnError BAD_FILTER */
	browse(query: LevelQuery): BrowsePage {
		const { path, sort, descending, filter: filterText, limit } = query;
		const filter = parseFilter(filterText);
		const kept = this.#level(path);
		const { level } = kept;
		const isPlain = sort === 'name' && !descending && isEmptyFilter(filter);
		this.#prepare(kept, isPlain ? query.from + limit : 0);
		const totals = this.#totals;
		const counted = kept.dir === undefined ? undefined : totals?.of(kept.dir);
		const isDone = totals !== undefined && level.isComplete;
		const order =
			isPlain || !isDone
				? undefined
				: { sort, descending, filterText, filter: isEmptyFilter(filter) ? undefined : filter };
		const place = query.around === undefined ? undefined : level.place(query.around, order, totals);
		const from = place === undefined ? query.from : place - (place % limit);
		return {
			snapshot: this.#view(),
			path: `/${level.path}`,
			revision: this.revision,
			from,
			counting: !isDone,
			...(counted ? { totals: toTotals(counted) } : {}),
			...(order && totals
				? level.ordered(order, from, limit, totals)
				: { rows: level.rows(from, limit, totals), total: level.length }),
		};
	}

	/** Reads so many rows of a folder, and whatever else can be done without letting anybody wait. Small folders are done. */
	#prepare(kept: Kept, rows: number): void {
		while (kept.reading && kept.level.length < rows) this.#read(kept);
		const begin = performance.now();
		let now = begin;
		while (now - begin < this.#patience && (kept.reading || !this.#totals)) {
			if (kept.reading) this.#read(kept);
			else this.#count();
			now = performance.now();
		}
		this.#patience -= now - begin;
	}

	/** One page of a search. @throws FirnError BAD_FILTER, BAD_CURSOR */
	find({ path, filter: text, cursor, limit }: SearchQuery): FindPage {
		const filter: FileFilter = parseFilter(text);
		const snapshot = this.#view();
		const top = dirId(this.#db, path);
		if (top === undefined) return { snapshot, rows: [], searched: 1 };
		const end = performance.now() + SEARCH_MS;
		while (!this.#totals && performance.now() < end) this.#count();
		if (!this.#totals) return { snapshot, rows: [], cursor: cursor ?? '', searched: 0 };
		const search = { filter, top, cursor: cursor || undefined, limit, milliseconds: SEARCH_MS };
		return { snapshot, ...findFiles(this.#db, this.#snapshot, this.#totals, search) };
	}

	/** Goes on with what has been asked for and is not done; gives false when all is. */
	work(milliseconds: number): boolean {
		const end = performance.now() + milliseconds;
		while (performance.now() < end) {
			const kept = [...this.#levels.values()].findLast(({ reading }) => reading);
			if (kept) this.#read(kept);
			else if (!this.#totals) this.#count();
			else return false;
		}
		return true;
	}

	close(): void {
		this.#db.close();
	}

	#count(): void {
		const step = this.#counting.next();
		if (step.done) this.#totals = step.value;
	}

	#read(kept: Kept): void {
		if (kept.reading?.next().done) kept.reading = undefined;
	}

	#level(path: string): Kept {
		const known = this.#levels.get(path);
		const kept = known ?? this.#open(path);
		this.#levels.delete(path);
		this.#levels.set(path, kept);
		let rows = 0;
		for (const { level } of this.#levels.values()) rows += level.length;
		for (const [oldest, { level }] of this.#levels) {
			if (rows <= KEPT_ROWS || oldest === path) break;
			rows -= level.length;
			this.#levels.delete(oldest);
		}
		return kept;
	}

	#open(path: string): Kept {
		const own = this.#file(path);
		if (own) return { level: own, reading: undefined, dir: undefined };
		const dir = dirId(this.#db, path);
		const level = new FolderLevel(path);
		if (dir === undefined) level.isComplete = true;
		return { level, reading: dir === undefined ? undefined : level.read(this.#db, this.#snapshot, dir), dir };
	}

	/** What is no folder in this snapshot is listed alone. */
	#file(path: string): FolderLevel | undefined {
		const { parent, name } = split(path);
		const dir = path === '' ? undefined : dirId(this.#db, parent);
		const version =
			dir === undefined ? undefined : new ChildrenReader(this.#db, this.#snapshot.number).version(dir, name);
		const status = version && archiveStatuses(this.#db).get(version.archive);
		if (!version || status === undefined || version.type === 1) return undefined;
		const isYoung = !this.#snapshot.finished && version.first === this.#snapshot.number && status === 'stored';
		return FolderLevel.single({ name, version }, path, isYoung ? 'running' : (status as FileStatus));
	}

	#view(): SnapshotView {
		const { number, time, finished } = this.#snapshot;
		return { number, time, finished };
	}
}
