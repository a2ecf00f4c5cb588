/** Asks the engine for rows: the first page, more while one scrolls, and anew after something has ended. */

import { toFirnError } from '../../../../core/errors.ts';
import type { Action } from '../../../actions.ts';
import type { EffectContext } from '../../../screen.ts';
import { showLink } from '../../../show-link.ts';
import type { JobsState } from '../state.ts';
import { rowsShown } from './geometry.ts';
import { currentRow, type HistoryState, queryOf } from './state.ts';
import { detailLines, rowTitle } from './words.ts';

/** The generation, and where more begins, of what is being asked. One for each app. */
const asking = new WeakMap<EffectContext, string>();

export function historyEffect(action: Action, context: EffectContext): void {
	const state = historyOf(context);
	if (!state) return;
	if (action.type === 'command') void command(action.id, state, context);
	const { generation, stale, cursor, rows, list } = state;
	const isNearEnd = list.top + 2 * rowsShown(state, context.state()) >= (rows?.length ?? 0);
	if (stale) void ask(`${generation}`, state, undefined, context);
	else if (cursor !== undefined && isNearEnd) void ask(`${generation} ${cursor}`, state, cursor, context);
}

const historyOf = (context: EffectContext): HistoryState | undefined => context.screen<JobsState>('jobs').history;

async function ask(what: string, state: HistoryState, before: string | undefined, context: EffectContext) {
	if (asking.get(context) === what) return;
	asking.set(context, what);
	const { generation } = state;
	try {
		const page = await context.call('history', { ...queryOf(state), ...(before === undefined ? {} : { before }) });
		context.dispatch({ type: 'history/rows', generation, page, isMore: before !== undefined });
	} catch (error) {
		context.dispatch({ type: 'history/failed', generation, message: toFirnError(error).message });
	} finally {
		if (asking.get(context) === what) asking.delete(context);
	}
}

/** Of the modal, and beside it. */
const FRAMES = 8;
const LISTED = 1000;

async function command(id: string, state: HistoryState, context: EffectContext): Promise<void> {
	const { call, copy, fail, flash, open, state: app } = context;
	const row = currentRow(state);
	if (!row) return;
	if (id === 'app.copy') {
		copy(row.links[0] ?? row.key ?? row.id);
		flash('info', row.key === null ? 'The id is copied.' : 'Where it is stored is copied.');
	}
	if (id === 'history.link' && row.links[0] !== undefined) await showLink(row.links[0], context);
	if (id !== 'list.open') return;
	try {
		const details = await call('historyDetails', { id: row.id, limit: LISTED });
		const lines = detailLines(details, app().now, app().columns - FRAMES);
		open({ kind: 'text', title: rowTitle(details.row), lines, top: 0 });
	} catch (error) {
		fail(error);
	}
}
