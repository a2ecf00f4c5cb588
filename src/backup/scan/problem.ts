import { getSystemErrorMessage } from 'node:util';
import { errnoCode } from '../../core/errors.ts';
import type { FileProblem } from '../../core/task.ts';

/** The system's own words for an error: `permission denied`. */
export function systemReason(error: unknown): string {
	if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
		return getSystemErrorMessage(error.errno);
	}
	return error instanceof Error ? error.message : String(error);
}

/**
 * @param path in the archive
 * @param what the sentence up to the reason, such as `The folder cannot be listed`
 */
export function scanProblem(path: string, what: string, error: unknown): FileProblem {
	return { path, code: errnoCode(error) ?? 'UNKNOWN', message: `${what}: ${systemReason(error)}.` };
}
