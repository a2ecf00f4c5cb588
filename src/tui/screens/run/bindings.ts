import type { Binding } from '../../keys/binding.ts';
import type { AppState } from '../../state.ts';
import { isActive, type RunState, shownTask } from './state.ts';

const task = (app: AppState) => shownTask(app, app.screens.run as RunState);

const running = (app: AppState): true | string => {
	const shown = task(app);
	return shown && isActive(shown) ? true : 'Nothing is running: s on the screen Jobs starts a backup.';
};

export const RUN_BINDINGS: readonly Binding[] = [
	{
		id: 'run.stop',
		scope: 'run',
		keys: ['x'],
		label: 'stop',
		help: 'Stop it; what is stored is kept.',
		dangerous: true,
		hint: 2,
		when: running,
	},
	{ id: 'run.follow', scope: 'run', keys: ['f'], label: 'follow', help: 'Keep the newest event in sight.', hint: 6 },
	{
		id: 'run.errors',
		scope: 'run',
		keys: ['e'],
		label: 'errors only',
		help: 'Show only events that went wrong, or all.',
		hint: 7,
	},
	{
		id: 'run.choose',
		scope: 'run',
		keys: ['t'],
		label: 'another task',
		help: 'Choose which of several tasks is shown.',
		hint: 8,
		when: (app) => (Object.keys(app.tasks).length > 1 ? true : 'There is no other task.'),
	},
];
