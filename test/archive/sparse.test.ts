import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitSegments, type SparseMap, sparseDataPrefix, storedSize } from '../../src/archive/sparse.ts';

const map: fc.Arbitrary<SparseMap> = fc
	.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 200 })
	.map((pairs) => {
		let at = 0;
		const segments = pairs.map(([hole, length]) => {
			const offset = at + hole;
			at = offset + length;
			return { offset, length };
		});
		return { realSize: at + 77, segments: [...segments, { offset: at + 77, length: 0 }] };
	});

test('the stored size is that of the map and the data', () => {
	fc.assert(
		fc.property(map, (one) => {
			const data = one.segments.reduce((sum, { length }) => sum + length, 0);
			expect(storedSize(one)).toBe(sparseDataPrefix(one).length + data);
		}),
	);
});

test('a map with too many segments is made shorter and still covers all data', () => {
	fc.assert(
		fc.property(map, fc.integer({ min: 1, max: 50 }), (one, most) => {
			const limited = limitSegments(one, most);
			expect(limited.segments.length).toBeLessThanOrEqual(most);
			expect(limited.realSize).toBe(one.realSize);
			let end = -1;
			for (const { offset, length } of limited.segments) {
				expect(offset).toBeGreaterThan(end);
				end = offset + length;
			}
			expect(end).toBeLessThanOrEqual(one.realSize);
			for (const { offset, length } of one.segments) {
				expect(
					limited.segments.some((held) => held.offset <= offset && offset + length <= held.offset + held.length),
				).toBe(true);
			}
		}),
	);
	const short = { realSize: 9, segments: [{ offset: 1, length: 2 }] };
	expect(limitSegments(short)).toBe(short);
});
