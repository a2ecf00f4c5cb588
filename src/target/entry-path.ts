import { FirnError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';

/**
 * The path below the target folder that an archive path leads to. `.` steps (`./a`, as `tar c .` writes them) are
 * dropped; '' is the target itself.
 * @throws FirnError UNSAFE_PATH for `..`, absolute paths, empty names and NUL: no backup of ours holds them, so the archive
 * was made to do harm
 */
export function entryPath(path: string): string {
	if (!SUSPECT.test(path)) return path;
	const names = path.split('/');
	const isUnsafe =
		path.includes('\0') || names.some((name, at) => name === '..' || (name === '' && at < names.length - 1));
	if (isUnsafe) {
		throw new FirnError('UNSAFE_PATH', `"${safePrint(path)}" would lead out of the target folder and was left out.`);
	}
	return names.filter((name) => name !== '.' && name !== '').join('/');
}

/** Paths that need a closer look: NUL, an empty name, or one that begins with a dot and may be all dots. */
const SUSPECT = /\0|^$|^\/|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)/;
