import { insideOf } from '../../../components/pane.tsx';
import { layout, modeOf } from '../../../layout/layout.ts';
import type { AppState, Size } from '../../../state.ts';
import type { HistoryState } from './state.ts';

/** Rows of the details, with their frame, where there is room. */
const DETAILS = 12;

export interface HistoryGeometry {
	bare: boolean;
	list: Size;
	inside: Size;
	/** Rows that are seen at once. */
	rows: number;
	/** Outer height of the details; 0: not shown. */
	details: number;
}

export function geometryOf(area: Size, state: HistoryState): HistoryGeometry {
	const bare = modeOf(area) === 'narrow';
	const details = bare || !state.details ? 0 : Math.min(DETAILS, Math.floor(area.height * 0.4));
	const list = { width: area.width, height: area.height - details };
	const inside = insideOf({ ...list, bare });
	return { bare, list, inside, rows: Math.max(1, inside.height - 1), details };
}

export function rowsShown(state: HistoryState, { columns, rows }: Pick<AppState, 'columns' | 'rows'>): number {
	return geometryOf(layout(columns, rows).content, state).rows;
}
