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

/**
 * Whether somebody agrees to a plan by its number: with --yes NUMBER, or typed as it is.
 * @param verb the command that has planned it
 * @param what the plan does: `delete 3 archives`
 * @param given what --yes says; undefined: ask
 * @returns false when it was not typed; then it is said that nothing was done
 * @throws FirnError (usage) WRONG_COUNT, and NOT_CONFIRMED where nobody can be asked
 */
export async function agreeToCount(context: Context, verb: string, what: string, count: number, given?: number) {
	if (given === undefined)
		return typedConfirmation(
			context,
			`Type ${count} to ${what}:`,
			count,
			`firn ${verb} with --yes ${count} does what the plan says.`,
		);
	if (given !== count)
		throw usageError(
			'WRONG_COUNT',
			`The plan is to ${what}, and --yes says ${given}.`,
			`Nothing was done. Look at the plan; --yes ${count} does what it says.`,
		);
	return true;
}

/**
 * Asks yes or no; no is the default.
 * @param otherwise what to do on the command line where nobody can be asked
 * @throws FirnError (usage) NOT_CONFIRMED where nobody can be asked
 */
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
