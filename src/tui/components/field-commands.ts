/** What keys that type nothing mean while a text field has them all. Pure. */

import type { Key } from '../terminal/key-decoder.ts';

/** In a form: what they mean beside its fields, too. @param next of enter @param back of esc */
export function fieldCommands(next: string, back: string): Partial<Record<Key, string>> {
	return {
		enter: next,
		esc: back,
		tab: 'list.nextPane',
		'shift+tab': 'list.previousPane',
		up: 'list.up',
		down: 'list.down',
	};
}

/** In the line of a filter: along what was found. */
export const FOUND_MOVES: Partial<Record<Key, string>> = {
	up: 'list.up',
	down: 'list.down',
	pageUp: 'list.pageUp',
	pageDown: 'list.pageDown',
};
