/** Questions that must be answered before anything is deleted or paid. */

import { createInterface } from 'node:readline/promises';
import { usageError } from '../core/errors.ts';
import type { Context } from './context.ts';

/**
 * Asks for a number that must be typed as it is.
 * @param otherwise what to do on the command line where nobody can be asked
 * @returns whether it was typed; else it is said that nothing was done
 * @throws FirnError (usage) NOT_CONFIRMED where nobody can be asked
 */
export function typedConfirmation(context: Context, question: string, number: number, otherwise: string) {
	return confirmed(context, question, otherwise, (answer) => answer === String(number));
}

/** The same with yes or no; no is the default. */
export function yesConfirmation(context: Context, question: string, otherwise: string): Promise<boolean> {
	return confirmed(context, `${question} [y/N]`, otherwise, (answer) => /^y(es)?$/i.test(answer));
}

async function confirmed(
	{ out }: Context,
	question: string,
	otherwise: string,
	isYes: (answer: string) => boolean,
): Promise<boolean> {
	if (out.json || !out.isTerminal || !process.stdin.isTTY)
		throw usageError('NOT_CONFIRMED', 'Nothing was done: nobody can be asked here.', otherwise);
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	try {
		if (isYes((await lines.question(`${question} `)).trim())) return true;
	} catch (error) {
		// Ctrl-c is an answer, too.
		if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
		out.line();
	} finally {
		lines.close();
	}
	out.line('Nothing was done.');
	return false;
}
