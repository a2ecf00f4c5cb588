import type { Binding } from '../../keys/binding.ts';
import { matchBindings } from '../../keys/common-bindings.ts';
import { layout, modeOf } from '../../layout/layout.ts';
import type { AppState } from '../../state.ts';
import { currentEntry, type LogState } from './state.ts';

const stateOf = (app: AppState): LogState => app.screens.log as LogState;

const hasEntry = (app: AppState): true | string => (currentEntry(stateOf(app)) ? true : 'There is no entry here.');

export const LOG_BINDINGS: readonly Binding[] = [
	{
		id: 'log.filter',
		scope: 'log',
		keys: ['/'],
		label: 'filter',
		help: 'Show only entries with all the words, while you type.',
		hint: 2,
	},
	...matchBindings('log', (app) => {
		const { search, sought } = stateOf(app);
		return search || sought !== '' ? true : 'Nothing is looked for: / does.';
	}),
	{
		id: 'log.level',
		scope: 'log',
		keys: ['l'],
		label: 'level',
		help: 'Show warnings and errors, everything, or errors alone.',
		hint: 3,
	},
	{
		id: 'log.follow',
		scope: 'log',
		keys: ['f'],
		label: 'follow',
		help: 'Stay at the newest entry, or let go of it.',
		hint: 4,
	},
	{
		id: 'list.open',
		scope: 'log',
		keys: ['enter'],
		label: 'whole text',
		help: 'Read all that the entry says.',
		hint: 1,
		when: hasEntry,
	},
	{
		id: 'app.copy',
		scope: 'log',
		keys: ['y'],
		label: 'copy',
		help: 'Copy the entry with its effect and remedy.',
		hint: 5,
		when: hasEntry,
	},
	{
		id: 'log.errors',
		scope: 'log',
		keys: ['e'],
		label: 'errors only',
		help: 'Show errors alone, or warnings too.',
		hint: 6,
	},
	{
		id: 'log.job',
		scope: 'log',
		keys: ['J'],
		label: 'its job',
		help: 'Go to the run or job that the entry belongs to.',
		hint: 7,
		when: (app) => (currentEntry(stateOf(app))?.job === undefined ? 'This entry belongs to no job.' : true),
	},
	{
		id: 'log.details',
		scope: 'log',
		keys: ['i'],
		label: 'details',
		help: 'Show or hide what the entry under the cursor means and what to do.',
		hint: 8,
		when: (app) =>
			modeOf(layout(app.columns, app.rows).content) === 'narrow' ? 'There is no room: enter shows them.' : true,
	},
	{
		id: 'log.wrap',
		scope: 'log',
		keys: ['w'],
		label: 'wrap',
		help: 'Show messages whole, in as many lines as they take, or cut to one.',
		hint: 4.5,
	},
	{
		id: 'log.keepFilter',
		scope: 'log.filter',
		keys: ['enter'],
		label: 'keep the filter',
		help: 'Leave the line and go through what was found.',
		hint: 1,
	},
	{
		id: 'log.clearFilter',
		scope: 'log.filter',
		keys: ['esc'],
		label: 'clear',
		help: 'Show all entries again; n and N still go along what was found.',
		hint: 2,
	},
	{
		id: 'log.alongFound',
		scope: 'log.filter',
		keys: ['up', 'down'],
		label: 'along the matches',
		help: 'Move in what was found while you type.',
		hint: 3,
	},
];
