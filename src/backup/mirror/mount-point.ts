import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsPath } from '../../core/path-bytes.ts';

/**
 * The topmost folder on the file system that holds `path`: where its disk is mounted. Unlike a device number it is the
 * same after a restart, and another one as soon as the disk is not mounted.
 * @param path absolute, without links on the way
 * @returns undefined where there is nothing
 */
export function mountPoint(path: string): string | undefined {
	const dev = deviceOf(path);
	if (dev === undefined) return undefined;
	let top = path;
	while (top !== '/' && deviceOf(dirname(top)) === dev) top = dirname(top);
	return top;
}

function deviceOf(path: string): bigint | undefined {
	return lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false })?.dev;
}
