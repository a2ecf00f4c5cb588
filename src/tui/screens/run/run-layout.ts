/** Heights of the panes of Run. Pure. */

import { modeOf } from '../../layout/layout.ts';
import type { Size } from '../../state.ts';

export interface RunLayout {
	bare: boolean;
	/** Outer heights; 0: not shown. */
	head: number;
	workers: number;
	pace: number;
	events: number;
}

/** Rows of the chart. */
export const CHART_ROWS = 3;
const MOST_WORKERS = 10;

/**
 * @param workers rows for them; 0: what goes on has none
 * @param lines that say how it stands
 */
export function runLayout(area: Size, workers = 2, lines = 1): RunLayout {
	if (modeOf(area) === 'narrow') {
		const head = 3 + lines;
		const own = workers === 0 ? 0 : Math.min(workers, 4) + 1;
		const events = area.height - head - own;
		return { bare: true, head, workers: own, pace: 0, events: Math.max(0, events) };
	}
	const head = 4 + lines;
	const pace = area.width >= 100 && area.height >= 24 ? CHART_ROWS + 3 : 0;
	const rows = Math.max(2, Math.min(workers, MOST_WORKERS, area.height - head - pace - 3 - 5));
	const own = workers === 0 ? 0 : rows + 3;
	return { bare: false, head, workers: own, pace, events: Math.max(0, area.height - head - pace - own) };
}

/** Events that are seen at once; the workers of a usual job. */
export function eventRows(area: Size, workers = 2): number {
	const { events, bare } = runLayout(area, workers);
	return Math.max(1, events - (bare ? 1 : 2));
}
