import type { Binding } from '../../../keys/binding.ts';

const next = { id: 'wizard.next', keys: ['enter'], label: 'go on', help: 'To the next step.', hint: 2 };
const back = { id: 'wizard.back', keys: ['esc'], label: 'back', help: 'To the step before.', hint: 5 };

/** By step: each says only what can be done there. */
export const WIZARD_BINDINGS: readonly Binding[] = [
	{
		id: 'wizard.toggle',
		scope: 'wizard.what',
		keys: ['space'],
		label: 'choose',
		help: 'Choose the folder under the cursor, or not.',
		hint: 1,
	},
	{
		id: 'wizard.add',
		scope: 'wizard.what',
		keys: ['a'],
		label: 'type a path',
		help: 'Type the path of a folder.',
		hint: 3,
	},
	{ ...next, scope: 'wizard.what' },
	{ ...back, scope: 'wizard.what' },
	{ ...next, scope: 'wizard.where' },
	{
		id: 'list.nextPane',
		scope: 'wizard.where',
		keys: ['tab', 'down'],
		label: 'next field',
		help: 'To the next field.',
		hint: 3,
	},
	{
		id: 'list.unfold',
		scope: 'wizard.where',
		keys: ['right', 'space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 4,
	},
	{ ...back, scope: 'wizard.where' },
	{ ...next, scope: 'wizard.when' },
	{
		id: 'list.nextPane',
		scope: 'wizard.when',
		keys: ['tab', 'down'],
		label: 'next field',
		help: 'To the next field.',
		hint: 4,
	},
	{
		id: 'list.unfold',
		scope: 'wizard.when',
		keys: ['right', 'space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 3,
	},
	{ ...back, scope: 'wizard.when' },
	{ ...next, scope: 'wizard.go', label: 'start the backup', help: 'Make the job and start its first backup.' },
	{
		id: 'list.nextPane',
		scope: 'wizard.go',
		keys: ['tab', 'down'],
		label: 'next field',
		help: 'To the next field.',
		hint: 3,
	},
	{
		id: 'list.unfold',
		scope: 'wizard.go',
		keys: ['right', 'space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 4,
	},
	{ ...back, scope: 'wizard.go' },
];
