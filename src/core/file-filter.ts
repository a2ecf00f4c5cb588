/**
 * The filter language of lists: words match names (all of them, whatever their case), and `status:missing`,
 * `archive:12` or `archive:12-20`, `size:>1g`, `before:2024-01-01`, `after:2024`, `type:dir`. Quotes hold a word with
 * spaces or a colon together.
 */

import { ENTRY_TYPES, type EntryType } from './entry.ts';
import { usageError } from './errors.ts';
import { parseSize } from './sizes.ts';

/** What may become of the archive that holds a file, from well to worst. */
export const FILE_STATUSES = ['stored', 'running', 'deleted', 'missing'] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

/** Bounds are inclusive; times are ms since 1970. */
export interface FileFilter {
	/** In lower case. */
	words: string[];
	statuses: FileStatus[];
	types: EntryType[];
	archives: { from: number; to: number } | undefined;
	minSize: number;
	maxSize: number;
	from: number;
	before: number;
}

/** What a filter looks at. */
export interface Filterable {
	name: string;
	type: EntryType;
	status: string;
	firstArchive: number;
	lastArchive: number;
	size: number;
	/** ms since 1970. */
	time: number;
}

/** @throws FirnError BAD_FILTER */
export function parseFilter(text: string): FileFilter {
	const filter: FileFilter = {
		words: [],
		statuses: [],
		types: [],
		archives: undefined,
		minSize: 0,
		maxSize: Number.POSITIVE_INFINITY,
		from: Number.NEGATIVE_INFINITY,
		before: Number.POSITIVE_INFINITY,
	};
	for (const [, quoted, key, value] of text.matchAll(/"([^"]*)"?|(?:([a-z]+):)?(\S*)/gi)) {
		if (quoted !== undefined) filter.words.push(quoted.toLowerCase());
		else if (key === undefined) filter.words.push(value!.toLowerCase());
		// Somebody is still typing the value.
		else if (value !== '') apply(filter, key.toLowerCase(), value!);
	}
	filter.words = filter.words.filter((word) => word !== '');
	return filter;
}

/** Whether it lets everything through. */
export function isEmptyFilter(filter: FileFilter): boolean {
	return filter.words.length === 0 && hasOnlyWords(filter);
}

/** Whether it looks at nothing but names. */
export function hasOnlyWords({ statuses, types, archives, minSize, maxSize, from, before }: FileFilter): boolean {
	const hasSize = minSize > 0 || maxSize < Number.POSITIVE_INFINITY;
	const hasTime = from > Number.NEGATIVE_INFINITY || before < Number.POSITIVE_INFINITY;
	return statuses.length === 0 && types.length === 0 && archives === undefined && !hasSize && !hasTime;
}

export function matchesFilter(filter: FileFilter, file: Filterable): boolean {
	const { words, statuses, types, archives } = filter;
	const name = words.length === 0 ? '' : file.name.toLowerCase();
	return (
		words.every((word) => name.includes(word)) &&
		(statuses.length === 0 || statuses.includes(file.status as FileStatus)) &&
		(types.length === 0 || types.includes(file.type)) &&
		(archives === undefined || (file.firstArchive <= archives.to && file.lastArchive >= archives.from)) &&
		file.size >= filter.minSize &&
		file.size <= filter.maxSize &&
		file.time >= filter.from &&
		file.time < filter.before
	);
}

function apply(filter: FileFilter, key: string, value: string): void {
	if (key === 'status') filter.statuses.push(oneOf(FILE_STATUSES, value, 'status'));
	else if (key === 'type') filter.types.push(oneOf(ENTRY_TYPES, value, 'type'));
	else if (key === 'archive') filter.archives = numbers(value);
	else if (key === 'size') applySize(filter, value);
	else if (key === 'before') filter.before = dateOf(value);
	else if (key === 'after') filter.from = dateOf(value);
	else {
		throw usageError(
			'BAD_FILTER',
			`There is no filter "${key}:".`,
			'There are status: archive: size: before: after: type: and words; quote a word that has a colon.',
		);
	}
}

function oneOf<T extends string>(known: readonly T[], value: string, what: string): T {
	const found = known.find((one) => one === value.toLowerCase());
	if (found !== undefined) return found;
	throw usageError('BAD_FILTER', `"${value}" is no ${what}.`, `There are ${known.join(', ')}.`);
}

function numbers(value: string): { from: number; to: number } {
	const match = /^(\d+)(?:-(\d+))?$/.exec(value);
	if (match) return { from: Number(match[1]), to: Number(match[2] ?? match[1]) };
	throw usageError('BAD_FILTER', `"${value}" is no archive.`, 'Give a number, or two such as archive:12-20.');
}

function applySize(filter: FileFilter, value: string): void {
	const [, sign, text] = /^([<>]?=?)(.*)$/.exec(value)!;
	const size = sizeOf(text!);
	if (sign === '<') filter.maxSize = size - 1;
	else if (sign === '<=') filter.maxSize = size;
	else if (sign === '=') filter.minSize = filter.maxSize = size;
	else filter.minSize = sign === '>' ? size + 1 : size;
}

function sizeOf(text: string): number {
	try {
		return parseSize(/^[\d.]+[tg]$/i.test(text) ? `${text}ib` : text);
	} catch {
		throw usageError('BAD_FILTER', `"${text}" is not a size.`, 'Give one such as size:>1g or size:<100k.');
	}
}

/** Midnight here of a day, or of the first day of a month or year. */
function dateOf(value: string): number {
	const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(value);
	const [year, month, day] = [Number(match?.[1]), Number(match?.[2] ?? 1), Number(match?.[3] ?? 1)];
	const date = new Date(year, month - 1, day);
	if (match && date.getMonth() === month - 1 && date.getDate() === day) return date.getTime();
	throw usageError('BAD_FILTER', `"${value}" is not a date.`, 'Give one such as 2024-06-30, 2024-06 or 2024.');
}
