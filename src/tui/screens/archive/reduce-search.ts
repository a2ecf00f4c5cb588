/** The filter line and what it has found. Pure. */

import type { Action } from '../../actions.ts';
import { editField, type Field, insertText } from '../../components/field.tsx';
import { FOUND_MOVES } from '../../components/field-commands.ts';
import { intoView, LIST_START, moveList } from '../../components/list.ts';
import type { AppState } from '../../state.ts';
import type { Key } from '../../terminal/key-decoder.ts';
import { rowsShown } from './geometry.ts';
import { type ArchiveState, newSearch, type Search } from './state.ts';

export function reduceSearch(state: ArchiveState, action: Action, app: AppState): ArchiveState {
	const { search } = state;
	if (action.type === 'command' && action.id === 'archive.filter') {
		return { ...state, search: search ? { ...search, editing: true } : newSearch(), range: undefined };
	}
	if (!search) return state;
	const height = rowsShown(state, app);
	const changed = reduceOpen(search, action, height, state.generation);
	return changed === search ? state : { ...state, search: changed };
}

function reduceOpen(search: Search, action: Action, height: number, generation: number): Search | undefined {
	switch (action.type) {
		case 'field':
			return withKey(search, action.key, height);
		case 'paste':
			return search.editing ? edited(search, insertText(search.field, action.text)) : search;
		case 'archive/endSearch':
			return undefined;
		case 'archive/filterError':
			return action.text === search.field.text ? { ...search, error: action.message } : search;
		case 'archive/found':
			return action.generation === generation ? withFound(search, action) : search;
		case 'archive/again':
			return { ...search, cursor: undefined, searched: 0 };
		case 'resize':
			return { ...search, list: intoView(search.list, search.rows.length, height) };
		case 'command': {
			const list = moveList(search.list, action.id, search.rows.length, height);
			return list === search.list ? search : { ...search, list };
		}
		default:
			return search;
	}
}

function withKey(search: Search, key: Key, height: number): Search | undefined {
	if (key === 'esc') return undefined;
	if (key === 'enter') return search.field.text.trim() === '' ? undefined : { ...search, editing: false };
	const move = FOUND_MOVES[key];
	if (move) return { ...search, list: moveList(search.list, move, search.rows.length, height) };
	return edited(search, editField(search.field, key));
}

/** What was found stays until something newer is. */
function edited(search: Search, field: Field): Search {
	if (field.text === search.field.text) return { ...search, field };
	return { ...search, field, cursor: undefined, searched: 0, error: undefined };
}

function withFound(search: Search, action: Extract<Action, { type: 'archive/found' }>): Search {
	if (action.text !== search.field.text) return search;
	const { rows, searched, cursor } = action.answer;
	const isFirst = action.cursor === undefined;
	return {
		...search,
		rows: isFirst ? rows : [...search.rows, ...rows],
		list: isFirst ? LIST_START : search.list,
		cursor,
		searched,
		error: undefined,
	};
}
