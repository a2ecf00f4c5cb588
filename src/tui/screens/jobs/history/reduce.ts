import type { Results } from '../../../../protocol/contract.ts';
import type { Action } from '../../../actions.ts';
import { intoView, moveList } from '../../../components/list.ts';
import type { AppState } from '../../../state.ts';
import { rowsShown } from './geometry.ts';
import { CHOICES, type HistoryState } from './state.ts';

/** Pure. Undefined: it is closed. */
export function reduceHistory(state: HistoryState, action: Action, app: AppState): HistoryState | undefined {
	const next = reduced(state, action, app);
	if (!next || next === state || next.rows === undefined) return next;
	const list = intoView(next.list, next.rows.length, rowsShown(next, app));
	return list.cursor === next.list.cursor && list.top === next.list.top ? next : { ...next, list };
}

function reduced(state: HistoryState, action: Action, app: AppState): HistoryState | undefined {
	switch (action.type) {
		case 'history/rows':
			return action.generation === state.generation ? withRows(state, action.page, action.isMore) : state;
		case 'history/failed':
			return action.generation === state.generation ? { ...state, stale: false, trouble: action.message } : state;
		case 'done':
			return anew(state);
		case 'resize':
			return { ...state };
		case 'command':
			return commanded(state, action.id, app);
		default:
			return state;
	}
}

function commanded(state: HistoryState, id: string, app: AppState): HistoryState | undefined {
	switch (id) {
		case 'app.back':
			return undefined;
		case 'app.reload':
			return anew(state);
		case 'history.status':
			return anew({ ...state, choice: CHOICES[(CHOICES.indexOf(state.choice) + 1) % CHOICES.length]! });
		case 'history.jobs':
			return anew({ ...state, allJobs: !state.allJobs });
		case 'history.work':
			return anew({ ...state, allWork: !state.allWork });
		case 'history.details':
			return { ...state, details: !state.details };
		default: {
			const list = moveList(state.list, id, state.rows?.length ?? 0, rowsShown(state, app));
			return list === state.list ? state : { ...state, list };
		}
	}
}

/** Asks again; what is there stays until the answer comes. */
function anew(state: HistoryState): HistoryState {
	return { ...state, generation: state.generation + 1, stale: true, cursor: undefined, trouble: undefined };
}

function withRows(state: HistoryState, page: Results['history'], isMore: boolean): HistoryState {
	const rows = isMore ? [...(state.rows ?? []), ...page.rows] : page.rows;
	const next = { ...state, rows, stale: false, cursor: page.cursor, trouble: page.problems[0]?.message };
	if (isMore) return next;
	// The cursor stays on its row, if that is still there.
	const id = state.rows?.[state.list.cursor]?.id;
	const at = Math.max(
		0,
		rows.findIndex((row) => row.id === id),
	);
	return { ...next, list: { cursor: at, top: Math.max(0, at - (state.list.cursor - state.list.top)) } };
}
