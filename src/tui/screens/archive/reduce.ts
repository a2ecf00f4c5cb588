/** State of the screen after an action. Pure; what has to be read follows in effect.ts. */

import { BROWSE_SORTS, type BrowseRow, type BrowseSort } from '../../../core/browse.ts';
import type { Action } from '../../actions.ts';
import { intoView, type ListState, moveList } from '../../components/list.ts';
import type { AppState } from '../../state.ts';
import {
	canUnfold,
	emptied,
	folded,
	followRow,
	forgetBelow,
	forgetFolded,
	lengthened,
	rowOfFolder,
	rowOfPath,
	unfolded,
	unfoldSeen,
	withRows,
} from './folders.ts';
import { rowsShown } from './geometry.ts';
import { reduceMarks } from './reduce-marks.ts';
import { reduceSearch } from './reduce-search.ts';
import { type ArchiveState, type Folders, initialArchive, MAX_DEPTH } from './state.ts';
import { rowAt, rowCount, type TreeRow } from './tree.ts';

export function reduceArchive(before: ArchiveState, action: Action, app: AppState): ArchiveState {
	const state = before.job === app.job ? before : forJob(before, app.job);
	const next = isBack(action) ? oneBack(state) : reduceAll(state, action, app);
	return next === before ? before : settled(next, app);
}

function reduceAll(state: ArchiveState, action: Action, app: AppState): ArchiveState {
	return reduceMarks(reduceSearch(reduceTree(state, action, app), action, app), action);
}

const isBack = (action: Action): boolean => action.type === 'command' && action.id === 'app.back';

function oneBack(state: ArchiveState): ArchiveState {
	if (state.range !== undefined) return { ...state, range: undefined };
	return state.search ? { ...state, search: undefined } : state;
}

/** Everything of another job, but the marks of all. */
function forJob({ marks, details, depth, sort, descending, generation }: ArchiveState, job: string | undefined) {
	return { ...initialArchive(), marks, details, depth, sort, descending, job, generation: generation + 1 };
}

/** What is shown now is to be read anew; it stays on the screen until that is there. */
export function outdated(state: ArchiveState): ArchiveState {
	return { ...state, generation: state.generation + 1, stale: true, problem: undefined, range: undefined };
}

function reduceTree(state: ArchiveState, action: Action, app: AppState): ArchiveState {
	switch (action.type) {
		case 'archive/snapshots':
			return action.job === state.job ? { ...state, snapshots: action.snapshots } : state;
		case 'archive/rows':
			return withAnswer(state, action);
		case 'archive/problem':
			if (action.generation !== state.generation) return state;
			return { ...state, problem: { code: action.code, text: action.text } };
		case 'archive/storage':
			return { ...state, storage: { path: action.path, view: action.view } };
		case 'archive/versions':
			return { ...state, versions: { path: action.path, rows: action.rows } };
		case 'archive/unfold':
			return withFolders(state, unfolded(state.folders, action.path, action.parent, undefined));
		case 'archive/cursor': {
			const position = rowOfPath(state.folders, action.path);
			return position === undefined ? state : { ...state, list: centred(position, rowsShown(state, app)) };
		}
		case 'archive/again':
			return outdated(state);
		case 'reply':
			return reduceReply(state, action.tag, action.value);
		case 'command':
			return reduceCommand(state, action.id, app);
		case 'resize':
			return { ...state };
		default:
			return state;
	}
}

function withAnswer(
	state: ArchiveState,
	{ generation, folder, answer }: Extract<Action, { type: 'archive/rows' }>,
): ArchiveState {
	if (generation !== state.generation) return state;
	const isNew = state.stale || (state.revision !== undefined && state.revision !== answer.revision);
	const folders = withRows(isNew ? emptied(state.folders) : state.folders, folder, answer);
	const next = {
		...withFolders(state, folders),
		stale: false,
		revision: answer.revision,
		view: answer.snapshot,
		problem: undefined,
	};
	// What else is on its way belongs to the revision before.
	return isNew && !state.stale ? { ...next, generation: generation + 1 } : next;
}

/** Other folders; the cursor stays on what it is on. */
function withFolders(state: ArchiveState, folders: Folders): ArchiveState {
	if (folders === state.folders) return state;
	const { cursor, top } = state.list;
	const followed = followRow(rowAt(state.folders, cursor), folders);
	const list = followed === undefined ? state.list : { cursor: followed, top: Math.max(0, top + followed - cursor) };
	const range =
		state.range === undefined || state.search ? state.range : followRow(rowAt(state.folders, state.range), folders);
	return { ...state, folders, list, range };
}

