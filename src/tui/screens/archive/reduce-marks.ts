/** Marking rows for a restore. Pure. */

import type { BrowseRow } from '../../../core/browse.ts';
import type { Action } from '../../actions.ts';
import { addMark, removeMark } from './marks.ts';
import { type ArchiveState, type Marks, TOP } from './state.ts';
import { rowAt, rowCount } from './tree.ts';

export function reduceMarks(state: ArchiveState, action: Action): ArchiveState {
	if (action.type !== 'command' || state.job === undefined) return state;
	switch (action.id) {
		case 'list.mark':
			return state.range === undefined ? toggled(state) : withRange(state, state.range);
		case 'list.range':
			return state.range === undefined ? { ...state, range: cursorOf(state) } : withRange(state, state.range);
		case 'list.markAll':
			return withMarks(state, shownRows(state).reduce(addMark, marksOf(state)));
		case 'list.unmark':
			return { ...withMarks(state, {}), range: undefined };
		default:
			return state;
	}
}

/** Marks of the job that is shown. */
export function marksOf({ marks, job }: ArchiveState): Marks {
	return (job === undefined ? undefined : marks[job]) ?? {};
}

function withMarks(state: ArchiveState, marks: Marks): ArchiveState {
	return { ...state, marks: { ...state.marks, [state.job!]: marks } };
}

function cursorOf({ search, list }: ArchiveState): number {
	return search ? search.list.cursor : list.cursor;
}

function rowIn({ search, folders }: ArchiveState, position: number): BrowseRow | undefined {
	if (search) return search.rows[position];
	const row = rowAt(folders, position);
	return row?.kind === 'row' ? row.row : undefined;
}

function lengthOf({ search, folders }: ArchiveState): number {
	return search ? search.rows.length : rowCount(folders);
}

/** Marks or unmarks the row under the cursor, and goes on to the next. */
function toggled(state: ArchiveState): ArchiveState {
	const row = rowIn(state, cursorOf(state));
	if (!row) return state;
	const marks = marksOf(state);
	return moved(withMarks(state, marks[row.path] ? removeMark(marks, row.path) : addMark(marks, row)));
}

function moved(state: ArchiveState): ArchiveState {
	const cursor = Math.min(cursorOf(state) + 1, lengthOf(state) - 1);
	if (!state.search) return { ...state, list: { ...state.list, cursor } };
	return { ...state, search: { ...state.search, list: { ...state.search.list, cursor } } };
}

/** Marks from a row to the cursor. */
function withRange(state: ArchiveState, from: number): ArchiveState {
	const [first, last] = [from, cursorOf(state)].sort((a, b) => a - b) as [number, number];
	let marks = marksOf(state);
	for (let position = first; position <= last; position++) {
		const row = rowIn(state, position);
		if (row) marks = addMark(marks, row);
	}
	return { ...withMarks(state, marks), range: undefined };
}

/** All that was found; in the tree the folder that the cursor is in, as that holds all that is shown of it. */
function shownRows(state: ArchiveState): readonly BrowseRow[] {
	if (state.search) return state.search.rows;
	const { folders, list } = state;
	const here = rowAt(folders, list.cursor)?.folder;
	const folder = here === undefined || here === TOP ? undefined : folders[here];
	if (folder) {
		const totals = folder.totals;
		return [{ name: folder.path, path: folder.path, type: 'dir', time: null, ...(totals ? { totals } : {}) }];
	}
	return Object.values(folders[TOP]!.pages).flat();
}
