/** What is asked of a state database for `show` and for naming paths; runs in a thread of its own. */

import { resolve } from 'node:path';
import { usageError } from '../core/errors.ts';
import type { Page } from '../protocol/contract.ts';
import type { CheckedRequests } from '../protocol/requests.ts';
import { listArchives } from '../state/archive-list.ts';
import { listFiles, resolvePath } from '../state/browse.ts';
import { collate } from '../state/collate.ts';
import { readJobState } from '../state/job-state.ts';
import { openState } from '../state/open-state.ts';
import { listRuns } from '../state/snapshots.ts';

export type ShowQuery = CheckedRequests['show'] & { stateFile: string };

export interface PathsQuery {
	stateFile: string;
	paths: string[];
	cwd: string;
	snapshot?: number | undefined;
}

type Database = ReturnType<typeof openState>;

/** One page of what `show` lists; paths come with a leading slash. */
export function show(query: ShowQuery): Page<Record<string, unknown>> {
	const db = openState(query.stateFile, 'read');
	try {
		return page(db, query);
	} finally {
		db.close();
	}
}

function page(db: Database, query: ShowQuery): Page<Record<string, unknown>> {
	const { what, snapshot, cursor, limit, depth } = query;
	const of = snapshot === undefined ? {} : { snapshot };
	if (what === 'runs') return { rows: listRuns(db).map((row) => ({ ...row })) };
	if (what === 'archives') {
		const listed = listArchives(db, { ...(cursor ? { after: Number(cursor) } : {}), limit });
		return { ...listed, rows: listed.rows.map((row) => ({ ...row })) };
	}
	const path = query.path === undefined ? undefined : findPath(db, query.path, query);
	const below = path === undefined ? {} : { path };
	if (what === 'collate') {
		const from = cursor ? Number(cursor) : 0;
		const all = collate(db, { ...of, ...below, depth: depth ?? 1 });
		const rows = all.slice(from, from + limit).map((row) => ({ ...row, path: `/${row.path}` }));
		return { rows, ...(all.length > from + limit ? { cursor: String(from + limit) } : {}) };
	}
	const listed = listFiles(db, { ...of, ...below, ...(cursor ? { cursor } : {}), limit });
	// What a mirror has lies in no archive.
	const rows = listed.rows.map((row) => ({
		...row,
		archive: row.archive === 0 ? null : row.archive,
		path: `/${row.path}`,
	}));
	return { ...listed, rows };
}

/** The archive paths that a person's paths mean. @throws FirnError PATH_UNKNOWN */
export function resolvePaths(query: PathsQuery): string[] {
	const db = openState(query.stateFile, 'read');
	try {
		return query.paths.map((path) => findPath(db, path, query));
	} finally {
		db.close();
	}
}

/**
 * An absolute path is taken as it is. A relative one may be meant from the working folder, from the root, beside a
 * source or inside one; the first of these that is in the snapshot counts.
 * @throws FirnError PATH_UNKNOWN
 */
export function findPath(db: Database, path: string, query: Omit<PathsQuery, 'paths'>): string {
	const candidates = resolvePlaces(query.stateFile, path, query.cwd);
	const found = candidates.find((candidate) => candidate === '') ?? resolvePath(db, query.snapshot, candidates);
	if (found !== undefined) return found;
	throw usageError('PATH_UNKNOWN', `There is no ${path} in the snapshot.`, 'firn show JOB lists what is there.');
}

/** The archive paths that a person's path may mean, the likeliest first. */
export function resolvePlaces(stateFile: string, path: string, cwd: string): string[] {
	if (path.startsWith('/')) return [resolve(path).slice(1)];
	const { sources } = readJobState(stateFile).job;
	const places = [cwd, '/', ...sources.map((source) => resolve(source, '..')), ...sources];
	return places.map((place) => resolve(place, path).slice(1));
}
