/** Asks the engine for entries: the first page, more while one scrolls, and what is new each second. */

import { toFirnError } from '../../../core/errors.ts';
import type { Params, Results } from '../../../protocol/contract.ts';
import type { Action } from '../../actions.ts';
import type { EffectContext } from '../../screen.ts';
import { rowsShown } from './geometry.ts';
import { currentEntry, type LogState, PAGE, wordsOf } from './state.ts';
import { entryLines, entryTitle } from './words.ts';

/** One for each app. */
const loaders = new WeakMap<EffectContext, Loader>();

export function logEffect(action: Action, context: EffectContext): void {
	if (context.state().screen !== 'log') return;
	let loader = loaders.get(context);
	if (!loader) {
		loader = new Loader(context);
		loaders.set(context, loader);
	}
	if (action.type === 'command') command(action.id, context);
	loader.look(action.type === 'tick' || action.type === 'open');
}

function command(id: string, context: EffectContext): void {
	const { open, go, copy, flash, dispatch, screen, state } = context;
	const entry = currentEntry(screen<LogState>('log'));
	if (!entry) return;
	if (id === 'list.open')
		open({ kind: 'text', title: entryTitle(entry), lines: entryLines(entry, state().columns - FRAMES), top: 0 });
	if (id === 'app.copy') {
		copy([entryTitle(entry), ...entryLines(entry)].join('\n'));
		flash('info', 'The entry is copied.');
	}
	if (id === 'log.job') {
		if (entry.job !== undefined) dispatch({ type: 'job', name: entry.job });
		if (entry.task !== undefined && state().tasks[entry.task]) go('run', { task: entry.task });
		else go('jobs');
	}
}

/** Of the modal, and beside it. */
const FRAMES = 8;

class Loader {
	readonly #context: EffectContext;
	/** One question at a time; its answer leads to the next. */
	#isAsking = false;

	constructor(context: EffectContext) {
		this.#context = context;
	}

	/** @param isTime what is new is asked for, too */
	look(isTime: boolean): void {
		if (this.#isAsking) return;
		const state = this.#context.screen<LogState>('log');
		if (state.rows === undefined || state.stale || state.error !== undefined) {
			if (state.error === undefined || isTime) void this.#ask('first', state);
		} else if (state.cursor !== undefined && this.#isNearEnd(state)) void this.#ask('more', state);
		else if (isTime) void this.#ask('news', state);
	}

	#isNearEnd({ rows, list }: LogState): boolean {
		const height = rowsShown(this.#context.screen<LogState>('log'), this.#context.state());
		return list.top + 2 * height >= rows!.length;
	}

	async #ask(what: 'first' | 'more' | 'news', state: LogState): Promise<void> {
		const { generation, level, cursor, end } = state;
		const { dispatch } = this.#context;
		const query = { level, text: wordsOf(state), limit: PAGE };
		this.#isAsking = true;
		try {
			if (what === 'first') {
				const page = await this.#call(query);
				dispatch({ type: 'log/rows', generation, page, isMore: false });
			} else if (what === 'more') {
				const page = await this.#call({ ...query, before: cursor! });
				dispatch({ type: 'log/rows', generation, page, isMore: true });
			} else {
				const page = await this.#call({ ...query, after: end! });
				dispatch({ type: 'log/news', generation, page });
			}
		} catch (error) {
			dispatch({ type: 'log/failed', generation, message: toFirnError(error).message });
		} finally {
			this.#isAsking = false;
		}
		this.look(false);
	}

	/** The log is wanted most when the engine does not come up. */
	async #call(query: Params<'log'>): Promise<Results['log']> {
		const { state, call, local } = this.#context;
		return state().engine.state === 'ok' ? call('log', query) : (await local()).call('log', query);
	}
}
