import { insideOf } from '../../components/pane.tsx';
import { layout, modeOf } from '../../layout/layout.ts';
import type { AppState, Size } from '../../state.ts';
import type { LogState } from './state.ts';

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

export function rowsShown(state: LogState, { columns, rows }: Pick<AppState, 'columns' | 'rows'>): number {
	return geometryOf(layout(columns, rows).content, state).rows;
}
