/** Takes out of a store what sources have no more: deletes it, or moves it to the folder of what was deleted. */

import { FirnError } from '../../../core/errors.ts';
import { inParallel } from '../../../core/in-parallel.ts';
import type { FileProblem } from '../../../core/task.ts';
import type { Destination } from '../../../destinations/destination.ts';
import type { MirrorStore } from '../../../state/mirror-store.ts';
import type { Flow } from '../flow.ts';

interface TakeOutOptions {
	destination: Destination;
	mirror: MirrorStore;
	/** So many at once. */
	most: number;
	/** Where it is moved to; absent: deleted. */
	aside: string | undefined;
	flow: Flow;
	onProblem: (problem: FileProblem) => void;
	onNotice: (message: string) => void;
}

/** @throws FirnError when the store refuses; the reason of a stop */
export async function takeOut(options: TakeOutOptions): Promise<void> {
	const { destination, mirror, most, aside, flow, onProblem, onNotice } = options;
	if (aside !== undefined && !destination.move) {
		onNotice('This store cannot move objects: what was deleted at the source stays where it is.');
		return;
	}
	await inParallel(mirror.lost(), most, async (key) => {
		await flow.pass();
		try {
			if (aside === undefined) await destination.delete(key);
			else await destination.move!(key, `${aside}/${key}`, { signal: flow.signal });
		} catch (error) {
			const isOfOne = error instanceof FirnError && (error.code === 'KEY_TOO_LONG' || error.code === 'ALREADY_EXISTS');
			if (isOfOne) onProblem({ path: key, code: error.code, message: error.message });
			// Somebody else has taken it out.
			else if (!(error instanceof FirnError) || error.code !== 'NOT_FOUND') throw error;
			if (isOfOne) return;
		}
		mirror.forget(key);
	});
}
