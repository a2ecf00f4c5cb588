/** Where the parts of the screen stand. Pure. */

import { insideOf } from '../../components/pane.tsx';
import { layout, modeOf } from '../../layout/layout.ts';
import type { AppState, Size } from '../../state.ts';
import type { ArchiveState } from './state.ts';

export interface Geometry {
	/** Without frames. */
	bare: boolean;
	/** The pane of the list. */
	list: Size;
	/** Cells inside it. */
	inside: Size;
	/** Rows of the list that are seen: all inside but the heading, and the filter if there is one. */
	rows: number;
	/** Height of the details below; 0 for none. */
	details: number;
}

const DETAILS_HEIGHT = 7;
/** Rows of a list that has to give some to the details. */
const LEAST_ROWS = 6;

export function geometryOf(area: Size, { details, search }: Pick<ArchiveState, 'details' | 'search'>): Geometry {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	const wanted = details ?? (mode === 'wide' && area.height >= 24);
	const below = wanted && area.height - DETAILS_HEIGHT >= LEAST_ROWS ? DETAILS_HEIGHT : 0;
	const list = { width: area.width, height: area.height - below };
	const inside = insideOf({ ...list, bare });
	const rows = Math.max(1, inside.height - 1 - (search ? 1 : 0));
	return { bare, list, inside, rows, details: below };
}

/** Rows of the list as the app stands now. */
export function rowsShown(state: ArchiveState, { columns, rows }: AppState): number {
	return geometryOf(layout(columns, rows).content, state).rows;
}
