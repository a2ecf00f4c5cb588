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

export function runLayout(area: Size, workers = 2): RunLayout {
	if (modeOf(area) === 'narrow') {
		const rows = Math.max(1, Math.min(workers, 4));
		const events = area.height - 4 - rows - 1;
		return { bare: true, head: 4, workers: rows + 1, pace: 0, events: Math.max(0, events) };
	}
	const head = 5;
	const pace = area.width >= 100 && area.height >= 24 ? CHART_ROWS + 3 : 0;
	const rows = Math.max(2, Math.min(workers, MOST_WORKERS, area.height - head - pace - 3 - 5));
	const left = area.height - head - pace - (rows + 3);
	return { bare: false, head, workers: rows + 3, pace, events: Math.max(0, left) };
}

/** Events that are seen at once; the workers of a usual job. */
export function eventRows(area: Size, workers = 2): number {
	const { events, bare } = runLayout(area, workers);
	return Math.max(1, events - (bare ? 1 : 2));
}
