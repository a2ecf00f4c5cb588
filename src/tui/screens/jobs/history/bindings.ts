import type { Binding } from '../../../keys/binding.ts';
import { layout, modeOf } from '../../../layout/layout.ts';
import type { AppState } from '../../../state.ts';
import { selectedJob } from '../job-rows.ts';
import type { JobsState } from '../state.ts';
import { currentRow } from './state.ts';

const hasRow = (app: AppState): true | string => {
	const { history } = app.screens.jobs as JobsState;
	return history && currentRow(history) ? true : 'There is no run here.';
};

const hasLink = (app: AppState): true | string => {
	const { history } = app.screens.jobs as JobsState;
	const links = (history && currentRow(history))?.links ?? [];
	return links.length > 0 ? true : 'There is no page that shows it: y copies where it is stored.';
};

export const HISTORY_BINDINGS: readonly Binding[] = [
	{
		id: 'jobs.history',
		scope: 'jobs',
		keys: ['h'],
		label: 'history',
		help: 'What came of all runs and other work, what it cost, and what did not begin.',
		hint: 7,
		when: (app) => (selectedJob(app) ? true : 'There is no job yet: a makes one.'),
	},
	{
		id: 'list.open',
		scope: 'history',
		keys: ['enter'],
		label: 'all of it',
		help: 'Read all that is known: why it failed, its problems, its archives.',
		hint: 1,
		when: hasRow,
	},
	{
		id: 'history.status',
		scope: 'history',
		keys: ['s'],
		label: 'outcome',
		help: 'Show only what went wrong, what is complete, what was dropped, or all.',
		hint: 2,
	},
	{
		id: 'history.jobs',
		scope: 'history',
		keys: ['a'],
		label: 'all jobs',
		help: 'Show all jobs, or only this one.',
		hint: 3,
	},
	{
		id: 'history.work',
		scope: 'history',
		keys: ['b'],
		label: 'backups only',
		help: 'Show only backups, or restores, syncs and all other work, too.',
		hint: 4,
	},
	{
		id: 'app.copy',
		scope: 'history',
		keys: ['y'],
		label: 'copy where',
		help: 'Copy where it is stored: a link, or what its keys begin with.',
		hint: 5,
		when: hasRow,
	},
	{
		id: 'history.link',
		scope: 'history',
		keys: ['O'],
		label: 'open link',
		help: 'Open the page at which the store shows it; without a browser at hand its address is copied.',
		when: hasLink,
	},
	{
		id: 'history.details',
		scope: 'history',
		keys: ['i'],
		label: 'details',
		help: 'Show or hide what is known of the row under the cursor.',
		hint: 6,
		when: (app) =>
			modeOf(layout(app.columns, app.rows).content) === 'narrow' ? 'There is no room: enter shows them.' : true,
	},
	{ id: 'app.back', scope: 'history', keys: ['esc'], label: 'back', help: 'To the jobs.', hint: 7 },
];
