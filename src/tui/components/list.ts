/** Cursor and window of a list, apart from what is in it. */

export interface ListState {
	cursor: number;
	/** Index of the first row that is shown. */
	top: number;
}

export const LIST_START: ListState = { cursor: 0, top: 0 };

/** The window moved so that the cursor is in it, and both within `count` rows. */
export function intoView({ cursor, top }: ListState, count: number, height: number): ListState {
	const at = Math.max(0, Math.min(cursor, count - 1));
	const lowest = Math.max(0, Math.min(top, count - height));
	if (at < lowest) return { cursor: at, top: at };
	if (at >= lowest + height) return { cursor: at, top: at - Math.max(1, height) + 1 };
	return { cursor: at, top: lowest };
}

/** What a command of the scope `list` does to the cursor; the same state for any other. */
export function moveList(state: ListState, command: string, count: number, height: number): ListState {
	const page = Math.max(1, height - 1);
	const half = Math.max(1, Math.floor(height / 2));
	const steps: Record<string, number> = {
		'list.up': -1,
		'list.down': 1,
		'list.pageUp': -page,
		'list.pageDown': page,
		'list.halfUp': -half,
		'list.halfDown': half,
		'list.top': -count,
		'list.bottom': count,
		// Where only matches are listed, the next one is the next row.
		'list.nextMatch': 1,
		'list.previousMatch': -1,
	};
	const step = steps[command];
	if (step === undefined) return state;
	return intoView({ cursor: state.cursor + step, top: state.top }, count, height);
}

/** The row of a form after a command; undefined when it moves nothing. tab goes round, the arrows stop at the ends. */
export function movedRow(row: number, rows: number, id: string): number | undefined {
	if (rows === 0) return undefined;
	if (id === 'list.nextPane') return (row + 1) % rows;
	if (id === 'list.previousPane') return (row - 1 + rows) % rows;
	const to = { 'list.up': row - 1, 'list.down': row + 1, 'list.top': 0, 'list.bottom': rows - 1 }[id];
	return to === undefined ? undefined : Math.max(0, Math.min(rows - 1, to));
}
