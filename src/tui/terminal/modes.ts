/** The states a terminal is put into and out of, besides Ink's own. */

import { writeSync } from 'node:fs';

/** Bracketed paste on. */
export const ENTER = '\x1b[?2004h';
/** Back from the alternate screen, for a while: paste off, cursor on. */
export const LEAVE = '\x1b[?2004l\x1b[?25h\x1b[?1049l';
/** The same where there was no alternate screen. */
export const LEAVE_LINES = '\x1b[?2004l\r\n';
/** To it again, cleared. */
export const RETURN = '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J\x1b[H';
export const CLEAR = '\x1b[2J\x1b[H';
/** Whatever state it is in: synchronized output off, mouse off, paste off, colours off, cursor on, the usual screen. */
const RESTORE = '\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l';

/** Puts the terminal right at the very end, synchronously, whatever happened before. */
export function restoreTerminal(fd: number): void {
	try {
		writeSync(fd, RESTORE);
	} catch {
		// It is gone, or does not take anything: there is nobody to see it.
	}
}

/** OSC 52: text for the clipboard of the terminal that is looked at, also through SSH; tmux passes it on. */
export function clipboard(text: string, env: NodeJS.ProcessEnv): string {
	const sequence = `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
	return env.TMUX ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence;
}
