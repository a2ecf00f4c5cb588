/** What the system says about the target folder, in words. */

import { errnoCode, FirnError } from '../core/errors.ts';
import type { FileProblem } from '../core/task.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const BROKEN = new Set(['EIO', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EMFILE', 'ENFILE', 'EROFS']);

/**
 * An error that ends the whole restore: the target is full, read-only or gone. Undefined for what concerns one file
 * only.
 */
export function fatalTargetError(error: unknown, target: string): FirnError | undefined {
	const code = errnoCode(error);
	if (error instanceof FirnError || code === undefined) return undefined;
	if (FULL.has(code)) {
		return new FirnError('TARGET_FULL', `There is no space left in ${target}.`, {
			guidance: 'Free some space and start the same restore again: it goes on with what is missing.',
			retry: 'later',
			cause: error,
		});
	}
	if (!BROKEN.has(code)) return undefined;
	const what = code === 'EROFS' ? `${target} is read-only.` : `${target} cannot be written (${code}).`;
	return new FirnError('TARGET_FAILED', what, {
		guidance: 'See to the disk and start the same restore again: it goes on with what is missing.',
		retry: 'later',
		cause: error,
	});
}

/** An error about one file as it is reported. */
export function toProblem(path: string, error: unknown): FileProblem {
	if (error instanceof FirnError) return { path, code: error.code, message: error.message };
	const code = errnoCode(error) ?? 'FAILED';
	const words = WORDS[code] ?? (error instanceof Error ? error.message : String(error));
	return { path, code, message: words };
}

const WORDS: Record<string, string> = {
	EACCES: 'No permission to write it.',
	EPERM: 'The system does not allow it.',
	ENAMETOOLONG: 'The name is too long for the target.',
	EISDIR: 'A folder stands in its place.',
	EILSEQ: 'The target does not allow such a name.',
	EFBIG: 'The file is too big for the target.',
};
