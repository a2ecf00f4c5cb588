import { createInterface } from 'node:readline/promises';
import { usageError } from '../core/errors.ts';
import type { Context } from './context.ts';

/**
 * Asks on a terminal for a number that must be typed as it is.
 * @param otherwise what to say on the command line where nobody can be asked
 * @returns whether it was typed
 * @throws FirnError (usage) NOT_CONFIRMED where nobody can be asked
 */
export async function typedConfirmation(
	{ out }: Context,
	question: string,
	number: number,
	otherwise: string,
): Promise<boolean> {
	if (out.json || !out.isTerminal || !process.stdin.isTTY)
		throw usageError('NOT_CONFIRMED', 'Nothing was done: nobody can be asked here.', otherwise);
	const lines = createInterface({ input: process.stdin, output: process.stdout });
	try {
		return (await lines.question(`${question} `)).trim() === String(number);
	} finally {
		lines.close();
	}
}
