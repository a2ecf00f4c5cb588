/** The window of a list whose rows are of several heights. Pure. */

import type { ListState } from '../../components/list.ts';

export interface Heights {
	count: number;
	/** Lines of one row, at least one. */
	of: (at: number) => number;
}

/** How many rows can be seen whole from `top` on; the first one counts even if it is higher than all there is. */
export function fitting({ count, of }: Heights, top: number, lines: number): number {
	let left = lines;
	let at = top;
	while (at < count) {
		left -= of(at);
		if (left < 0) break;
		at++;
	}
	return Math.max(1, at - top);
}

/** The window moved so that the row under the cursor is in it, whole if it can be, and no lines stay empty at the end. */
export function intoTallView({ cursor, top }: ListState, { count, of }: Heights, lines: number): ListState {
	const at = Math.max(0, Math.min(cursor, count - 1));
	const highestWith = (row: number) => {
		let first = row;
		let left = lines - of(row);
		while (first > 0 && left >= of(first - 1)) left -= of(--first);
		return first;
	};
	if (count === 0) return { cursor: 0, top: 0 };
	const lowest = highestWith(at);
	const wanted = Math.max(lowest, Math.min(top, at));
	return { cursor: at, top: Math.min(wanted, highestWith(count - 1)) };
}
