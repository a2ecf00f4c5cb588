/** Goes through a snapshot depth-first, each folder in the order of its names' bytes, from anywhere. */

import type { DatabaseSync } from 'node:sqlite';
import { archiveStatuses } from './archive-list.ts';
import { type Child, ChildrenReader, type ListedVersion } from './folder-children.ts';
import { toSqlName } from './names.ts';
import type { Snapshot } from './snapshots.ts';

export interface WalkRow {
	path: string;
	version: ListedVersion;
	/** 'stored', or what became of the archive; 'running' for what belongs to a run that has not finished. */
	status: string;
}

interface Level {
	path: string;
	children: Generator<Child>;
}

const ROOT = 1;

export class SnapshotWalk {
	readonly #db: DatabaseSync;
	readonly #snapshot: Snapshot;
	readonly #reader: ChildrenReader;
	readonly #statuses: Map<number, string | undefined>;

	constructor(db: DatabaseSync, snapshot: Snapshot) {
		this.#db = db;
		this.#snapshot = snapshot;
		this.#reader = new ChildrenReader(db, snapshot.number);
		this.#statuses = archiveStatuses(db);
	}

	/**
	 * What lies at `top` and below it.
	 * @param after only what comes after this path, which must be `top` or below it
	 */
	*rows(top = '', after?: string): Generator<WalkRow, undefined> {
		if (after === undefined && top !== '') {
			const own = this.#own(top);
			if (own) yield own;
		}
		const stack = this.#levels(top, after ?? top);
		while (stack.length > 0) {
			const level = stack.at(-1)!;
			const next = level.children.next();
			if (next.done) {
				stack.pop();
				continue;
			}
			const path = join(level.path, next.value.name);
			const row = next.value.version && this.#row(path, next.value.version);
			if (row) yield row;
			if (next.value.dir !== undefined) stack.push({ path, children: this.#reader.children(next.value.dir) });
		}
	}

	/** The object at this very path, or the folder that leads to something in the snapshot. */
	has(path: string): boolean {
		return !this.rows(path).next().done;
	}

	/** The object at this very path. */
	#own(path: string): WalkRow | undefined {
		const { parent, name } = split(path);
		const dir = dirId(this.#db, parent);
		if (dir === undefined) return undefined;
		const version = this.#reader.version(dir, name);
		return version && this.#row(path, version);
	}

	/** The folders from `top` down to `after`, each entered behind the name that leads on. */
	#levels(top: string, after: string): Level[] {
		const levels: Level[] = [];
		const names = after === top ? [] : after.slice(top === '' ? 0 : top.length + 1).split('/');
		let dir = dirId(this.#db, top);
		let path = top;
		for (const name of names) {
			if (dir === undefined) return levels;
			levels.push({ path, children: this.#reader.children(dir, name) });
			path = join(path, name);
			dir = childDir(this.#db, dir, name);
		}
		if (dir !== undefined) levels.push({ path, children: this.#reader.children(dir) });
		return levels;
	}

	#row(path: string, version: ListedVersion): WalkRow | undefined {
		const status = this.#statuses.get(version.archive);
		if (status === undefined) return undefined;
		const running = !this.#snapshot.finished && version.first === this.#snapshot.number && status === 'stored';
		return { path, version, status: running ? 'running' : status };
	}
}

/** Id of the folder at this path; there need not be anything in it now. */
export function dirId(db: DatabaseSync, path: string): number | undefined {
	let dir: number | undefined = ROOT;
	if (path === '') return dir;
	for (const name of path.split('/')) {
		dir = childDir(db, dir, name);
		if (dir === undefined) return undefined;
	}
	return dir;
}

function childDir(db: DatabaseSync, parent: number, name: string): number | undefined {
	const row = db.prepare('SELECT dir FROM dirs WHERE parent = ? AND name = ?').get(parent, toSqlName(name));
	return row && Number(row.dir);
}

export function join(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}

export function split(path: string): { parent: string; name: string } {
	const slash = path.lastIndexOf('/');
	return { parent: slash === -1 ? '' : path.slice(0, slash), name: path.slice(slash + 1) };
}
