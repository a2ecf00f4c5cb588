import type { LogEntry, LogLevel } from '../../../core/log-entry.ts';
import type { Action } from '../../actions.ts';
import { editField, type Field, fieldOf, insertText } from '../../components/field.tsx';
import { FOUND_MOVES } from '../../components/field-commands.ts';
import { LIST_START, moveList } from '../../components/list.ts';
import type { AppState } from '../../state.ts';
import type { Key } from '../../terminal/key-decoder.ts';
import { inSight, rowsShown } from './geometry.ts';
import { foundMore, isSeeking, soughtFrom } from './seek.ts';
import { type LogState, MOST_HELD } from './state.ts';

/** Pure. */
export function reduceLog(state: LogState, action: Action, app: AppState): LogState {
	const next = reduced(state, action, app);
	if (next === state || next.rows === undefined) return next;
	// Another height, or other rows: the cursor stays on its entry and in sight.
	const list = inSight(next, app);
	return list.cursor === next.list.cursor && list.top === next.list.top ? next : { ...next, list };
}

function reduced(state: LogState, action: Action, app: AppState): LogState {
	switch (action.type) {
		case 'log/rows':
			if (action.generation !== state.generation) return state;
			return action.isMore ? foundMore(withRows(state, action)) : withRows(state, action);
		case 'log/news':
			return action.generation === state.generation ? withNews(state, action.page.rows, action.page.end) : state;
		case 'log/failed':
			return action.generation === state.generation ? { ...state, error: action.message } : state;
		case 'resize':
			return { ...state };
		case 'paste':
			return state.search?.editing ? searchFor(state, insertText(state.search.field, action.text)) : state;
		case 'field':
			return state.search ? typed(state, state.search.field, action.key, app) : state;
		case 'command':
			return commanded(state.seek ? { ...state, seek: undefined } : state, action.id, app);
		default:
			return state;
	}
}

const NEXT: Record<LogLevel, LogLevel> = { warning: 'info', info: 'error', error: 'warning' };

function commanded(state: LogState, id: string, app: AppState): LogState {
	switch (id) {
		case 'log.level':
			return anew({ ...state, level: NEXT[state.level] });
		case 'log.errors':
			return anew({ ...state, level: state.level === 'error' ? 'warning' : 'error' });
		case 'log.follow':
			return { ...state, follow: !state.follow, list: state.follow ? state.list : LIST_START };
		case 'log.details':
			return { ...state, details: !state.details };
		case 'log.filter':
			return { ...state, search: { field: state.search?.field ?? fieldOf(''), editing: true } };
		case 'log.wrap':
			return { ...state, wrap: !state.wrap };
		case 'list.nextMatch':
		case 'list.previousMatch':
			return isSeeking(state) ? soughtFrom(state, id === 'list.nextMatch' ? 1 : -1) : moved(state, id, app);
		case 'app.back':
			return state.search ? withoutSearch(state) : state;
		case 'app.reload':
			return anew(state);
		default:
			return moved(state, id, app);
	}
}

/** Whoever leaves the newest entry wants to read. */
function moved(state: LogState, id: string, app: AppState): LogState {
	const list = moveList(state.list, id, state.rows?.length ?? 0, rowsShown(state, app));
	return list === state.list ? state : { ...state, list, follow: state.follow && list.cursor === 0 };
}

function typed(state: LogState, field: Field, key: Key, app: AppState): LogState {
	const isEmpty = field.text.trim() === '';
	if (key === 'esc' || (key === 'enter' && isEmpty)) return withoutSearch(state);
	if (key === 'enter') return { ...state, search: { field, editing: false } };
	const move = FOUND_MOVES[key];
	return move ? moved(state, move, app) : searchFor(state, editField(field, key));
}

/** All entries again; what was looked for can still be gone along. */
function withoutSearch(state: LogState): LogState {
	return anew({ ...state, sought: state.search?.field.text.trim() ?? '', search: undefined });
}

function searchFor(state: LogState, field: Field): LogState {
	const next = { ...state, search: { field, editing: true } };
	return field.text === state.search?.field.text ? next : anew(next);
}

/** Asks again; what is there stays until the answer comes. */
function anew(state: LogState): LogState {
	return { ...state, generation: state.generation + 1, stale: true, cursor: undefined, error: undefined };
}

function withRows(state: LogState, { page, isMore }: Extract<Action, { type: 'log/rows' }>): LogState {
	const rows = isMore ? [...(state.rows ?? []), ...page.rows] : page.rows;
	const cursor = rows.length < MOST_HELD ? page.cursor : undefined;
	const damaged = page.damaged + (isMore ? state.damaged : 0);
	if (isMore) return { ...state, rows, cursor, damaged };
	// The same entry, if it is among the rows, else the newest.
	const place = state.follow ? undefined : state.rows?.[state.list.cursor]?.place;
	const at = Math.max(0, place === undefined ? 0 : rows.findIndex((row) => row.place === place));
	const list = { cursor: at, top: Math.max(0, at - (state.list.cursor - state.list.top)) };
	return { ...state, rows, cursor, damaged, list, end: page.end, stale: false, error: undefined };
}

/** @param news the oldest first */
function withNews(state: LogState, news: LogEntry[], end: string): LogState {
	if (news.length === 0) return end === state.end ? state : { ...state, end };
	const rows = [...news.toReversed(), ...(state.rows ?? [])];
	const { cursor, top } = state.list;
	const list = state.follow ? LIST_START : { cursor: cursor + news.length, top: top + news.length };
	return { ...state, rows: rows.slice(0, MOST_HELD), end, list };
}
