/** The `q` of a list: `'ID' in parents and name = 'it\'s' and trashed = false`. */

import { badRequest } from '../errors.ts';
import { type DriveFile, FOLDER } from '../types.ts';

/** What a query has to know beyond the file itself. */
export interface Place {
	/** The id of a parent as files have it. @throws DriveError 404 for one that the client does not see */
	parentOf: (id: string) => string;
	isTrashed: (file: DriveFile) => boolean;
}

export type Test = (file: DriveFile) => boolean;

const TOKEN = /\s*(?:'((?:[^'\\]|\\['\\])*)'|([A-Za-z]+)|(!=|<=|>=|[=<>{}()]))/y;

interface Token {
	kind: 'text' | 'word' | 'sign';
	value: string;
}

/**
 * Terms joined by `and`, each perhaps behind `not`; a term is one of those that a backup program may need.
 * @throws DriveError 400 for anything else, also for quotation marks and backslashes that are not escaped
 */
export function parsedQuery(q: string, { parentOf, isTrashed }: Place): Test {
	const tokens = split(q);
	let at = 0;
	const next = (kind: Token['kind'], value?: string): string => {
		const token = tokens[at++];
		if (token?.kind !== kind || (value !== undefined && token.value.toLowerCase() !== value)) throw invalid();
		return token.value;
	};
	const text = () => next('text');
	const term = (): Test => {
		if (tokens[at]?.kind === 'text') {
			const parent = parentOf(text());
			next('word', 'in');
			next('word', 'parents');
			return (file) => file.parent === parent;
		}
		const name = next('word');
		switch (name) {
			case 'not': {
				const inner = term();
				return (file) => !inner(file);
			}
			case 'name':
			case 'mimeType':
				return compared(name, next(tokens[at]?.kind === 'word' ? 'word' : 'sign'), text());
			case 'trashed': {
				next('sign', '=');
				const wanted = next('word');
				if (wanted !== 'true' && wanted !== 'false') throw invalid();
				return (file) => isTrashed(file) === (wanted === 'true');
			}
			case 'createdTime':
			case 'modifiedTime':
				return timed(name, next('sign'), Date.parse(text()));
			case 'appProperties':
				return property();
			default:
				throw invalid();
		}
	};
	const property = (): Test => {
		next('word', 'has');
		next('sign', '{');
		next('word', 'key');
		next('sign', '=');
		const key = text();
		next('word', 'and');
		next('word', 'value');
		next('sign', '=');
		const value = text();
		next('sign', '}');
		return (file) => file.appProperties[key] === value;
	};
	const tests = [term()];
	while (at < tokens.length) {
		next('word', 'and');
		tests.push(term());
	}
	return (file) => tests.every((test) => test(file));
}

/** Names are compared without regard to case, and `contains` looks at the beginnings of words, as Drive does. */
function compared(name: 'name' | 'mimeType', operator: string, value: string): Test {
	const wanted = value.toLowerCase();
	switch (operator) {
		case '=':
			return (file) => file[name].toLowerCase() === wanted;
		case '!=':
			return (file) => file[name].toLowerCase() !== wanted;
		case 'contains':
			return (file) =>
				name === 'mimeType'
					? file[name].toLowerCase().startsWith(wanted)
					: file[name].toLowerCase().startsWith(wanted) || file[name].toLowerCase().includes(` ${wanted}`);
		default:
			throw invalid();
	}
}

function timed(name: 'createdTime' | 'modifiedTime', operator: string, time: number): Test {
	if (Number.isNaN(time)) throw invalid();
	switch (operator) {
		case '=':
			return (file) => file[name] === time;
		case '<':
			return (file) => file[name] < time;
		case '<=':
			return (file) => file[name] <= time;
		case '>':
			return (file) => file[name] > time;
		case '>=':
			return (file) => file[name] >= time;
		default:
			throw invalid();
	}
}

function split(q: string): Token[] {
	const tokens: Token[] = [];
	TOKEN.lastIndex = 0;
	const end = q.trimEnd().length;
	while (TOKEN.lastIndex < end) {
		const found = TOKEN.exec(q);
		if (!found) throw invalid();
		const [, text, word, sign] = found;
		if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll(/\\(['\\])/g, '$1') });
		else if (word !== undefined) tokens.push({ kind: 'word', value: word });
		else tokens.push({ kind: 'sign', value: sign! });
	}
	return tokens;
}

const invalid = () => badRequest('Invalid Value', 'q');

const ORDERS: Record<string, (a: DriveFile, b: DriveFile) => number> = {
	name: (a, b) => compareText(a.name, b.name),
	createdTime: (a, b) => a.createdTime - b.createdTime,
	modifiedTime: (a, b) => a.modifiedTime - b.modifiedTime,
	quotaBytesUsed: (a, b) => (a.content?.size ?? 0) - (b.content?.size ?? 0),
	folder: (a, b) => Number(b.mimeType === FOLDER) - Number(a.mimeType === FOLDER),
};

/** The order of a list; without one it is nothing to rely on: the ids are random. @throws DriveError 400 */
export function parsedOrder(orderBy: string | null): (a: DriveFile, b: DriveFile) => number {
	const steps = (orderBy ?? '').split(',').filter((step) => step !== '');
	const compares = steps.map((step) => {
		const [name = '', direction] = step.trim().split(/\s+/);
		const compare = ORDERS[name];
		if (!compare || (direction !== undefined && direction !== 'desc')) throw badRequest('Invalid Value', 'orderBy');
		return direction === 'desc' ? (a: DriveFile, b: DriveFile) => compare(b, a) : compare;
	});
	compares.push((a, b) => compareText(a.id, b.id));
	return (a, b) => compares.reduce((found, compare) => found || compare(a, b), 0);
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
