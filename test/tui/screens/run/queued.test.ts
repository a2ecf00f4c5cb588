/** A backup that waits its turn, as the app says it. */

import { expect, test } from 'vitest';
import { jobState } from '../../../../src/tui/screens/jobs/job-rows.ts';
import { endWords, headline, stateOf } from '../../../../src/tui/screens/run/run-words.ts';
import { isActive } from '../../../../src/tui/screens/run/state.ts';
import type { LiveTask } from '../../../../src/tui/state.ts';
import { appState, NOW } from '../../../support/app-state.ts';

const reason = 'waits for the prune after the run before';
const queued = {
	...{ id: '1', job: 'docs', kind: 'backup', state: 'queued', started: NOW, seen: NOW, reason },
	events: [{ at: NOW, event: { event: 'queued', reason } }],
} satisfies LiveTask;

test('it is queued, on Run and on Jobs', () => {
	expect(isActive(queued)).toBe(true);
	expect(stateOf(queued)).toMatchObject({ word: 'queued', sign: 'off' });
	expect(headline(queued)).toBe('backup of docs: queued');
	expect(jobState(appState({ tasks: { 1: queued } }), 'docs')).toMatchObject({ word: 'queued', active: true });
});

test('stopped before its turn, it has nothing to go on with', () => {
	const summary = { run: '', files: 0, bytes: 0, archives: 0, errors: 0, details: {} };
	const stopped: LiveTask = { ...queued, state: 'done', ended: NOW, summary: { ...summary, status: 'stopped' } };
	expect(stateOf(stopped).word).toBe('stopped');
	expect(endWords(stopped)).toEqual(['It took 0.0 s.']);
});
