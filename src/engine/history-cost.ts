import { existsSync } from 'node:fs';
import type { WorkCost } from '../core/history.ts';
import type { Prices } from '../pricing/price-table.ts';
import { quoteRun } from '../pricing/quote-run.ts';
import { archivesOf, isFirstRun } from '../state/history.ts';
import { openState } from '../state/open-state.ts';

/** What all that a run has stored has cost; undefined where nobody charges, or nothing was stored. @throws FirnError as openState() */
export function storedCost(prices: Prices | undefined, stateFile: string, run: string): WorkCost | undefined {
	if (!prices || run === '' || !existsSync(stateFile)) return undefined;
	const db = openState(stateFile, 'read');
	try {
		return quoteRun(prices, archivesOf(db, run), isFirstRun(db, run));
	} finally {
		db.close();
	}
}
