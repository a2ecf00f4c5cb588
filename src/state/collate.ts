/** Totals of the folders at a given depth of a snapshot. */

import type { DatabaseSync } from 'node:sqlite';
import { encodePath } from '../core/path-bytes.ts';
import { archiveProofs, archiveStatuses } from './archive-list.ts';
import { fromSqlName } from './names.ts';
import { dirId, join } from './snapshot-walk.ts';
import { resolveSnapshot, type Snapshot } from './snapshots.ts';

/** One row of `show --collate N`. */
export interface FolderListing {
	path: string;
	/** Regular files and hard links in it and below. */
	files: number;
	/** Content of the regular files. */
	bytes: number;
	/** Number of archives that hold anything of it. */
	archives: number;
	/** The worst that became of one of them; 'stored' if all is well. */
	status: string;
	/** ISO 8601: since then all of it is proven restorable, by reading it; null where some of it never was. */
	proven: string | null;
}

/** A folder that gets a row, if anything turns out to be in it. */
interface Group {
	path: string;
	/** Higher up than asked for: only what lies in it directly counts. */
	higher: boolean;
	/** Parent and name, for its own entry. */
	parent: number;
	name: string | Uint8Array;
	files: number;
	bytes: number;
	archives: Set<number>;
	running: boolean;
}

/** From well to worst. */
const SEVERITY = ['stored', 'running', 'deleted', 'missing'];

/**
 * One row for each folder `depth` levels below `path` (with all below it), and one for each folder higher up that holds
 * something itself. In the order of a depth-first walk. Reads every version below `path`: a second for a million files.
 * @throws FirnError SNAPSHOT_MISSING
 */
export function collate(
	db: DatabaseSync,
	options: { snapshot?: number; path?: string; depth: number },
): FolderListing[] {
	const snapshot = resolveSnapshot(db, options.snapshot, true);
	const top = options.path ?? '';
	const topDir = dirId(db, top);
	if (topDir === undefined) return [];
	const { groups, groupOf } = findGroups(db, topDir, top, options.depth);
	const statuses = archiveStatuses(db);
	const isShown = (archive: number) => statuses.get(archive) !== undefined;
	for (const [dir, archive, others, files, bytes, first] of contents(db, snapshot, top === '' ? undefined : groupOf)) {
		const group = groups.get(groupOf.get(dir)!);
		// The folders in a folder have rows of their own, as long as they are not too deep for that.
		if (!group || !isShown(archive) || (group.higher && others === 0)) continue;
		group.files += files;
		group.bytes += bytes;
		group.archives.add(archive);
		group.running ||= !snapshot.finished && first === snapshot.number;
	}
	addEmptyFolders(db, snapshot, groups, isShown);
	return toListings(groups, statuses, archiveProofs(db));
}

/** The folders that get a row, and for every folder below `top` the one it is counted in. */
function findGroups(
	db: DatabaseSync,
	topDir: number,
	top: string,
	depth: number,
): { groups: Map<number, Group>; groupOf: Map<number, number> } {
	const groups = new Map<number, Group>();
	const groupOf = new Map<number, number>();
	// Without ORDER BY the recursion goes level by level, so parents come first.
	const statement = db.prepare(
		`WITH RECURSIVE below (dir, level, "group") AS (
			VALUES (?1, 0, ?1)
			UNION ALL
			SELECT dirs.dir, level + 1, iif(level < ?2, dirs.dir, "group") FROM below JOIN dirs ON dirs.parent = below.dir)
		SELECT dir, level, "group" FROM below`,
	);
	const named = db.prepare('SELECT parent, name FROM dirs WHERE dir = ?');
	statement.setReturnArrays(true);
	for (const row of statement.iterate(topDir, depth) as unknown as Iterable<[number, number, number]>) {
		const [dir, level, group] = row;
		groupOf.set(dir, group);
		if (dir !== group) continue;
		const { parent, name } = named.get(dir) as { parent: number; name: string | Uint8Array };
		const path = dir === topDir ? top : join(groups.get(parent)!.path, fromSqlName(name));
		const empty = { files: 0, bytes: 0, archives: new Set<number>(), running: false };
		groups.set(dir, { path, higher: level < depth, parent, name, ...empty });
	}
	return { groups, groupOf };
}

type Content = [dir: number, archive: number, others: number, files: number, bytes: number, first: number];

/** Sums of each folder and archive: all but folders, files, their bytes, newest run. */
function* contents(db: DatabaseSync, snapshot: Snapshot, dirs: Map<number, number> | undefined): Generator<Content> {
	const statement = db.prepare(
		`SELECT dir, archive, count(*) FILTER (WHERE type <> 1), count(*) FILTER (WHERE type IN (0, 3)), sum(size), max(first)
		FROM entries WHERE first <= ?1 AND last >= ?1 ${dirs ? 'AND dir = ?2' : ''} GROUP BY dir, archive`,
	);
	statement.setReturnArrays(true);
	if (!dirs) {
		yield* statement.iterate(snapshot.number) as unknown as Iterable<Content>;
		return;
	}
	for (const dir of dirs.keys()) yield* statement.all(snapshot.number, dir) as unknown as Content[];
}

/** A folder of the asked depth gets its row even if nothing is in it. */
function addEmptyFolders(
	db: DatabaseSync,
	snapshot: Snapshot,
	groups: Map<number, Group>,
	isShown: (archive: number) => boolean,
): void {
	const own = db.prepare(
		'SELECT archive, first FROM entries WHERE dir = ? AND name = ? AND first <= ? AND last >= ? AND type = 1',
	);
	for (const group of groups.values()) {
		if (group.higher || group.archives.size > 0) continue;
		const row = own.get(group.parent, group.name, snapshot.number, snapshot.number);
		if (!row || !isShown(Number(row.archive))) continue;
		group.archives.add(Number(row.archive));
		group.running = !snapshot.finished && row.first === snapshot.number;
	}
}

function toListings(
	groups: Map<number, Group>,
	statuses: Map<number, string | undefined>,
	proofs: Map<number, number>,
): FolderListing[] {
	const found = [...groups.values()].filter(({ archives }) => archives.size > 0);
	// With NUL for the slash the order of bytes is that of a depth-first walk.
	const keys = new Map(found.map((group) => [group, encodePath(group.path.replaceAll('/', '\0'))]));
	found.sort((a, b) => Buffer.compare(keys.get(a)!, keys.get(b)!));
	return found.map(({ path, files, bytes, archives, running }) => {
		const severities = [...archives].map((archive) => SEVERITY.indexOf(statuses.get(archive)!));
		const worst = Math.max(running ? 1 : 0, ...severities);
		const oldest = Math.min(...[...archives].map((archive) => proofs.get(archive) ?? 0));
		const proven = oldest === 0 ? null : new Date(oldest).toISOString();
		const count = [...archives].filter((archive) => archive > 0).length;
		return { path, files, bytes, archives: count, status: SEVERITY[worst]!, proven };
	});
}
