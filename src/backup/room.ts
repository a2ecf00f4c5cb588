/** Whether the destination has room for what is to be stored, as far as it tells. */

import { FirnError } from '../core/errors.ts';
import { formatSize } from '../core/sizes.ts';
import type { Destination } from '../destinations/destination.ts';

/** Nothing is held up for longer by a look that only warns. */
const LONGEST_MS = 15_000;

/**
 * @param bytes that are to be stored, before they are compressed
 * @returns a warning; undefined where there is room, or nobody knows. A store that cannot tell is no fault of the run.
 */
export async function roomWarning(
	destination: Destination,
	bytes: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	if (bytes === 0) return undefined;
	const limited = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
	const free = await destination.freeSpace?.({ signal: limited }).catch((error: unknown) => {
		if (error instanceof FirnError || limited.aborted) return undefined;
		throw error;
	});
	if (free === undefined || free >= bytes) return undefined;
	return (
		`${destination.url} has ${formatSize(free)} free, and ${formatSize(bytes)} are to be stored: unless they compress ` +
		'well, it will be full before the end. What is stored by then is kept, and gone on with when there is room.'
	);
}
