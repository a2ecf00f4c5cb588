/** Moves gitignore patterns from the folder they were written for to another one. Pure string work. */

import ignore from 'ignore';

/**
 * A pattern of the folder `base` as one that means the same in the root, or undefined where it can match nothing.
 * @param line without its line end; comments are the caller's business
 * @param base path from the root, without slashes at the ends; '' is the root itself
 */
export function rebasePattern(line: string, base: string): string | undefined {
	const sign = line.startsWith('!') ? '!' : '';
	const body = keepLineEnd(trimTrailingSpaces(line.slice(sign.length)));
	if (/^\/*$/.test(body)) return undefined;
	if (base === '') return sign + body;
	const slash = body.indexOf('/');
	const root = `/${base.replace(/[\\*?[\]]/g, '\\$&')}/`;
	if (slash === -1 || slash === body.length - 1) return `${sign}${root}**/${body}`;
	return `${sign}${root}${slash === 0 ? body.slice(1) : body}`;
}

/**
 * A pattern with an absolute path as one that means the same in `root`, or undefined where it does not reach below `root`.
 * Its first name must be spelled out: what begins with a wildcard is meant from the source's folder.
 * @param root archive path
 */
export function absolutePattern(line: string, root: string): string | undefined {
	const sign = line.startsWith('!') ? '!' : '';
	const parts = trimTrailingSpaces(line.slice(sign.length)).split('/');
	if (root === '' || parts.shift() !== '' || /[*?[]/.test((parts[0] ?? '').replace(/\\./gs, ''))) return undefined;
	for (const name of root.split('/')) {
		// It takes in the rest of the root's path as well, but never all of a source that was named.
		if (parts[0] === '**') return parts.length > 1 ? `${sign}/${keepLineEnd(parts.join('/'))}` : undefined;
		const part = parts.shift();
		if (
			!part ||
			!ignore({ ignorecase: false })
				.add([`/${keepLineEnd(part)}`])
				.ignores(name)
		)
			return undefined;
	}
	const rest = parts.join('/');
	return rest === '' ? undefined : `${sign}/${keepLineEnd(rest)}`;
}

/** A line end that is left belongs to a name; `ignore` would take it off. */
function keepLineEnd(text: string): string {
	return text.replace(/[\r\n]$/, '[$&]');
}

/** As git does: spaces only, and not one that a backslash quotes. */
function trimTrailingSpaces(text: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === ' ') end -= 1;
	if (end === text.length) return text;
	let backslashes = 0;
	while (text[end - backslashes - 1] === '\\') backslashes += 1;
	return text.slice(0, backslashes % 2 === 1 ? end + 1 : end);
}
