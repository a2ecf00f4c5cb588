import { mayAgree } from '../../deletions/held.ts';
import type { Binding } from '../../keys/binding.ts';
import { isOnDrive } from '../../sign-in/of-job.ts';
import type { AppState } from '../../state.ts';
import { canTryAgain } from './news.ts';
import { isActive, type RunState, shownTask } from './state.ts';

const task = (app: AppState) => shownTask(app, app.screens.run as RunState);

const running = (app: AppState): true | string => {
	const shown = task(app);
	return shown && isActive(shown) ? true : 'Nothing is running: s on the screen Jobs starts a backup.';
};

const backingUp = (app: AppState): true | string => {
	const shown = task(app);
	return shown && isActive(shown) && shown.kind === 'backup' ? true : 'Only a running backup can do that.';
};

const waiting = (app: AppState): true | string => {
	const shown = task(app);
	return shown && canTryAgain(shown) ? true : 'Only a backup that waits can do that.';
};

const signIn = (app: AppState): true | string => isOnDrive(app, task(app)?.job);

export const RUN_BINDINGS: readonly Binding[] = [
	{
		id: 'run.pause',
		scope: 'run',
		keys: ['p'],
		label: 'pause or go on',
		labelNow: (app) => (task(app)?.state === 'paused' ? 'go on' : 'pause'),
		help: 'Stand still: nothing new is sent until p is pressed again.',
		hint: 1,
		when: backingUp,
	},
	{
		id: 'run.moreWorkers',
		scope: 'run',
		keys: ['+'],
		label: 'more workers',
		help: 'One more archive at the same time, for this run.',
		hint: 3,
		when: backingUp,
	},
	{
		id: 'run.fewerWorkers',
		scope: 'run',
		keys: ['-'],
		label: 'fewer',
		help: 'One worker fewer, as soon as it has finished its archive.',
		hint: 4,
		when: backingUp,
	},
	{
		id: 'run.bandwidth',
		scope: 'run',
		keys: ['b'],
		label: 'bandwidth',
		help: 'Limit what is sent in a second, for this run.',
		hint: 5,
		when: backingUp,
	},
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
	{
		id: 'run.again',
		scope: 'run',
		keys: ['a'],
		label: 'try again',
		help: 'Try at once what a waiting backup would try again later.',
		hint: 0,
		when: waiting,
	},
	{
		id: 'run.signIn',
		scope: 'run',
		keys: ['L'],
		label: 'sign in',
		help: 'Sign in to Google Drive anew, for the account of the job; what waits for it goes on.',
		when: signIn,
	},
	{
		id: 'run.deletions',
		scope: 'run',
		keys: ['A'],
		label: 'agree to deletions',
		help: 'See what a mirror has held back because its source has lost so much, and agree to it or not.',
		dangerous: true,
		hint: 1,
		when: (app) => mayAgree(app, task(app)?.job),
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
