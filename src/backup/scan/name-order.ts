import { encodePath } from '../../core/path-bytes.ts';

/**
 * Compares two names (or paths) by their bytes, as `strcmp` and SQLite do. JavaScript's own `<` compares UTF-16 units,
 * which puts U+10000 before U+E000, and knows nothing of escaped bytes.
 */
export function compareNames(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let at = 0; at < length; at++) {
		const left = a.charCodeAt(at);
		const right = b.charCodeAt(at);
		if (left === right) continue;
		// Below the surrogates the order of units is that of code points, and so that of UTF-8.
		return left < 0xd800 && right < 0xd800 ? left - right : Buffer.compare(encodePath(a), encodePath(b));
	}
	return a.length - b.length;
}

/** Sorts in place by bytes. Costs one pass where the names are in order already, as libuv's readdir gives them. */
export function sortNames(names: string[]): void {
	for (let at = 1; at < names.length; at++) {
		if (compareNames(names[at - 1]!, names[at]!) > 0) {
			names.sort(compareNames);
			return;
		}
	}
}
