/** The `fields` parameter: `nextPageToken,files(id,name)`, `user/displayName`, `*`. */

import { invalidParameter } from './errors.ts';

/** Names to keep and what to keep below them; `true` keeps all. */
type Mask = { [name: string]: Mask | true };

/**
 * Cuts an answer down to the fields asked for.
 * @param known the names that it may have, which are more than it happens to have
 * @throws DriveError for a name that the resource does not have, or text that is no selection
 */
export function selected(answer: object, fields: string, known: Known): object {
	return cut(answer as Record<string, unknown>, parse(fields), known, fields);
}

/** The names of a resource; a name that leads to another has that one's names below it, and `*` stands for any. */
export interface Known {
	[name: string]: Known | true;
}

function cut(value: Record<string, unknown>, mask: Mask, known: Known, fields: string): object {
	if (mask['*']) return value;
	const kept: Record<string, unknown> = {};
	for (const [name, below] of Object.entries(mask)) {
		const sort = known[name] ?? known['*'];
		if (sort === undefined) throw invalidParameter('fields', `Invalid field selection ${name}`);
		if (below !== true && sort === true) throw invalidParameter('fields', `Invalid field selection ${fields}`);
		const part = value[name];
		const deeper = (item: unknown) =>
			below === true || sort === true ? item : cut(item as Record<string, unknown>, below, sort, fields);
		// An empty list shows nothing of a wrong selection below it, which is wrong all the same.
		if (below !== true && sort !== true && part === undefined) cut({}, below, sort, fields);
		if (Array.isArray(part)) {
			if (below !== true && sort !== true && part.length === 0) cut({}, below, sort, fields);
			kept[name] = part.map(deeper);
		} else if (part !== undefined) kept[name] = deeper(part);
	}
	return kept;
}

function parse(fields: string): Mask {
	const tokens = fields.match(/[A-Za-z0-9_*-]+|[(),/]|./g) ?? [];
	let at = 0;
	const wrong = () => invalidParameter('fields', `Invalid field selection ${fields}`);
	const list = (): Mask => {
		const mask: Mask = {};
		do item(mask);
		while (tokens[at] === ',' && ++at);
		return mask;
	};
	const item = (mask: Mask) => {
		const name = tokens[at++];
		if (name === undefined || !/^[A-Za-z0-9_*-]+$/.test(name)) throw wrong();
		if (tokens[at] === '/') {
			at++;
			const below: Mask = {};
			item(below);
			const before = mask[name];
			mask[name] = before === undefined || before === true ? below : { ...before, ...below };
		} else if (tokens[at] === '(') {
			at++;
			mask[name] = list();
			if (tokens[at++] !== ')') throw wrong();
		} else mask[name] = true;
	};
	const mask = list();
	if (at !== tokens.length) throw wrong();
	return mask;
}
