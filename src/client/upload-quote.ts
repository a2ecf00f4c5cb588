/** What is asked of the engine before a backup begins that may cost something: a dry run counts and prices what is new. */

import { FirnError } from '../core/errors.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Params } from '../protocol/contract.ts';

/** Whoever can ask the engine. */
type Asker = Pick<Channel, 'call'>;

/** Whether the store charges, as far as is known. What is wrong with a request is told, and logged, by the run itself. */
export async function isPriced(engine: Asker, params: Params<'backup'>): Promise<boolean> {
	try {
		return (await engine.call('quoteBackup', { ...params, files: 0, bytes: 0 })).prices !== undefined;
	} catch (error) {
		if (error instanceof FirnError) return false;
		throw error;
	}
}

/** What a dry run has found, as its details have it. */
export function found({ newFiles = 0, newBytes = 0 }: Record<string, number | string>): {
	files: number;
	bytes: number;
} {
	return { files: Number(newFiles), bytes: Number(newBytes) };
}
