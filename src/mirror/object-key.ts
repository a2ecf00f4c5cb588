/**
 * Names of a mirror's objects: the mirrored path as folder mirrors name it (pairs.ts), readable as it is. What keys cannot
 * hold is written as the %XX of its bytes: control characters, bytes that are not UTF-8, two code points that S3's lists
 * cannot hold, a segment `.` or `..`, and `%` itself. An encrypted one ends in `.age`. Pure.
 */

import { decodePath, encodePath } from '../core/path-bytes.ts';

/** Also what path-bytes.ts holds odd bytes as, and halves of surrogate pairs that no path has. */
const ESCAPED = /[\p{Cc}\p{Cs}%\uFFFE\uFFFF]/gu;
const DOTS = /^\.{1,2}$/;
const ENDING = '.age';

/** @param path in the mirror, such as `photos/2024/a.jpg` */
export function objectKey(path: string, encrypted: boolean): string {
	const escaped = path.replace(ESCAPED, percent);
	const key = escaped
		.split('/')
		.map((segment) => (DOTS.test(segment) ? percent(segment) : segment))
		.join('/');
	return encrypted ? key + ENDING : key;
}

/** The path that has this key, or undefined for one that no path has. */
export function pathOfKey(key: string, encrypted: boolean): string | undefined {
	if (encrypted && !key.endsWith(ENDING)) return undefined;
	const bytes: Uint8Array[] = [];
	let from = 0;
	const plain = encrypted ? key.slice(0, -ENDING.length) : key;
	for (const match of plain.matchAll(/%([0-9A-F]{2})/g)) {
		bytes.push(encodePath(plain.slice(from, match.index)), Buffer.from(match[1]!, 'hex'));
		from = match.index + match[0].length;
	}
	bytes.push(encodePath(plain.slice(from)));
	const path = decodePath(Buffer.concat(bytes));
	return objectKey(path, encrypted) === key ? path : undefined;
}

function percent(text: string): string {
	return [...encodePath(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
