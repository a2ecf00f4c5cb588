import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; only a whole yes is one. */
export async function askYes(question: string): Promise<boolean> {
	const lines = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return (await lines.question(question)).trim().toLowerCase() === 'yes';
	} catch (error) {
		// Ctrl-c is an answer, too.
		if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
		process.stderr.write('\n');
		return false;
	} finally {
		lines.close();
	}
}
