/** What every kind of destination refuses in the same words. */

import { FirnError, type FirnErrorOptions } from '../core/errors.ts';

/** The code where there is no space left. */
export const DEST_FULL = 'DEST_FULL';

/** When what waits for a store that is full goes on. */
export const ROOM_AGAIN = 'once there is room; firn resume looks at once';

/** @param where the destination as people know it */
export function alreadyExists(key: string, where: string): FirnError {
	return new FirnError('ALREADY_EXISTS', `${key} exists already in ${where} with other content.`, {
		guidance: 'Firn never overwrites an archive: look at what is there.',
	});
}

export function notFound(key: string, where: string): FirnError {
	return new FirnError('NOT_FOUND', `${key} is not in ${where}.`, {
		guidance: 'It was deleted or moved: firn verify says what else is missing.',
	});
}

/** The upload is not known at the store (any more): completed, given up or expired. */
export function noSuchUpload(key: string, where: string, cause?: unknown): FirnError {
	return new FirnError('NO_SUCH_UPLOAD', `The upload of ${key} to ${where} does not exist any more.`, {
		guidance: 'Resume the run: the archive is then sent anew.',
		...(cause === undefined ? {} : { cause }),
	});
}

/**
 * The store does not have what was sent. Sending it again may help when it was damaged on the way.
 * @param found what is there instead, such as `12 bytes instead of 13`
 */
export function storeMismatch(key: string, where: string, found: string, options: FirnErrorOptions = {}): FirnError {
	return new FirnError('STORE_MISMATCH', `${where} has ${found} for ${key}.`, {
		guidance:
			'Resume the run: what does not match is sent anew. If it happens again, the store or the way to it damages data.',
		...options,
	});
}
