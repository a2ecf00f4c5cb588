import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareNames, sortNames } from '../../../src/backup/scan/name-order.ts';
import { decodePath, encodePath } from '../../../src/core/path-bytes.ts';
import { ODD_NAMES } from '../../support/trees.ts';

const names = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 6 }),
	fc.uint8Array({ maxLength: 8 }).map(decodePath),
	fc.string({
		unit: fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\udc80', '\udcff'),
	}),
	fc.constantFrom(...ODD_NAMES),
);

test('names are compared by their bytes', () => {
	fc.assert(
		fc.property(names, names, (a, b) => {
			expect(Math.sign(compareNames(a, b))).toBe(Buffer.compare(encodePath(a), encodePath(b)));
		}),
		{ numRuns: 2000 },
	);
});

test('sorting gives the order of bytes, whatever the order before', () => {
	fc.assert(
		fc.property(fc.array(names), (list) => {
			const sorted = list.toSorted((a, b) => Buffer.compare(encodePath(a), encodePath(b)));
			sortNames(list);
			expect(list).toEqual(sorted);
			sortNames(list);
			expect(list).toEqual(sorted);
		}),
	);
});
