/** What the errors of a file system mean for a backup that is written to it. */

import { errnoCode, FirnError, type FirnErrorOptions } from '../../core/errors.ts';

type Meaning = [code: string, says: string, guidance: string, retry: 'no' | 'now' | 'later'];

const FULL = 'Free some space or use another disk, then resume: what is stored already is kept.';
const GONE = 'Connect or mount it again, then resume: what is stored already is kept.';
const DENIED = 'Give the user that Firn runs as the right to write there.';

const MEANINGS: Record<string, Meaning> = {
	ENOSPC: ['DEST_FULL', 'is full', FULL, 'later'],
	EDQUOT: ['DEST_FULL', 'has no quota left for this user', FULL, 'later'],
	EROFS: ['DEST_READ_ONLY', 'is mounted read-only', 'Mount it writable, then resume.', 'later'],
	EACCES: ['DEST_DENIED', 'does not permit it', DENIED, 'later'],
	EPERM: ['DEST_DENIED', 'does not permit it', DENIED, 'later'],
	EIO: ['DEST_LOST', 'answers with input/output errors', `Look at the disk and its cable. ${GONE}`, 'later'],
	ENODEV: ['DEST_LOST', 'is gone', GONE, 'later'],
	ENXIO: ['DEST_LOST', 'is gone', GONE, 'later'],
	ESTALE: ['DEST_LOST', 'was unmounted or changed on its server', GONE, 'later'],
	ENOTCONN: ['DEST_LOST', 'is not connected any more', GONE, 'later'],
	EHOSTDOWN: ['DEST_LOST', 'is on a server that does not answer', GONE, 'later'],
	ETIMEDOUT: ['DEST_LOST', 'is on a server that does not answer', GONE, 'later'],
	EFBIG: ['DEST_LIMIT', 'cannot hold a file that large', 'Choose a smaller --split-size: FAT ends at 4 GiB.', 'later'],
	ENOTDIR: ['DEST_NOT_FOLDER', 'is not a folder', 'Give the path of a folder.', 'later'],
	EINTR: ['DEST_BUSY', 'was interrupted', 'It is tried again.', 'now'],
	EAGAIN: ['DEST_BUSY', 'is busy', 'It is tried again.', 'now'],
	EBUSY: ['DEST_BUSY', 'is busy', 'It is tried again.', 'now'],
	EMFILE: ['DEST_BUSY', 'could not be opened: too many files are open', 'It is tried again.', 'now'],
	ENFILE: ['DEST_BUSY', 'could not be opened: too many files are open', 'It is tried again.', 'now'],
	ENOMEM: ['DEST_BUSY', 'could not be reached for lack of memory', 'It is tried again.', 'now'],
};

/**
 * The FirnError for a failed file operation below `root`.
 * @param doing what was tried, such as `write 000001.tar.age`
 */
export function folderError(error: unknown, root: string, doing: string): FirnError {
	if (error instanceof FirnError) return error;
	const errno = errnoCode(error) ?? 'unknown error';
	const meaning = MEANINGS[errno];
	if (!meaning) {
		const detail = error instanceof Error ? error.message : String(error);
		return new FirnError('DEST_FAILED', `The folder ${root} could not ${doing}: ${detail}.`, {
			retry: 'later',
			cause: error,
			guidance: 'Look at the folder and its disk, then resume.',
		});
	}
	const [code, says, guidance, retry] = meaning;
	return new FirnError(code, `The folder ${root} ${says} (${errno}, to ${doing}).`, { guidance, retry, cause: error });
}

/** The root folder is not there: a disk that is not mounted, or a wrong path. */
export function rootMissing(root: string, options: FirnErrorOptions = {}): FirnError {
	return new FirnError('DEST_MISSING', `The folder ${root} does not exist.`, {
		retry: 'later',
		guidance: 'Connect or mount its disk, or correct the path.',
		...options,
	});
}
