import type { Binding } from '../../keys/binding.ts';
import type { AppState } from '../../state.ts';
import type { RestoreState } from './state.ts';

const own = (app: AppState): RestoreState => app.screens.restore as RestoreState;

function mayStart(app: AppState): true | string {
	const { plan, task } = own(app);
	if (task !== undefined && app.tasks[task] && app.tasks[task].summary === undefined) return true;
	if (plan.busy) return 'The plan is still being made.';
	return plan.answer ? true : 'There is no plan: esc goes back to what is wrong.';
}

const back = {
	id: 'restore.back',
	keys: ['esc'],
	label: 'back',
	help: 'To the step before; the draft is kept.',
	hint: 8,
};
const next = { id: 'restore.next', keys: ['enter'], label: 'go on', help: 'To the next step.', hint: 1 };
const field = { id: 'list.nextPane', keys: ['tab'], label: 'next field', help: 'To the next field.', hint: 3 };
const reports = {
	id: 'restore.reports',
	keys: ['o'],
	label: 'reports',
	help: 'Open a report of an earlier restore or decrypt.',
};

/** By step: each says only what can be done there. */
export const RESTORE_BINDINGS: readonly Binding[] = [
	{ ...next, scope: 'restore.what' },
	{ ...field, scope: 'restore.what' },
	{
		id: 'restore.choose',
		scope: 'restore.what',
		keys: ['space'],
		label: 'choose',
		help: 'Choose the job or the snapshot from a list, or type a path.',
		hint: 2,
	},
	{
		id: 'restore.add',
		scope: 'restore.what',
		keys: ['a'],
		label: 'type a path',
		help: 'Type the path of a file or folder of the snapshot.',
		hint: 4,
	},
	{
		id: 'restore.takeOut',
		scope: 'restore.what',
		keys: ['x', 'delete', 'backspace'],
		label: 'take out',
		help: 'Take the path under the cursor out again.',
		hint: 5,
	},
	{
		id: 'restore.all',
		scope: 'restore.what',
		keys: ['u'],
		label: 'everything',
		help: 'Take all paths out: everything is wanted.',
	},
	{ ...reports, scope: 'restore.what', hint: 6 },
	{ ...next, scope: 'restore.where' },
	{ ...field, scope: 'restore.where' },
	{
		id: 'restore.choose',
		scope: 'restore.where',
		keys: ['space'],
		label: 'choose',
		help: 'The next choice.',
		hint: 4,
	},
	{ ...back, scope: 'restore.where' },
	{
		id: 'restore.start',
		scope: 'restore.plan',
		keys: ['enter'],
		label: 'restore',
		help: 'Begin the restore.',
		hint: 1,
		dangerous: true,
		when: mayStart,
	},
	{ ...back, scope: 'restore.plan' },
	{
		id: 'restore.stop',
		scope: 'restore.run',
		keys: ['x'],
		label: 'stop',
		help: 'Stop the restore; begun again it goes on with what is missing.',
		hint: 1,
		dangerous: true,
	},
	{ ...back, scope: 'restore.run' },
	{
		id: 'app.copy',
		scope: 'restore.report',
		keys: ['y'],
		label: 'copy its path',
		help: 'Copy the path of the report.',
		hint: 1,
	},
	{
		id: 'restore.new',
		scope: 'restore.report',
		keys: ['enter', 'n'],
		label: 'new restore',
		help: 'Begin a new one.',
		hint: 2,
	},
	{ ...reports, scope: 'restore.report', hint: 3 },
	{ ...back, scope: 'restore.report' },
];
