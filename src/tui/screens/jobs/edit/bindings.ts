import type { Binding } from '../../../keys/binding.ts';

export const EDIT_BINDINGS: readonly Binding[] = [
	{
		id: 'edit.save',
		scope: 'jobs.edit',
		keys: ['ctrl+s'],
		label: 'save',
		help: 'Save what was changed.',
		hint: 1,
	},
	{
		id: 'list.nextPane',
		scope: 'jobs.edit',
		keys: ['tab', 'down'],
		label: 'next field',
		help: 'To the next field.',
		hint: 2,
	},
	{
		id: 'list.unfold',
		scope: 'jobs.edit',
		keys: ['right', 'space'],
		label: 'choose',
		help: 'The next choice; ← is the one before.',
		hint: 3,
	},
	{
		id: 'edit.leave',
		scope: 'jobs.edit',
		keys: ['esc'],
		label: 'leave',
		help: 'Back to the jobs; asks if something was changed.',
		hint: 4,
	},
];
