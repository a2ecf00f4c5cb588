/** The key that signs in anew for a job: when it can, and when a job says that it would help. */

import { expect, test } from 'vitest';
import { bindingOf } from '../../src/tui/keys/table.ts';
import { isOnDrive, lacksSignIn, signedInFor } from '../../src/tui/sign-in/of-job.ts';
import type { AppState } from '../../src/tui/state.ts';
import { appState, jobView, waitingTask } from '../support/app-state.ts';

const error = (code: string) => ({ code, message: 'No.', retry: 'later' as const, kind: 'failure' as const });
const ended = (code: string) => ({
	run: '1',
	status: 'failed' as const,
	files: 0,
	bytes: 0,
	errors: 0,
	archives: 0,
	error: error(code),
	details: {},
});

test('it is there for jobs on Drive, on Jobs and on Run', () => {
	const jobs = [jobView('photos', { destination: 'gdrive:firn' }), jobView('docs')];
	expect(isOnDrive(appState({ jobs }), 'photos')).toBe(true);
	expect(isOnDrive(appState({ jobs }), 'docs')).toContain('does not store on Google Drive');
	expect(isOnDrive(appState({ jobs: undefined }), 'photos')).toContain('not told');
	for (const screen of ['jobs', 'run'] as const)
		expect(bindingOf(appState({ screen, jobs }), 'L')?.label).toBe('sign in');
});

test('what waits for a sign-in, or failed for want of one, says so', () => {
	const app = appState({ jobs: [jobView('photos', { destination: 'gdrive:firn' }), jobView('docs')] });
	const code = 'BAD_CREDENTIALS';
	expect(lacksSignIn(app, waitingTask({ code }))).toBe(true);
	expect(lacksSignIn(app, waitingTask({ code, job: 'docs' }))).toBe(false);
	expect(lacksSignIn(app, waitingTask({ code: 'NETWORK' }))).toBe(false);
	expect(lacksSignIn(app, waitingTask({ state: 'running', code }))).toBe(false);
	expect(lacksSignIn(app, waitingTask({ state: 'failed', summary: ended('NOT_SIGNED_IN') }))).toBe(true);
	expect(lacksSignIn(app, waitingTask({ state: 'failed', summary: ended('DEST_FULL') }))).toBe(false);
});

test('when it is done, it says what goes on', () => {
	const said: string[] = [];
	const about = (tasks: AppState['tasks']) =>
		signedInFor('job.signedIn:photos', {
			flash: (_level: string, text: string) => said.push(text),
			refresh: () => {},
			state: () => appState({ tasks }),
		} as never);
	about({ 1: waitingTask({}) });
	about({});
	signedInFor('settings.signedIn', {} as never);
	expect(said).toEqual(['Signed in: photos goes on by itself.', 'Signed in: s starts photos.']);
});
