/**
 * The totals of all folders of a snapshot, each with all below it. There are no such rows in the database: every run
 * would have to rewrite them up to the root. Counting them takes one pass over the versions, a quarter of a second for
 * a million files, and memory that grows with the folders only.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { FILE_STATUSES, type FileStatus } from '../core/file-filter.ts';
import { archiveStatuses } from './archive-list.ts';
import { FolderTree } from './folder-tree.ts';
import type { Snapshot } from './snapshots.ts';

/** Totals of one folder. */
export interface FolderTotal {
	/** Regular files and hard links. */
	files: number;
	/** Their content. */
	bytes: number;
	/** All but folders. */
	others: number;
	/** All file system objects. */
	entries: number;
	/** Different archives that hold any of it. */
	archives: number;
	/** Their first and last; 0 for none. */
	firstArchive: number;
	lastArchive: number;
	/** ms since 1970 of the newest; 0 where there is none. */
	newest: number;
	/** The worst that became of any of it, and of how many. */
	status: FileStatus;
	affected: number;
}

type Row = [dir: number, entries: number, others: number, files: number, bytes: number, newest: number, young: number];
type Single = [...Row, least: number, most: number];
type Mixed = [...Row, archive: number];

/** Folders that are counted between two pauses. */
const SLICE = 64;

const SUMS = `dir, count(*), sum(type <> 1), sum(type IN (0, 3)), sum(size), max(iif(type <> 1, mtime / 1000000, 0)), sum(first = ?2)`;
const OF_SNAPSHOT = 'FROM entries WHERE first <= ?1 AND last >= ?1';

export class FolderTotals {
	readonly tree: FolderTree;
	readonly #files: Float64Array;
	readonly #bytes: Float64Array;
	readonly #others: Float64Array;
	readonly #entries: Float64Array;
	/** Objects in the folder itself. */
	#direct: Float64Array;
	readonly #archives: Int32Array;
	readonly #first: Int32Array;
	readonly #last: Int32Array;
	readonly #newest: Float64Array;
	/** Objects of each status but 'stored'. */
	readonly #affected: Uint32Array[];
	/** Each pair of an archive and a position that it has something at: archive * 2^31 + position. */
	#pairs = new Float64Array(1024);
	#pairCount = 0;

	private constructor(tree: FolderTree) {
		this.tree = tree;
		const size = tree.length;
		this.#files = new Float64Array(size);
		this.#bytes = new Float64Array(size);
		this.#others = new Float64Array(size);
		this.#entries = new Float64Array(size);
		this.#direct = this.#entries;
		this.#archives = new Int32Array(size);
		this.#first = new Int32Array(size);
		this.#last = new Int32Array(size);
		this.#newest = new Float64Array(size);
		this.#affected = FILE_STATUSES.map((_, at) => new Uint32Array(at === 0 ? 0 : size));
	}

	/** Counts; every step is short, unless one folder alone holds very much. */
	static *count(db: DatabaseSync, snapshot: Snapshot): Generator<undefined, FolderTotals> {
		const totals = new FolderTotals(new FolderTree(db));
		yield undefined;
		const statuses = archiveStatuses(db);
		// With this number no version is one of a run that is under way.
		const young = snapshot.finished ? -1 : snapshot.number;
		const slices = arrays(
			db,
			`SELECT ${SUMS}, min(archive), max(archive) ${OF_SNAPSHOT} AND dir > ?3 GROUP BY dir ORDER BY dir LIMIT ${SLICE}`,
		);
		const mixed = arrays(db, `SELECT ${SUMS}, archive ${OF_SNAPSHOT} AND dir = ?3 GROUP BY archive`);
		let after = 0;
		for (;;) {
			const rows = slices.all(snapshot.number, young, after) as unknown as Single[];
			for (const row of rows) {
				const [least, most] = [row[7], row[8]];
				if (least === most) totals.#add(row, least, statuses.get(least));
				else {
					for (const part of mixed.all(snapshot.number, young, row[0]) as unknown as Mixed[]) {
						totals.#add(part, part[7], statuses.get(part[7]));
					}
				}
			}
			if (rows.length < SLICE) break;
			after = rows.at(-1)![0];
			yield undefined;
		}
		totals.#direct = totals.#entries.slice();
		totals.#countArchives();
		totals.#sumUp();
		return totals;
	}

