import { intoView, type ListState } from '../../components/list.ts';
import { insideOf } from '../../components/pane.tsx';
import { layout, modeOf } from '../../layout/layout.ts';
import type { AppState, Size } from '../../state.ts';
import { columnsFor, messageLines } from './columns.ts';
import type { LogState } from './state.ts';
import { fitting, type Heights, intoTallView } from './tall-rows.ts';

/** Label and text of the details: what, path, effect, try, of; some take two lines. */
const DETAILS = 9;

export interface LogGeometry {
	bare: boolean;
	list: Size;
	inside: Size;
	/** Entries that are seen at once. */
	rows: number;
	/** Outer height of the details; 0: not shown. */
	details: number;
}

export function geometryOf(area: Size, state: LogState): LogGeometry {
	const bare = modeOf(area) === 'narrow';
	const details = bare || !state.details ? 0 : DETAILS;
	const list = { width: area.width, height: area.height - details };
	const inside = insideOf({ ...list, bare });
	const above = (state.search ? 1 : 0) + (bare ? 0 : 1);
	return { bare, list, inside, rows: Math.max(1, inside.height - above), details };
}

type Terminal = Pick<AppState, 'columns' | 'rows'>;

const geometryIn = (state: LogState, { columns, rows }: Terminal) => geometryOf(layout(columns, rows).content, state);

/** Entries that are seen at once, from the first one that is shown. */
export function rowsShown(state: LogState, terminal: Terminal): number {
	const { rows, inside } = geometryIn(state, terminal);
	return state.wrap ? fitting(heightsOf(state, inside.width), state.list.top, rows) : rows;
}

/** The list with its cursor in sight. */
export function inSight(state: LogState, terminal: Terminal): ListState {
	const { rows, inside } = geometryIn(state, terminal);
	const list = intoView(state.list, state.rows?.length ?? 0, state.wrap ? Number.MAX_SAFE_INTEGER : rows);
	return state.wrap ? intoTallView({ ...list, top: state.list.top }, heightsOf(state, inside.width), rows) : list;
}

/** Lines of each entry; those that nobody asks for are not broken. */
const heightsOf = ({ rows = [] }: LogState, width: number): Heights => ({
	count: rows.length,
	of: (at) => messageLines(rows[at]!, columnsFor(width).sentence).length,
});
