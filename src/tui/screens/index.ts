/** The screens there are, in the order of their keys. */

import type { Screen } from '../screen.ts';
import { signInScreen } from '../sign-in/screen.tsx';
import type { AppState, ScreenId } from '../state.ts';
import { archiveScreen } from './archive/screen.tsx';
import { decryptScreen } from './decrypt/screen.tsx';
import { jobsScreen } from './jobs/screen.tsx';
import { logScreen } from './log/screen.tsx';
import { restoreScreen } from './restore/screen.tsx';
import { runScreen } from './run/screen.tsx';
import { settingsScreen } from './settings/screen.tsx';
import { sourcesScreen } from './sources/screen.tsx';

const screens = [
	jobsScreen, // 1
	sourcesScreen, // 2
	runScreen, // 3
	archiveScreen, // 4
	restoreScreen, // 5
	decryptScreen, // 6
	settingsScreen, // 7
	logScreen, // 8
];

// Each screen keeps its own kind of state; the app only hands it back to the same screen.
export const ALL_SCREENS = screens as unknown as readonly Screen<unknown>[];

export function screenOf(id: ScreenId): Screen<unknown> {
	return ALL_SCREENS.find((screen) => screen.id === id)!;
}

/** What has the keys and the area: the screen, or the sign-in over it. */
export function shownScreen(app: AppState): Omit<Screen<unknown>, 'id' | 'initial' | 'reduce'> & { state: unknown } {
	if (app.signIn) return { ...(signInScreen as unknown as Screen<unknown>), state: app.signIn };
	return { ...screenOf(app.screen), state: app.screens[app.screen] };
}
