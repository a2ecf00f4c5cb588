/** The keys that mean the same everywhere. */

import type { Binding } from './binding.ts';

export const LIST_BINDINGS: readonly Binding[] = [
	{ id: 'list.up', scope: 'list', keys: ['up', 'k'], label: 'up', help: 'One row up.' },
	{ id: 'list.down', scope: 'list', keys: ['down', 'j'], label: 'down', help: 'One row down.' },
	{ id: 'list.pageUp', scope: 'list', keys: ['pageUp', 'ctrl+b'], label: 'page up', help: 'One page up.' },
	{ id: 'list.pageDown', scope: 'list', keys: ['pageDown', 'ctrl+f'], label: 'page down', help: 'One page down.' },
	{ id: 'list.halfUp', scope: 'list', keys: ['ctrl+u'], label: 'half page up', help: 'Half a page up.' },
	{ id: 'list.halfDown', scope: 'list', keys: ['ctrl+d'], label: 'half page down', help: 'Half a page down.' },
	{ id: 'list.top', scope: 'list', keys: ['g', 'home'], label: 'top', help: 'To the first row.' },
	{ id: 'list.bottom', scope: 'list', keys: ['G', 'end'], label: 'end', help: 'To the last row.' },
	{ id: 'list.fold', scope: 'list', keys: ['left', 'h'], label: 'fold', help: 'Fold, or to the folder above.' },
	{ id: 'list.unfold', scope: 'list', keys: ['right', 'l'], label: 'unfold', help: 'Unfold, or into the folder.' },
	{ id: 'list.open', scope: 'list', keys: ['enter'], label: 'open', help: 'Open what is under the cursor.' },
	{ id: 'list.nextPane', scope: 'list', keys: ['tab'], label: 'next pane', help: 'To the next pane or field.' },
	{
		id: 'list.previousPane',
		scope: 'list',
		keys: ['shift+tab'],
		label: 'previous pane',
		help: 'To the pane or field before.',
	},
];

/** For lists whose rows can be marked; a screen that has them adds the scope `marks`. */
export const MARK_BINDINGS: readonly Binding[] = [
	{ id: 'list.mark', scope: 'marks', keys: ['space'], label: 'mark', help: 'Mark and move on.', hint: 1 },
	{ id: 'list.range', scope: 'marks', keys: ['v'], label: 'range', help: 'Mark from here to where the cursor goes.' },
	{ id: 'list.markAll', scope: 'marks', keys: ['ctrl+a'], label: 'mark all', help: 'Mark all that is shown.' },
	{ id: 'list.unmark', scope: 'marks', keys: ['u'], label: 'unmark all', help: 'Take all marks away.' },
];

/** For a list that can be looked through with `/`. @param when whether something is looked for */
export function matchBindings(scope: string, when: NonNullable<Binding['when']>): readonly Binding[] {
	const next = 'To the next of what / has found.';
	const previous = 'To the one before of what / has found.';
	return [
		{ id: 'list.nextMatch', scope, keys: ['n'], label: 'next match', help: next, hint: 1.5, when },
		{ id: 'list.previousMatch', scope, keys: ['N'], label: 'match before', help: previous, hint: 1.6, when },
	];
}

const screen = (key: string, id: string, title: string): Binding => ({
	id: `app.${id}`,
	scope: 'app',
	keys: [key],
	label: title,
	help: `The screen ${title}.`,
});

export const APP_BINDINGS: readonly Binding[] = [
	screen('1', 'jobs', 'Jobs'),
	screen('2', 'sources', 'Sources'),
	screen('3', 'run', 'Run'),
	screen('4', 'archive', 'Archive'),
	screen('5', 'restore', 'Restore'),
	screen('6', 'decrypt', 'Decrypt'),
	screen('7', 'settings', 'Settings'),
	screen('8', 'log', 'Log'),
	{ id: 'app.copy', scope: 'app', keys: ['y'], label: 'copy', help: 'Copy the path or message under the cursor.' },
	{ id: 'app.reload', scope: 'app', keys: ['R'], label: 're-read', help: 'Read everything anew.' },
	{
		id: 'app.sheet',
		scope: 'app',
		keys: ['K'],
		label: 'recovery sheet',
		help: 'The page that opens the backups when this machine is lost.',
	},
	{ id: 'app.back', scope: 'app', keys: ['esc'], label: 'back', help: 'One step back.' },
	{ id: 'app.palette', scope: 'app', keys: [':'], label: 'commands', help: 'Find a command by its name.' },
	{ id: 'app.redraw', scope: 'app', keys: ['ctrl+l'], label: 'redraw', help: 'Draw the whole screen anew.' },
	{ id: 'app.suspend', scope: 'app', keys: ['ctrl+z'], label: 'suspend', help: 'To the shell; fg comes back.' },
	{ id: 'app.help', scope: 'app', keys: ['?'], label: 'help', help: 'All keys of this screen.', hint: 98 },
	{
		id: 'app.quit',
		scope: 'app',
		keys: ['q', 'ctrl+c'],
		label: 'leave',
		help: 'Leave the app. Runs go on in the background.',
		hint: 99,
	},
];