/** Cursor and window within the rows there are, and the folders seen unfolded as far as the depth says. */
function settled(state: ArchiveState, app: AppState): ArchiveState {
	const height = rowsShown(state, app);
	let next = inView(state, height);
	const { top } = next.list;
	const folders = unfoldSeen(next.folders, top, top + height, next.depth);
	if (folders !== next.folders) next = inView(withFolders(next, folders), height);
	return next;
}

function inView(state: ArchiveState, height: number): ArchiveState {
	const count = rowCount(state.folders);
	const wanted = state.atEnd ? { ...state.list, cursor: count - 1 } : state.list;
	const list = intoView(wanted, count, height);
	return list.cursor === state.list.cursor && list.top === state.list.top ? state : { ...state, list };
}

function centred(position: number, height: number): ListState {
	return { cursor: position, top: Math.max(0, position - Math.floor(height / 2)) };
}

function reduceReply(state: ArchiveState, tag: string, value: string): ArchiveState {
	if (tag === 'archive.snapshot') {
		return outdated({ ...state, snapshot: value === 'newest' ? undefined : Number(value), versions: undefined });
	}
	if (tag !== 'archive.sort' || !BROWSE_SORTS.includes(value as BrowseSort)) return state;
	const sort = value as BrowseSort;
	// The same once more turns it round.
	const descending = sort === state.sort ? !state.descending : sort !== 'name';
	return outdated({ ...state, sort, descending });
}

function reduceCommand(state: ArchiveState, id: string, app: AppState): ArchiveState {
	switch (id) {
		case 'archive.details':
			return { ...state, details: !isDetailed(state, app) };
		case 'archive.deeper':
			return state.depth === MAX_DEPTH ? state : withDepth(state, state.depth + 1);
		case 'archive.shallower':
			return state.depth === 1 ? state : withDepth(state, state.depth - 1);
		case 'app.reload':
			return outdated(state);
	}
	if (state.search) return state;
	const row = rowAt(state.folders, state.list.cursor);
	switch (id) {
		case 'list.unfold':
			return unfoldRow({ ...state, atEnd: false }, row);
		case 'list.fold':
			return foldRow({ ...state, atEnd: false }, row);
		case 'list.open':
			return (row?.kind === 'row' && row.open ? foldRow : unfoldRow)({ ...state, atEnd: false }, row);
		default: {
			const list = moveList(state.list, id, rowCount(state.folders), rowsShown(state, app));
			if (list === state.list) return state.atEnd ? { ...state, atEnd: false } : state;
			return { ...state, list, atEnd: id === 'list.bottom' };
		}
	}
}

function isDetailed(state: ArchiveState, app: AppState): boolean {
	const open = { ...state, details: undefined };
	return state.details ?? rowsShown(open, app) !== rowsShown({ ...open, details: false }, app);
}

/** Unfolds the folder, or goes to the first row in it. */
function unfoldRow(state: ArchiveState, row: TreeRow | undefined): ArchiveState {
	if (row?.kind === 'more') return withFolders(state, lengthened(state.folders, row.folder));
	if (row?.kind !== 'row' || !canUnfold(row.row)) return state;
	const known = state.folders[row.row.path];
	if (known?.open && !known.short) return { ...state, list: { ...state.list, cursor: state.list.cursor + 1 } };
	return withFolders(state, unfolded(state.folders, row.row.path, row.folder, row.index));
}

/** Folds the folder, or goes to the one above. */
function foldRow(state: ArchiveState, row: TreeRow | undefined): ArchiveState {
	if (!row) return state;
	if (row.kind === 'row' && row.open) return withFolders(state, folded(state.folders, row.row.path));
	const above = rowOfFolder(state.folders, row.folder);
	return above === undefined ? state : { ...state, list: { ...state.list, cursor: above } };
}

/** Rows at the depth and below are one line each, those above it unfold. */
function withDepth(state: ArchiveState, depth: number): ArchiveState {
	const folders = depth < state.depth ? forgetBelow(state.folders, depth) : forgetFolded(state.folders);
	return { ...withFolders(state, folders), depth };
}

/** The row under the cursor, of the tree or of what was found. */
export function currentRow(state: ArchiveState): BrowseRow | undefined {
	if (state.search) return state.search.rows[state.search.list.cursor];
	const row = rowAt(state.folders, state.list.cursor);
	return row?.kind === 'row' ? row.row : undefined;
}
