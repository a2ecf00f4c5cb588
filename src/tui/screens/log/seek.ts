/** n and N while all entries are shown: from match to match, with what stands around them. Pure. */

import { hasWords } from '../../../core/log-entry.ts';
import type { LogState } from './state.ts';

/** Whether the list holds more than what was looked for. */
export const isSeeking = ({ search, sought }: LogState): boolean => search === undefined && sought !== '';

/** On the next match from the cursor; older entries than are here are waited for at the last one. */
export function soughtFrom(state: LogState, by: 1 | -1): LogState {
	return sought(state, state.list.cursor + by, by);
}

/** More rows have come: goes on where n had to wait for them. */
export function foundMore(state: LogState): LogState {
	const { seek } = state;
	return seek === undefined || seek === 'none' ? state : sought(state, seek.from, 1);
}

function sought(state: LogState, from: number, by: 1 | -1): LogState {
	const { rows = [], cursor, list } = state;
	for (let at = from; at >= 0 && at < rows.length; at += by) {
		if (hasWords(rows[at]!, state.sought)) {
			return { ...state, list: { ...list, cursor: at }, follow: at === 0 && state.follow, seek: undefined };
		}
	}
	if (by === -1 || cursor === undefined) return { ...state, seek: 'none' };
	const last = Math.max(0, rows.length - 1);
	return { ...state, list: { ...list, cursor: last }, follow: false, seek: { from: rows.length } };
}
