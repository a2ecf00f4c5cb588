import { displayName } from '../../components/text.ts';
import type { Screen } from '../../screen.ts';
import { logEffect } from './effect.ts';
import { reduceLog } from './reduce.ts';
import { currentEntry, initialLog, type LogState } from './state.ts';
import { LogView } from './view.tsx';
import { detailsOf, LEVELS } from './words.ts';

export const logScreen: Screen<LogState> = {
	id: 'log',
	title: 'Log',
	initial: initialLog,
	reduce: reduceLog,
	effect: logEffect,
	hasField: ({ search }) => search?.editing === true,
	scopes: ({ search }) => (search?.editing ? ['log.filter'] : ['log', 'list']),
	View: LogView,
	speak: (state) => {
		const entry = currentEntry(state);
		const summary = state.rows ? [`${state.rows.length} entries, ${state.level} or graver`] : ['Reading the log'];
		if (state.search?.editing) return { summary, item: `/ ${displayName(state.search.field.text)}` };
		if (!entry) return { summary };
		const said = detailsOf(entry).map(([label, text]) => `${label}: ${text}`);
		return {
			summary,
			item: [LEVELS[entry.level].word, displayName(entry.job ?? ''), ...said].filter(Boolean).join('. '),
		};
	},
};
