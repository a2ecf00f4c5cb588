/** States of the app for tests of reducers and views. */

import type { JobView } from '../../src/protocol/contract.ts';
import { ALL_SCREENS } from '../../src/tui/screens/index.ts';
import type { AppState, LiveTask } from '../../src/tui/state.ts';
import { UNICODE } from '../../src/tui/theme/glyphs.ts';

export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

/** An app that has just opened, with the engine up and these jobs. */
export function appState(change: Partial<AppState> = {}): AppState {
	return {
		now: NOW,
		columns: 100,
		rows: 30,
		screen: 'jobs',
		engine: { state: 'ok', pid: 42, version: '0.1.0' },
		host: 'srv01',
		jobs: [],
		tasks: {},
		job: undefined,
		flash: undefined,
		modal: undefined,
		signIn: undefined,
		look: { theme: '16', glyphs: UNICODE },
		screens: Object.fromEntries(ALL_SCREENS.map(({ id, initial }) => [id, initial()])),
		...change,
	};
}

export function jobView(name: string, change: Partial<JobView> = {}): JobView {
	return {
		name,
		id: 'abcdefghij',
		sources: [`/srv/${name}`],
		destination: '/mnt/disk',
		layout: 'archive',
		compression: 'none',
		encrypted: true,
		recipients: ['age1example'],
		excludes: [],
		excludeSystem: true,
		excludeDeveloper: false,
		oneFileSystem: false,
		workers: 2,
		limitUpload: 0,
		schedule: { trigger: 'by hand', catchUp: true, enabled: true, hooks: [], nextRun: null },
		...change,
	};
}

/** A backup that waits. */
export function waitingTask(change: Partial<LiveTask> = {}): LiveTask {
	return { id: '1', job: 'photos', kind: 'backup', state: 'waiting', started: NOW, events: [], seen: NOW, ...change };
}
