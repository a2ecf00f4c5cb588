/** Which task Run shows. */

import { expect, test } from 'vitest';
import type { Action } from '../../src/tui/actions.ts';
import { RUN_START, type RunState, reduceRun, shownTask } from '../../src/tui/screens/run/state.ts';
import type { AppState, LiveTask } from '../../src/tui/state.ts';
import { appState } from '../support/app-state.ts';

const task = (id: string, job: string, state: LiveTask['state'], started: number): LiveTask =>
	({ id, job, kind: 'backup', state, started, events: [], seen: started }) as unknown as LiveTask;

const app = (state: LiveTask['state'], change: Partial<AppState> = {}): AppState =>
	appState({
		screen: 'run',
		job: 'letters',
		tasks: { a: task('a', 'letters', 'done', 1), b: task('b', 'photos', state, 2) },
		...change,
	});

const after = (state: RunState, action: Action, now: AppState) => reduceRun(state, action, now, 5);

test('a run that was looked at is shown when it has ended, too, whatever job the cursor is on', () => {
	const seen = after(RUN_START, { type: 'tick', now: 3 }, app('running'));
	expect(shownTask(app('running'), seen)?.id).toBe('b');
	expect(shownTask(app('done'), seen)?.id).toBe('b');
	// Another job in focus is another question.
	expect(shownTask(app('done'), after(seen, { type: 'job', name: 'letters' }, app('done')))?.id).toBe('a');
});

test('what nobody has looked at is not in the way of the job in focus', () => {
	const elsewhere = after(RUN_START, { type: 'tick', now: 3 }, app('running', { screen: 'jobs' }));
	expect(shownTask(app('done'), elsewhere)?.id).toBe('a');
});
