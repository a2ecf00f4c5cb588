/** The app without a terminal: a real store with real effects over an engine in this process, driven by keys. */

import { Box, renderToString } from 'ink';
import { createElement } from 'react';
import type { Channel } from '../../src/protocol/channel.ts';
import type { EffectContext } from '../../src/tui/screen.ts';
import { screenOf } from '../../src/tui/screens/index.ts';
import type { AppState, Modal, ScreenId } from '../../src/tui/state.ts';
import { Store } from '../../src/tui/store/store.ts';
import { LookContext } from '../../src/tui/theme/look.ts';
import { appState } from './app-state.ts';
import { until } from './firn.ts';

export interface AppDriver {
	store: Store;
	/** For effects of the app itself, which are not connected. */
	context: EffectContext;
	/** Presses keys one after another; text is typed by `type`. */
	press: (...keys: string[]) => void;
	type: (text: string) => void;
	/** State of a screen. */
	screen: <S>(id: ScreenId) => S;
	/** Waits until the app is so. */
	when: (what: string, is: (app: AppState) => boolean) => Promise<unknown>;
	/** What was copied last. */
	readonly copied: string;
}

/** @param engine what `call` reaches; without it the engine is unreachable */
export function driveApp(
	local: Channel,
	engine: Channel | undefined,
	cwd: string,
	change: Partial<AppState> = {},
): AppDriver {
	const store = new Store(appState(change), { idle: true, lags: false, once: () => {} });
	let copied = '';
	const context: EffectContext = {
		state: () => store.state,
		screen: (id) => store.state.screens[id] as never,
		dispatch: (action) => store.dispatch(action),
		call: (method, params) => (engine ? engine.call(method, params) : Promise.reject(new Error('unreachable'))),
		refresh: () => void refresh(),
		local: async () => local,
		follow: (channel, task, listener) => void channel.follow(task, listener),
		open: (modal: Modal) => store.dispatch({ type: 'modal', modal }),
		flash: (level, text) => store.dispatch({ type: 'flash', flash: { level, text, at: Date.now() } }),
		fail: (error) => store.dispatch({ type: 'flash', flash: { level: 'error', text: String(error), at: Date.now() } }),
		go: (screen, arg) => store.dispatch({ type: 'open', screen, arg }),
		copy: (text) => {
			copied = text;
		},
		cwd,
		env: {},
	};
	const refresh = async () => {
		if (!engine) return;
		const { tasks } = await engine.call('status', {});
		store.dispatch({ type: 'tasks', tasks, at: Date.now() });
		for (const { id, summary } of tasks) {
			if (summary) continue;
			const done = (one: NonNullable<typeof summary>) =>
				store.dispatch({ type: 'done', task: id, summary: one, at: Date.now() });
			await engine.follow(id, { progress: () => {}, event: () => {}, done });
		}
	};
	store.connect(context, () => {});
	return {
		store,
		context,
		press: (...keys) => {
			for (const key of keys) store.key(key);
		},
		type: (text) => {
			for (const sign of text) store.key(sign === ' ' ? 'space' : sign);
		},
		screen: (id) => store.state.screens[id] as never,
		when: (what, is) => until(what, () => is(store.state)),
		get copied() {
			return copied;
		},
	};
}

/** The rows that a screen draws in an area of this size. */
export function drawn(app: AppState, id: ScreenId, width: number, height: number): string[] {
	const { View } = screenOf(id);
	const view = createElement(View, { state: app.screens[id], app, area: { width, height } });
	const box = createElement(Box, { width, height, overflow: 'hidden' }, view);
	return renderToString(createElement(LookContext.Provider, { value: app.look }, box), { columns: width }).split('\n');
}
