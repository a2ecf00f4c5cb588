/** Writes what the speaker says: lines that stay, and one that is edited in place. */

import { displayName } from '../components/text.ts';
import type { Store } from '../store/store.ts';
import type { TtyOutput } from '../terminal/tty-output.ts';
import { Speaker } from './speaker.ts';

/** Shows the store as lines until the returned function is called. */
export function showAsLines(store: Store, tty: TtyOutput, keys: { pressed: () => boolean }): () => void {
	const speaker = new Speaker();
	let editing: string | undefined;
	const draw = () => {
		const said = speaker.say(store.snapshot(), keys.pressed());
		const isSame = said.editing === editing && said.lines.length === 0;
		if (isSame) return;
		const end = editing !== undefined && (said.editing === undefined || said.lines.length > 0) ? '\r\n' : '';
		const lines = said.lines.map((line) => `${displayName(line)}\r\n`).join('');
		const field = said.editing === undefined ? '' : `\r\x1b[2K${displayName(said.editing)}`;
		editing = said.editing;
		tty.write(end + lines + field);
	};
	const stop = store.subscribe(draw);
	draw();
	return stop;
}
