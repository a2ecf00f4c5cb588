import type { Binding } from '../../../keys/binding.ts';

const next = { id: 'recover.next', keys: ['enter'], label: 'go on', help: 'To the next step.', hint: 1 };
const back = { id: 'recover.back', keys: ['esc'], label: 'back', help: 'To the step before.', hint: 5 };
const field = { id: 'list.nextPane', keys: ['tab', 'down'], label: 'next field', help: 'To the next field.', hint: 3 };
const enter = {
	id: 'jobs.recover',
	keys: ['v'],
	label: 'recover',
	help: 'Bring back a job of a machine that was lost, from where its backups are.',
};

/** By step: each says only what can be done there. */
export const RECOVER_BINDINGS: readonly Binding[] = [
	{ ...enter, scope: 'wizard.what', hint: 4 },
	{ ...enter, scope: 'jobs' },
	{ ...next, scope: 'recover.where', label: 'look there', help: 'Look for jobs in that place.' },
	{ ...field, scope: 'recover.where' },
	{
		id: 'list.unfold',
		scope: 'recover.where',
		keys: ['right', 'space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 4,
	},
	{ ...back, scope: 'recover.where' },
	{ ...next, scope: 'recover.which' },
	{ ...back, scope: 'recover.which' },
	{ ...next, scope: 'recover.go', label: 'recover', help: 'Bring the job back.' },
	{ ...back, scope: 'recover.go' },
];
