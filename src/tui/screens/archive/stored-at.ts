/** Where the archive of the file under the cursor is stored: for copying, and for looking at it. Pure. */

import type { VersionRow } from '../../../core/browse.ts';
import type { AppState } from '../../state.ts';
import { currentRow } from './reduce.ts';
import type { ArchiveState } from './state.ts';

/** The version that is shown, once it is known which it is. */
export function shownVersion(state: ArchiveState): VersionRow | undefined {
	const row = currentRow(state);
	if (!row?.totals || state.versions?.path !== row.path) return undefined;
	return state.versions.rows.find(({ archive }) => archive === row.totals?.firstArchive);
}

/** The link of its archive, or else the destination and the key. */
export function storedAt(app: AppState): string | undefined {
	const state = app.screens.archive as ArchiveState;
	const version = shownVersion(state);
	if (!version) return undefined;
	const job = app.jobs?.find(({ name }) => name === state.job);
	return version.link ?? [job?.destination.replace(/\/+$/, ''), version.key].filter(Boolean).join('/');
}

/** Why there is nothing to copy yet, or true. */
export function isStored(app: AppState): true | string {
	const row = currentRow(app.screens.archive as ArchiveState);
	if (row?.type === 'dir') return 'A folder may lie in many archives: choose a file.';
	return storedAt(app) === undefined ? 'Where it is stored is not known yet.' : true;
}

/** Why there is nothing to open, or true. */
export function isLinked(app: AppState): true | string {
	const can = isStored(app);
	if (can !== true) return can;
	const isPage = shownVersion(app.screens.archive as ArchiveState)?.link;
	return isPage ? true : 'There is no page that shows it: Y copies where it is stored.';
}
