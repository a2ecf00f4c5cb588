/** Firn in a terminal, alone or under a shell with job control. */

import { fileURLToPath } from 'node:url';
import { type TerminalOptions, TestTerminal } from './terminal.ts';

/** The built program: its screens cannot be run by Node without being compiled. `npm test` builds it. */
export const BUILT = fileURLToPath(new URL('../../../dist/bin/firn.js', import.meta.url));

export interface StartOptions extends Omit<TerminalOptions, 'command'> {
	/** FIRN_HOME. */
	home: string;
	/** Options of Node, before the program. */
	node?: readonly string[];
}

/** Starts the program with these arguments; none opens the app. */
export function startFirn({ home, args = [], node = [], env, ...rest }: StartOptions): TestTerminal {
	return new TestTerminal({
		...rest,
		command: process.execPath,
		args: [...node, BUILT, ...args],
		env: { FIRN_HOME: home, ...env },
	});
}

/** The shell waits for a command. */
export const atPrompt = (screen: string): boolean => /(^|\n)\$$/.test(screen.trimEnd());

/** A plain shell with job control and a prompt of "$ ". */
export async function startShell(options: Omit<TerminalOptions, 'command' | 'args'> = {}): Promise<TestTerminal> {
	// Without line editing: it sets terminal modes of its own.
	const shell = new TestTerminal({
		...options,
		command: 'bash',
		args: ['--norc', '--noprofile', '--noediting', '-i'],
		env: { PS1: '$ ', ...options.env },
	});
	await shell.waitFor(atPrompt);
	return shell;
}

/** The line a shell starts Firn with. */
export const firnLine = (args = ''): string => `${process.execPath} ${BUILT} ${args}\r`;
