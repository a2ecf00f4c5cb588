import type { Binding } from '../../keys/binding.ts';
import type { AppState } from '../../state.ts';
import { isChanged, type Picker } from './picker.ts';
import type { SourcesState } from './state.ts';

function pickerOf(app: AppState): Picker | undefined {
	return (app.screens.sources as SourcesState | undefined)?.pickers[app.job ?? ''];
}

const withJob = (app: AppState): true | string => (pickerOf(app) ? true : 'There is no job yet: 1, then a, makes one.');

/** What holds in the tree and in the rules. */
const shared = (scope: string): Binding[] => [
	{
		id: 'sources.save',
		scope,
		keys: ['ctrl+s'],
		label: 'save',
		help: 'Save the sources and rules of the job; its next run goes by them.',
		hint: 8,
		when: (app) => {
			const picker = pickerOf(app);
			if (!picker) return withJob(app);
			return isChanged(picker) ? true : 'Nothing has changed.';
		},
	},
	{ id: 'sources.undo', scope, keys: ['u'], label: 'undo', help: 'Take the last change back.', hint: 9, when: withJob },
	{
		id: 'sources.test',
		scope,
		keys: ['T'],
		label: 'test a path',
		help: 'Say which rule decides on a path.',
		hint: 7,
		when: withJob,
	},
];

export const SOURCES_BINDINGS: readonly Binding[] = [
	{
		id: 'sources.toggle',
		scope: 'sources',
		keys: ['space'],
		label: 'choose',
		help: 'Choose it, leave it out, or let the rules above it decide again.',
		hint: 1,
		when: withJob,
	},
	{
		id: 'sources.exclude',
		scope: 'sources',
		keys: ['x'],
		label: 'exclude',
		help: 'Leave out what matches a pattern, wherever it is.',
		hint: 3,
		when: withJob,
	},
	{
		id: 'sources.rules',
		scope: 'sources',
		keys: ['e'],
		label: 'rules',
		help: 'To the list of rules: add, edit, move, delete.',
		hint: 4,
		when: withJob,
	},
	{
		id: 'sources.add',
		scope: 'sources',
		keys: ['a'],
		label: 'add a path',
		help: 'Type the path of a source. Pasted and dropped paths are added, too.',
		hint: 5,
		when: withJob,
	},
	{ id: 'list.open', scope: 'sources', keys: ['enter'], label: 'open', help: 'Open or close the folder.', hint: 2 },
	{ id: 'list.sort', scope: 'sources', keys: ['o'], label: 'sort', help: 'Choose the order.', hint: 6 },
	{
		id: 'list.hidden',
		scope: 'sources',
		keys: ['.'],
		label: 'hidden',
		help: 'Show or hide names with a dot.',
		hint: 10,
	},
	{
		id: 'list.details',
		scope: 'sources',
		keys: ['i'],
		label: 'totals',
		help: 'Show or hide the totals where they do not fit beside the tree.',
		hint: 11,
	},
	...shared('sources'),
	{
		id: 'rules.add',
		scope: 'sources.rules',
		keys: ['a', 'x'],
		label: 'add',
		help: 'Add a pattern as the last rule.',
		hint: 1,
	},
	{
		id: 'rules.edit',
		scope: 'sources.rules',
		keys: ['enter'],
		label: 'edit',
		help: 'Edit the pattern, or turn the switch.',
		hint: 2,
	},
	{
		id: 'rules.toggle',
		scope: 'sources.rules',
		keys: ['space'],
		label: 'turn',
		help: 'Turn the switch, or make the pattern one that brings back (+) or leaves out (-).',
		hint: 3,
	},
	{
		id: 'rules.delete',
		scope: 'sources.rules',
		keys: ['d', 'delete'],
		label: 'delete',
		help: 'Delete the pattern.',
		hint: 4,
	},
	{ id: 'rules.up', scope: 'sources.rules', keys: ['K'], label: 'move up', help: 'Move the pattern up.', hint: 5 },
	{
		id: 'rules.down',
		scope: 'sources.rules',
		keys: ['J'],
		label: 'move down',
		help: 'Move the pattern down; the last that matches decides.',
		hint: 6,
	},
	{ id: 'rules.back', scope: 'sources.rules', keys: ['esc', 'e'], label: 'back', help: 'Back to the tree.', hint: 10 },
	...shared('sources.rules'),
];
