import { describe, expect, it } from 'vitest';
import { type Filterable, isEmptyFilter, matchesFilter, parseFilter } from '../../src/core/file-filter.ts';

const FILE: Filterable = {
	name: 'Holiday in Tromsø.mov',
	type: 'file',
	status: 'stored',
	firstArchive: 12,
	lastArchive: 12,
	size: 5 * 1024 ** 3,
	time: new Date(2024, 5, 30, 12).getTime(),
};

const lets = (text: string, file: Partial<Filterable> = {}) => matchesFilter(parseFilter(text), { ...FILE, ...file });

describe('a filter', () => {
	it.each([
		['', true],
		['holiday', true],
		['mov HOLI', true],
		['TROMSØ', true],
		['holiday jpg', false],
		['"day in"', true],
		['"in day"', false],
		['"day i', true],
		['status:stored', true],
		['status:missing', false],
		['status:missing status:stored', true],
		['archive:12', true],
		['archive:13-20', false],
		['size:>1g', true],
		['size:>5G', false],
		['size:5g', true],
		['size:<=5GiB', true],
		['size:<100k', false],
		['size:=5g', true],
		['before:2024', false],
		['before:2024-07', true],
		['after:2024-06-30', true],
		['after:2024-07-01', false],
		['type:file', true],
		['type:dir', false],
		// Still being typed.
		['size:', true],
	])('%s', (text, expected) => {
		expect(lets(text)).toBe(expected);
	});

	it.each(['colour:red', 'status:lost', 'size:>big', 'before:yesterday', 'after:2024-13', 'archive:x', 'type:x'])(
		'refuses %s',
		(text) => {
			expect(() => parseFilter(text)).toThrowError(expect.objectContaining({ code: 'BAD_FILTER', kind: 'usage' }));
		},
	);

	it('is empty when nothing is asked', () => {
		expect(isEmptyFilter(parseFilter('  "" size:'))).toBe(true);
		expect(isEmptyFilter(parseFilter('a'))).toBe(false);
		expect(isEmptyFilter(parseFilter('size:>1'))).toBe(false);
	});

	it('takes a folder as in all archives from its first to its last', () => {
		expect(lets('archive:5', { firstArchive: 3, lastArchive: 9 })).toBe(true);
		expect(lets('archive:1-2', { firstArchive: 3, lastArchive: 9 })).toBe(false);
	});
});