	/** Totals of a folder by its id; undefined for one that has come since. */
	of(dir: number): FolderTotal | undefined {
		const at = this.tree.position(dir);
		if (at === undefined) return undefined;
		const worst = this.#affected.findLastIndex((counts, status) => status > 0 && counts[at]! > 0);
		return {
			files: this.#files[at]!,
			bytes: this.#bytes[at]!,
			others: this.#others[at]!,
			entries: this.#entries[at]!,
			archives: this.#archives[at]!,
			firstArchive: this.#first[at]!,
			lastArchive: this.#last[at]!,
			newest: this.#newest[at]!,
			status: FILE_STATUSES[Math.max(0, worst)]!,
			affected: worst > 0 ? this.#affected[worst]![at]! : 0,
		};
	}

	/** How many objects the folder at a position holds itself. */
	directAt(position: number): number {
		return this.#direct[position]!;
	}

	/** How many objects the folder at a position holds with all below. */
	entriesAt(position: number): number {
		return this.#entries[position]!;
	}

	#add(row: Row | Single | Mixed, archive: number, status: string | undefined): void {
		const at = this.tree.position(row[0]);
		if (at === undefined || status === undefined) return;
		this.#entries[at]! += row[1];
		this.#others[at]! += row[2];
		this.#files[at]! += row[3];
		this.#bytes[at]! += row[4];
		this.#newest[at] = Math.max(this.#newest[at]!, row[5]);
		const severity = FILE_STATUSES.indexOf(status as FileStatus);
		if (severity > 0) this.#affected[severity]![at]! += row[1];
		else this.#affected[1]![at]! += row[6];
		if (this.#pairCount === this.#pairs.length) {
			const larger = new Float64Array(this.#pairs.length * 2);
			larger.set(this.#pairs);
			this.#pairs = larger;
		}
		this.#pairs[this.#pairCount] = archive * 2 ** 31 + at;
		this.#pairCount += 1;
	}

	/**
	 * How many different archives a folder and all below it lie in, without a set for each: every pair counts one at its
	 * folder, and one less where two of the same archive first meet on the way up.
	 */
	#countArchives(): void {
		const { parents, ends } = this.tree;
		const pairs = this.#pairs.subarray(0, this.#pairCount).sort();
		let before = -1;
		let archiveBefore = -1;
		for (const pair of pairs) {
			const archive = Math.floor(pair / 2 ** 31);
			const at = pair - archive * 2 ** 31;
			this.#archives[at]! += 1;
			if (this.#first[at] === 0) this.#first[at] = archive;
			this.#last[at] = archive;
			if (archive === archiveBefore) {
				let meeting = before;
				while (at >= ends[meeting]!) meeting = parents[meeting]!;
				this.#archives[meeting]! -= 1;
			}
			before = at;
			archiveBefore = archive;
		}
		this.#pairs = new Float64Array(0);
	}

	/** Adds each folder to the one above, the last first. */
	#sumUp(): void {
		const { parents } = this.tree;
		for (let at = parents.length - 1; at > 0; at--) {
			const above = parents[at]!;
			this.#files[above]! += this.#files[at]!;
			this.#bytes[above]! += this.#bytes[at]!;
			this.#others[above]! += this.#others[at]!;
			this.#entries[above]! += this.#entries[at]!;
			this.#archives[above]! += this.#archives[at]!;
			this.#newest[above] = Math.max(this.#newest[above]!, this.#newest[at]!);
			const first = this.#first[at]!;
			if (first > 0 && (this.#first[above] === 0 || first < this.#first[above]!)) this.#first[above] = first;
			this.#last[above] = Math.max(this.#last[above]!, this.#last[at]!);
			for (const counts of this.#affected.slice(1)) counts[above]! += counts[at]!;
		}
	}
}

function arrays(db: DatabaseSync, sql: string): StatementSync {
	const statement = db.prepare(sql);
	statement.setReturnArrays(true);
	return statement;
}
