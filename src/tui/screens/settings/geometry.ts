/** Where everything on Settings stands. Pure. */

import { modeOf } from '../../layout/layout.ts';
import type { Size } from '../../state.ts';
import type { Section } from './state.ts';

export interface SettingsLayout {
	bare: boolean;
	/** Outer width of the pane of sections; 0: they stand in the title of the list. */
	side: number;
	/** Outer sizes of the list and of what is beneath it. */
	list: Size;
	below: Size;
}

const SIDE = 24;

/** @param count rows of the list */
export function settingsLayout(section: Section, count: number, area: Size): SettingsLayout {
	const mode = modeOf(area);
	const bare = mode === 'narrow';
	const side = mode === 'wide' ? SIDE : 0;
	const width = area.width - side;
	const frame = bare ? 1 : 2;
	// A test has much to say; the other sections explain the row under the cursor in a few lines.
	const explains = section === 'keys' ? 6 : section === 'drive' ? 4 : 3;
	const least = section === 'destinations' ? Math.ceil(area.height * 0.6) : explains + frame;
	const most = area.height - least;
	const height = section === 'destinations' ? Math.min(Math.max(1, count) + frame, most) : most;
	return { bare, side, list: { width, height }, below: { width, height: area.height - height } };
}

/** Rows of the list that are seen. */
export function listRows(section: Section, count: number, area: Size): number {
	const { list, bare } = settingsLayout(section, count, area);
	return Math.max(1, list.height - (bare ? 1 : 2));
}
