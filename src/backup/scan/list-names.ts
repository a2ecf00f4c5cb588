import { readdirSync } from 'node:fs';
import { decodePath, fsPath } from '../../core/path-bytes.ts';
import { sortNames } from './name-order.ts';

/**
 * The names in a folder, sorted by bytes, odd ones as in core/path-bytes.ts.
 * @param path absolute, for fsPath()
 * @throws the system's error
 */
export function listNames(path: string): string[] {
	let names = readdirSync(fsPath(path), 'utf8');
	// Strings are several times faster than buffers, and U+FFFD is in them wherever bytes were lost.
	if (names.some((name) => name.includes('\ufffd'))) {
		names = readdirSync(fsPath(path), 'buffer').map((bytes) => decodePath(bytes));
	}
	sortNames(names);
	return names;
}
