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
/** More of them say what somebody has to do: they go before the chart and the events. */
const USUAL_LINES = 2;

/**
 * @param workers rows for them; 0: what goes on has none
 * @param lines that say how it stands
 */
export function runLayout(area: Size, workers = 2, lines = 1): RunLayout {
	const more = Math.max(0, lines - USUAL_LINES);
	if (modeOf(area) === 'narrow') {
		const own = workers === 0 ? 0 : Math.min(workers, more > 0 ? 1 : 4) + 1;
		const head = Math.min(3 + lines, area.height - own);
		return { bare: true, head, workers: own, pace: 0, events: area.height - head - own };
	}
	const head = Math.min(4 + lines, area.height - 5);
	const pace = area.width >= 100 && area.height - more >= 24 ? CHART_ROWS + 3 : 0;
	const rows = Math.max(2, Math.min(workers, MOST_WORKERS, area.height - head - pace - 3 - 5));
	const own = workers === 0 ? 0 : rows + 3;
	return { bare: false, head, workers: own, pace, events: Math.max(0, area.height - head - pace - own) };
}

/** Events that are seen at once; the workers of a usual job. */
export function eventRows(area: Size, workers = 2): number {
	const { events, bare } = runLayout(area, workers);
	return Math.max(1, events - (bare ? 1 : 2));
}
