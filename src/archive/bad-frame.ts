import { FirnError } from '../core/errors.ts';
import type { Compression } from '../core/object-names.ts';

/** Compressed data that are damaged or cut off. */
export function badFrame(compression: Compression, why: string, cause?: unknown): FirnError {
	return new FirnError('BAD_FRAME', `The ${compression} data is damaged: ${why}.`, {
		guidance: 'Fetch the file again; if that does not help the stored object is damaged.',
		cause,
	});
}

/** Bytes that belong to no frame. */
export function behindItsEnd(compression: Compression): FirnError {
	return badFrame(compression, 'there are bytes behind its end');
}
